"""Days as people type them."""

import re
import unicodedata
from datetime import date

from portal.core.errors import Invalid
from portal.core.words import words

SHAPE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
EARLIEST, LATEST = 2000, 2200


def parse_day(text: str) -> date:
    """The day in ``2026-03-31``, ``2026/3/31``, ``2026年3月31日`` or ``20260331``.

    Full-width digits count as digits. Raises ``Invalid`` with words that say what to type.
    """
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    found = SHAPE.fullmatch(plain)
    try:
        if found and (plain.isascii() or set("年月日") & set(plain)):
            numbers = [int(part) for part in found.groups() if part]
            day = date(*numbers)
            if EARLIEST <= day.year <= LATEST:
                return day
    except ValueError:
        pass
    raise Invalid(
        words("“%(typed)s” is not a day. Type it like 2026-03-31.", typed=text.strip()[:30])
    )
