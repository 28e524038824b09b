"""How much input tax (进项税额) an invoice lets the company recover.

Source: 财政部 税务总局 海关总署公告2019年第39号, 六: special invoices and electronic ordinary ones
for passenger transport the tax they state; tickets that bear a passenger's name what is in
their price. Its rates are those of 铁路 and 航空 9%, 公路 and 水路 3%. Only the company's own
people count as passengers (国家税务总局公告2019年第31号, 一). All sums are fen.
"""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Protocol

RAIL, FLIGHT, TOLL, ROAD, WATER = "rail", "flight", "toll", "road", "water"
PERCENT = {RAIL: 9, FLIGHT: 9, ROAD: 3, WATER: 3}
_PASSENGERS = re.compile(r"\*(旅客)?运输服务\*.*(客运|旅客)")


class Stated(Protocol):
    """What is asked of an invoice, as ``portal.invoices.models.Invoice`` has it."""

    kind: Any
    special: Any
    total: Any
    tax: Any
    details: Any
    items: Any


def recoverable(invoice: Stated, *, ours: bool, own_passenger: bool) -> int | None:
    """The tax to recover, None when there is none or the file does not tell.

    ``ours``: it is not made out to somebody else. ``own_passenger``: it names one of the
    company's people as the passenger. Never more than the tax that the invoice states.
    """
    total = invoice.total
    if not ours or total is None or total <= 0:
        return None
    if invoice.kind in PERCENT:
        found = _in_the_price(invoice) if own_passenger else None
    elif invoice.special or invoice.kind == TOLL or _carries_passengers(invoice):
        found = invoice.tax
    else:
        found = None
    if found is None:
        return None
    stated = found if invoice.tax is None else invoice.tax
    least: int = min(found, stated, total)
    return least if least > 0 else None


def tax_within(price: int, percent: int) -> int:
    """The tax in a ``price`` that includes it, rounded to the fen: price / (1 + rate) * rate."""
    exact = Decimal(price) * percent / (100 + percent)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _in_the_price(invoice: Stated) -> int | None:
    taxed = invoice.total
    if invoice.kind == FLIGHT:
        if invoice.tax is not None:
            # A fully digital itinerary gives fare and surcharge without the tax, and the tax.
            return int(invoice.tax)
        # Neither the airport's fund nor other charges are taxed.
        fare, fuel = (_fen(invoice.details.get(name)) for name in ("fare", "fuel_surcharge"))
        if fare is None:
            return None
        taxed = fare + (fuel or 0)
    return tax_within(taxed, PERCENT[invoice.kind])


def _carries_passengers(invoice: Stated) -> bool:
    names = [item["name"] or "" for item in invoice.items]
    return bool(names) and all(_PASSENGERS.match(name) for name in names)


def _fen(text: str | None) -> int | None:
    try:
        return int(Decimal(text or "") * 100)
    except (InvalidOperation, ValueError, OverflowError):
        return None
