"""Text as people type it."""

import re

UNTYPED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def typed(text: str) -> str:
    """``text`` without control characters, which nobody types and PostgreSQL may not store."""
    return UNTYPED.sub("", text)
