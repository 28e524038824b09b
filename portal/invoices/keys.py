"""What tells invoices apart, and texts of different makers made comparable."""

import re
import unicodedata


def key_of(code: str | None, number: str | None) -> str | None:
    """What makes an invoice unique in the whole company, None when not all of it is known.

    Fully digital invoices have a number of 20 digits and no code; on older ones the number
    repeats from code to code.
    """
    code, number = plain_number(code), plain_number(number)
    if len(number) == 20:
        return number
    return code + number if code and number else None


def plain_number(text: str | None) -> str:
    """A code or number as one run of ordinary letters and digits: ``２６３１ ２０`` is 263120."""
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def plain_name(text: str | None) -> str:
    """A name without what files of one company write differently: width, spaces, brackets."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text or "")).casefold()
