"""Text as people type it."""

import re

from portal.core.errors import Invalid
from portal.core.words import words

UNTYPED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def typed(text: str) -> str:
    """``text`` without control characters, which nobody types and PostgreSQL may not store.

    With them go the carriage returns that browsers send at line ends without counting them.
    """
    return UNTYPED.sub("", text)


def fitting(text: str, most: int, field: str | None = None) -> str:
    """``text`` trimmed. Raises ``Invalid`` at ``field`` when it has over ``most`` characters."""
    trimmed = text.strip()
    if len(trimmed) > most:
        raise Invalid(
            words("This is too long: %(count)s of at most %(most)s characters.",
                  count=len(trimmed), most=most), field,
        )  # fmt: skip
    return trimmed
