"""The text of the QR code on Chinese invoices.

It is ``version,type,code,number,amount,date,check code,4 hex digits,``; real ones have 7,
8 or 9 parts. It names neither buyer nor seller, and older ones usually give the net amount.
"""

import re

from portal.invoices.readers.invoice import Fields, Kind
from portal.invoices.readers.values import day, digits, fen

# 国家税务总局: kinds of invoice on its platforms. Others are accepted and left unnamed.
TYPES: dict[str, tuple[Kind | None, bool | None]] = {
    "01": ("vat", True),
    "04": ("vat", False),
    "08": ("vat", True),
    "10": ("vat", False),
    "11": ("vat", False),
    "14": ("toll", None),
    "31": (None, True),
    "32": (None, False),
    "51": ("rail", None),
    "61": ("flight", None),
    "81": (None, True),
    "82": (None, False),
}


def fields_of_code(text: str) -> Fields | None:
    """What the text of a code says, or ``None`` when it is no invoice's."""
    parts = [part.strip() for part in text.strip().split(",")]
    if not 7 <= len(parts) <= 9 or not re.fullmatch(r"[0-9]{2}", parts[0]):
        return None
    type_code, code, number, amount, issued = parts[1:6]
    if not re.fullmatch(r"[0-9]{2}", type_code) or not re.fullmatch(r"[0-9]{8}", issued):
        return None
    if not re.fullmatch(r"[0-9]{8}|[0-9]{20}", number) or day(issued) is None:
        return None
    if code and not digits(code, 10, 12):
        return None
    kind, special = TYPES.get(type_code, (None, None))
    return Fields(
        code=code or None,
        number=number,
        issued_on=day(issued),
        either=fen(amount),
        kind=kind,
        special=special,
        type_code=type_code,
    )
