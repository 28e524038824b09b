"""Plain zip archives that people hand in: taken apart into the files they hold."""

from portal.core.errors import Invalid
from portal.core.files import clean_name
from portal.core.safe import ARCHIVE_BEGINS, MAX_ARCHIVE_BYTES, Archive, Unsafe
from portal.core.words import words

MOST_FILES = 50
# What makes a zip archive a document of its own, by a name in lower case.
_DOCUMENTS = ("ofd.xml", "[content_types].xml", "mimetype")


def unpack(data: bytes, filename: str) -> list[tuple[str, bytes]] | None:
    """The files of a plain zip archive by their names, in its order; ``None`` for other files.

    OFD and office files are zip archives too, but are not taken apart. An archive inside the
    archive comes back as a file, which ``portal.core.files.accept`` refuses. Hidden files and
    those that macOS adds are left out. Raises ``Unsafe`` or ``Invalid`` when the archive breaks
    a limit, is damaged, locked or empty.
    """
    if not data.startswith(ARCHIVE_BEGINS):
        return None
    if len(data) > MAX_ARCHIVE_BYTES:
        raise Unsafe(words("This archive unpacks to more than is allowed."))
    archive = Archive(data, nested=True)
    if any(name.lower() in _DOCUMENTS for name in archive):
        return None
    wanted = [name for name in archive if not _hidden(name)]
    if not wanted:
        raise Invalid(words("“%(name)s” holds no files. Choose it again.", name=filename))
    if len(wanted) > MOST_FILES:
        raise Unsafe(
            words(
                "“%(name)s” holds more than %(most)s files. Split it.",
                name=filename,
                most=MOST_FILES,
            )
        )
    return [(clean_name(archive.spelled(name)), archive.read(name)) for name in wanted]


def _hidden(name: str) -> bool:
    parts = name.split("/")
    return "__MACOSX" in parts or parts[-1].startswith(".") or parts[-1] == "Thumbs.db"
