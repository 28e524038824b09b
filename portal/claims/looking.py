"""Files as they were handed in: kept at once, looked at later, shown to nobody in between.

What is kept first is what came, under a row of ``readings`` without a type. Looking at it, in a
child with limits, gives the file that may be shown and printed, or the files of an archive.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.claims.receipts import Kept
from portal.core.errors import Invalid, Missing, Refusal
from portal.core.files import Accepted, Store, clean_name
from portal.invoices import reading
from portal.invoices.reading import Entry


@dataclass(frozen=True)
class Inside:
    """A file that was in an archive, kept to be looked at in its turn, or why it is not."""

    file: Kept
    refusal: Refusal | None = None


Looked = Kept | tuple[Inside, ...] | Refusal
"""What became of looking: the file as it may be shown, what was in it, or why it is refused."""


def handed_in(store: Store, data: bytes, filename: str) -> Kept:
    """Keep what came, to be looked at later."""
    return Kept(store.put(data), clean_name(filename), "", len(data))


def not_kept(filename: str) -> Kept:
    """The name of a file that was refused, where files are told of."""
    return Kept("", clean_name(filename), "", 0)


def look(store: Store, file: Kept, *, wait_seconds: float | None = None) -> Looked:
    """Look at a kept file, unless somebody did.

    Raises ``NotNow`` when other files keep the one who looks busy for ``wait_seconds``, half
    a minute unless they are given.
    """
    if file.looked_at:
        return file
    try:
        found = reading.look(store.read(file.sha256), file.filename, wait_seconds=wait_seconds)
    except (Invalid, Missing) as refusal:
        return refusal
    return _cleaned(store, found) if isinstance(found, Accepted) else _apart(store, found)


def _cleaned(store: Store, found: Accepted) -> Kept:
    sha256 = store.put(found.data)
    return Kept(sha256, found.filename, found.media_type, len(found.data), found.pages)


def _apart(store: Store, entries: Iterable[Entry]) -> tuple[Inside, ...]:
    return tuple(
        Inside(not_kept(entry.filename), Invalid(entry.refused))
        if entry.refused
        else Inside(handed_in(store, entry.data, entry.filename))
        for entry in entries
    )
