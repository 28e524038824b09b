"""From one currency into another, exactly and the same everywhere."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache

from babel.core import Locale
from babel.numbers import get_currency_precision

from portal.core.errors import Invalid
from portal.core.words import words

MOST_DIGITS = 8
"""After the decimal point of a rate: central banks publish at most six."""

LARGEST = Decimal(10) ** 7

_HALF_WIDTH = str.maketrans("０１２３４５６７８９．", "0123456789.")


# Metals, test codes and money that no longer buys anything.
_OUT_OF_USE = frozenset(
    {
        *("XXX", "XTS", "XAU", "XAG", "XPD", "XPT", "XBA", "XBB", "XBC", "XBD", "XDR", "XSU"),
        *("XUA", "XEU", "XFO", "XFU", "XRE", "ATS", "BEF", "CYP", "DEM", "EEK", "ESP", "FIM"),
        *("FRF", "GRD", "HRK", "IEP", "ITL", "LTL", "LUF", "LVL", "MTL", "NLG", "PTE", "SIT"),
        *("SKK", "ADP", "MCF", "SML", "VAL", "CSK", "YUM", "TRL", "ROL", "RUR", "SUR", "DDM"),
        "CNX",
    }
)


@cache
def currencies() -> frozenset[str]:
    """The codes of ISO 4217 that are in use."""
    codes = {str(code) for code in Locale("en").currencies}
    return frozenset(code for code in codes - _OUT_OF_USE if len(code) == 3)


def parse_currency(text: str) -> str:
    """The ISO 4217 code that a person typed. Raises ``Invalid``."""
    code = text.strip().upper()
    if code not in currencies():
        raise Invalid(words("This is not a currency. Type its code of three letters, such as USD."))
    return code


def parse_rate(text: str) -> Decimal:
    """An exchange rate as typed: above zero, with at most eight decimals. Raises ``Invalid``."""
    plain = text.translate(_HALF_WIDTH).strip()
    help_ = words("Type a rate such as 7.1234: how much one unit of the currency is worth.")
    if not plain.replace(".", "", 1).isdecimal() or not plain.isascii() or len(plain) > 20:
        raise Invalid(help_)
    try:
        rate = Decimal(plain)
    except InvalidOperation:
        raise Invalid(help_) from None
    exponent = rate.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > MOST_DIGITS or not 0 < rate < LARGEST:
        raise Invalid(help_)
    return rate


def convert(minor: int, currency: str, base: str, rate: Decimal) -> int:
    """``minor`` units of ``currency`` in minor units of ``base``, at ``rate`` base per unit.

    Rounded half away from zero to the minor unit, once, as invoices and banks do.
    """
    shift = get_currency_precision(base) - get_currency_precision(currency)
    exact = Decimal(minor) * rate * Decimal(10) ** shift
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
