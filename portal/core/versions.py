"""What a form showed of a thing, so that nobody overwrites what he has not seen."""

import hashlib

from portal.core.errors import Stale
from portal.core.words import words

CHANGED = words("Somebody else changed this since the page was shown.")


def version_of(*values: object) -> str:
    """A short text that differs when any of ``values`` does."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def refuse_stale(shown: str, *values: object) -> None:
    """Raise ``Stale`` unless ``shown`` is the version of ``values``."""
    if shown != version_of(*values):
        raise Stale(CHANGED)
