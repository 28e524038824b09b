"""Files people hand in: what is accepted, what is kept of them, and where.

The type of a file is what its bytes say; its name and the type the browser sent never
decide anything. Whoever serves a kept file sends ``Accepted.media_type`` with ``nosniff``,
and XML and OFD only as a download.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import filetype  # type: ignore[import-untyped]

from portal.core.errors import Invalid, Missing
from portal.core.pictures import plain, small
from portal.core.safe import ARCHIVE_BEGINS, MAX_ARCHIVE_BYTES, Archive, Unsafe, parse_xml, xml_text
from portal.core.words import words

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
OFD, XML = "application/ofd", "application/xml"
ARCHIVE = "application/zip"
"""What a zip archive is called before it is known whether it is an OFD; no file is kept as one."""
SUFFIXES = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png", OFD: ".ofd", XML: ".xml"}

MAX_BYTES = 10 * 1024 * 1024
MAX_NAME = 120

_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}
_KNOWN_ENDINGS = {*SUFFIXES.values(), ".jpeg", ""}
_SHA256 = re.compile(r"[0-9a-f]{64}")

LONGEST_LOOK = 8
"""Seconds that looking at one PDF may take."""


@dataclass(frozen=True)
class Accepted:
    """A file that may be kept: ``data`` as it is stored, and what is known of it.

    ``pages`` is the number of pages of a PDF, ``None`` for other types and for PDFs that
    only open with a password.
    """

    data: bytes
    media_type: str
    suffix: str
    filename: str
    pages: int | None


class Store:
    """Files kept by the SHA-256 of their content, under a folder the web never serves."""

    def __init__(self, root: Path):
        self._root = root

    def put(self, data: bytes) -> str:
        """Keep ``data`` durably, once however often it comes; its SHA-256 in hexadecimal."""
        sha = hashlib.sha256(data).hexdigest()
        path = self.path(sha)
        if path.exists():
            # Young again, so that a sweep now running spares what is about to be named.
            os.utime(path)
            return sha
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
        return sha

    def path(self, sha: str) -> Path:
        """Where the file is or would be. Raises ``Missing`` for what is no SHA-256."""
        if not _SHA256.fullmatch(sha):
            raise _missing()
        return self._root / sha[:2] / sha

    def read(self, sha: str) -> bytes:
        """The content. Raises ``Missing`` when no such file is kept."""
        try:
            return self.path(sha).read_bytes()
        except FileNotFoundError:
            raise _missing() from None

    def delete_unnamed(
        self, named: Collection[str] | Callable[[str], bool], older_than: datetime
    ) -> int:
        """Delete what no record names and was last put before ``older_than`` (aware).

        ``named`` is the names in use, or a function that knows one. Returns how many files
        went, left-overs of broken writes among them.
        """
        is_named = named if callable(named) else named.__contains__
        deleted = 0
        for path in self._root.glob("??/*"):
            changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if changed < older_than and not is_named(path.name):
                path.unlink(missing_ok=True)
                deleted += 1
        return deleted


def promised(data: bytes) -> str:
    """The type that the first bytes promise, ``ARCHIVE`` for an OFD too; nothing is opened.

    Raises ``Invalid`` for what is empty, too large or plainly of no type that is accepted.
    """
    if not data:
        raise Invalid(words("This file is empty. Choose it again."))
    if data.startswith(ARCHIVE_BEGINS):
        if len(data) > MAX_ARCHIVE_BYTES:
            raise Unsafe(words("This archive unpacks to more than is allowed."))
        return ARCHIVE
    if len(data) > MAX_BYTES:
        raise _too_large()
    return _beginning_of(data)


def accept(data: bytes, filename: str, *, count: Callable[[bytes], str] | None = None) -> Accepted:
    """The file as it may be kept, or ``Invalid`` with the reason and what to do.

    Accepts PDF, JPEG, PNG, OFD and XML up to ``MAX_BYTES``. Pictures come back turned
    upright and written anew, so that nothing but the picture is left of them. ``count`` is
    what counts the pages of a PDF, as ``pdf_look`` does; without it a process of its own.
    """
    if len(data) > MAX_BYTES:
        raise _too_large()
    media_type = media_type_of(data)
    pages = None
    if media_type in (JPEG, PNG):
        data = plain(data)
    elif media_type == PDF:
        pages = _pages((count or _counted_apart)(data))
    elif media_type == XML:
        parse_xml(data)
    suffix = SUFFIXES[media_type]
    return Accepted(data, media_type, suffix, clean_name(filename, suffix), pages)


def clean_name(filename: str, suffix: str = "") -> str:
    """``filename`` fit to be shown and offered: no folders, control or bidi characters.

    At most ``MAX_NAME`` characters with its suffix kept, and ending in ``suffix`` when one
    is given, so that a name never promises another type than the content has.
    """
    name = unicodedata.normalize("NFC", filename).replace("\\", "/").rpartition("/")[2]
    name = "".join(c for c in name if unicodedata.category(c)[0] not in "CZ" or c in " \u3000")
    name = re.sub(r'[<>:"|?*]', "_", name).strip().lstrip(".").strip()
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > 10:
        stem, dot, ending = name, "", ""
    ending = dot + ending
    if suffix and ending.lower() not in (suffix, {".jpg": ".jpeg"}.get(suffix)):
        stem, ending = stem if ending.lower() in _KNOWN_ENDINGS else stem + ending, suffix
    return (stem or "file")[: MAX_NAME - len(ending)].rstrip() + ending


def thumbnail(data: bytes, media_type: str, width: int = 320) -> bytes | None:
    """A JPEG at most ``width`` wide and twice as high, of a picture or a PDF's first page.

    ``data`` is what ``accept`` gave. ``None`` for other types and for what cannot be shown.
    """
    if media_type == PDF:
        return _look(data, "draw", str(width)) or None
    return small(data, width) if media_type in (JPEG, PNG) else None


def media_type_of(data: bytes) -> str:
    """The type of a file, one of those in ``SUFFIXES``. Raises ``Invalid`` for all others."""
    media_type = promised(data)
    if media_type != ARCHIVE:
        return media_type
    if any(name.lower() == "ofd.xml" for name in Archive(data)):
        return OFD
    raise Invalid(words("This is an archive or an office file. Unpack it or save it as PDF first."))


def _beginning_of(data: bytes) -> str:
    guess = filetype.guess_mime(data)
    if guess in (JPEG, PNG):
        return str(guess)
    if b"%PDF-" in data[:1024]:
        return PDF
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        raise Invalid(
            words(
                "HEIC photos cannot be read here. On an iPhone choose Settings, Camera, Formats, "
                "Most Compatible, and take the photo again, or save it as JPEG."
            )
        )
    if guess is None and _looks_like_xml(data):
        return XML
    raise Invalid(words("Files of this type are not accepted. Add a PDF, JPEG, PNG, OFD or XML."))


def _looks_like_xml(data: bytes) -> bool:
    try:
        text = xml_text(data).lstrip()
    except Invalid:
        return False
    return text.startswith("<") and not text[:15].lower().startswith(("<!doctype html", "<html"))


def _too_large() -> Invalid:
    return Invalid(
        words(
            "This file is larger than %(limit)s MB. Scan it at a lower resolution or split it.",
            limit=MAX_BYTES // 1024**2,
        )
    )


def _counted_apart(data: bytes) -> str:
    return _look(data, "count").decode()


def _pages(found: str) -> int | None:
    if found == "encrypted":
        return None
    if not found.isdecimal():
        raise Invalid(words("This PDF is broken and cannot be opened. Save or scan it again."))
    return int(found)


def _look(data: bytes, *wish: str) -> bytes:
    """What ``pdf_look`` says of a PDF; nothing when it takes too long or dies of it."""
    command = [sys.executable, "-I", str(Path(__file__).with_name("pdf_look.py")), *wish]
    try:
        looked = subprocess.run(command, input=data, capture_output=True, timeout=LONGEST_LOOK)
    except subprocess.TimeoutExpired:
        return b""
    return looked.stdout if looked.returncode == 0 else b""


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _missing() -> Missing:
    return Missing(words("This file is not here."))
