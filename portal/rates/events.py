"""What can happen to exchange rates."""

RATE_ENTERED = "rate_entered"
RATES_IMPORTED = "rates_imported"
RATES_FETCHED = "rates_fetched"

ALL = (RATE_ENTERED, RATES_IMPORTED, RATES_FETCHED)
