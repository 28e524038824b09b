"""XML and zip archives from strangers: opened within limits, or refused with a reason.

No document type, no entities, nothing fetched; bounded bytes, elements and depth; no
archive inside an archive. Sources: OWASP XML External Entity Prevention; David Fifield,
"A better zip bomb" (2019), for overlapping entries and sizes that lie.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from portal.core.errors import Invalid
from portal.core.words import words

MAX_XML_BYTES = 10 * 1024 * 1024
MAX_ELEMENTS = 100_000
MAX_DEPTH = 64
MAX_EQUALS_SIGNS = 200_000
"""Attributes are only counted once they are read; this stops 700,000 of them before."""
MAX_MENDED_BYTES = 2 * 1024 * 1024

MAX_ENTRIES = 1_000
MAX_ENTRY_BYTES = 10 * 1024 * 1024
MAX_ARCHIVE_BYTES = 40 * 1024 * 1024
MAX_RATIO = 100
SMALL_ENTRY_BYTES = 256 * 1024
"""Entries below this may exceed the ratio: short files of spaces and tables do."""

ARCHIVE_BEGINS = (b"PK\x03\x04", b"PK\x05\x06")

_SAYS_UTF_8 = 0x800
"""Flag of an entry whose name is UTF-8; Python reads others as code page 437."""

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([A-Za-z0-9._-]+)""")
_DECLARATION = re.compile(r"\A<\?xml\s[^>]{0,200}\?>")
_FORBIDDEN_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ELEMENT_PREFIX = re.compile(r"<(/?)[\w.-]*:(?=\w)")
_NAMESPACE = re.compile(r"""\sxmlns(?::[\w.-]*)?\s?=\s?(?:"[^"]*"|'[^']*')""")
_ATTRIBUTE_PREFIX = re.compile(r"""(\s)[\w.-]+:([\w.-]+\s?=\s?["'])""")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
_ACTIVE = ("{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}")


class Unsafe(Invalid):
    """The file is built to do harm, or too large to open safely."""


@dataclass
class Allowance:
    """How many elements may still be read; shared by the documents of one file."""

    elements: int = MAX_ELEMENTS


class _Bounded(TreeBuilder):
    def __init__(self, allowance: Allowance) -> None:
        super().__init__()
        self.depth = 0
        self.allowance = allowance

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self.depth += 1
        self.allowance.elements -= 1
        if self.depth > MAX_DEPTH or self.allowance.elements < 0:
            raise Unsafe(words("This XML file is nested too deeply or has too many parts."))
        if tag.startswith(_ACTIVE):
            raise Unsafe(words("This XML file contains a web page. Only invoices are accepted."))
        return super().start(tag.rpartition("}")[2], attrs)

    def end(self, tag: str, /) -> Element:
        self.depth -= 1
        return super().end(tag.rpartition("}")[2])

    def pi(self, target: str, text: str | None = None, /) -> None:  # type: ignore[override]
        if target.startswith("xml-"):
            raise Unsafe(words("This XML file loads a style sheet, which is not allowed."))


def xml_text(data: bytes) -> str:
    """The characters of an XML file in UTF-8, UTF-16 or a GB encoding, declared or not.

    Raises ``Invalid`` for other encodings and for files above ``MAX_XML_BYTES``.
    """
    if len(data) > MAX_XML_BYTES:
        raise Unsafe(words("This XML file is too large to be opened safely."))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        declared = _DECLARED.match(data[:400].removeprefix(b"\xef\xbb\xbf").lstrip())
        says_gb = declared is not None and declared[1].lower().startswith((b"gb", b"cp936"))
        # A few short GBK words are valid UTF-8, and real files declare GBK yet are UTF-8:
        # only UTF-8 that yields Chinese is taken against the declaration.
        is_utf8 = not says_gb or re.search("[\u4e00-\u9fff]", data.decode("utf-8", "ignore"))
        encodings = ["utf-8-sig", "gb18030"] if is_utf8 else ["gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(words("The characters of this XML file cannot be read. Type the values."))


def parse_xml(data: bytes | str, allowance: Allowance | None = None) -> Element:
    """The root of an XML document, every name without its namespace or prefix.

    Files that break the rules of namespaces (prefixes empty or never declared, seen in
    real invoices) are mended first. Raises ``Unsafe`` for document types, entities, web
    pages and what exceeds the limits or the ``allowance``; ``Invalid`` when it is no XML.
    """
    allowance = allowance or Allowance()
    text = xml_text(data) if isinstance(data, bytes) else data
    # Already decoded, so what the declaration says of the encoding would only mislead.
    text = _DECLARATION.sub("", text.lstrip()).lstrip()
    if text.count("=") > MAX_EQUALS_SIGNS:
        raise Unsafe(words("This XML file is nested too deeply or has too many parts."))
    try:
        try:
            return _parse(text, allowance)
        except ParseError:
            if len(text) > MAX_MENDED_BYTES:
                raise
            return _parse(_mended(text), allowance)
    except DefusedXmlException:
        raise Unsafe(
            words("This XML file declares a document type or entities, which is not allowed.")
        ) from None
    except (ParseError, ValueError):
        raise Invalid(words("This XML file is broken and cannot be read.")) from None


def _parse(text: str, allowance: Allowance) -> Element:
    parser = DefusedXMLParser(target=_Bounded(allowance), forbid_dtd=True)
    parser.feed(text)
    root: Element = parser.close()
    return root


def _mended(text: str) -> str:
    text = _FORBIDDEN_CHARACTERS.sub("", text)
    text = _NAMESPACE.sub("", _ELEMENT_PREFIX.sub(r"<\1", text))
    return _BARE_AMPERSAND.sub("&amp;", _ATTRIBUTE_PREFIX.sub(r"\1\2", text))


class Archive:
    """A zip archive from a stranger, checked whole before anything is read from it.

    Names are relative, with forward slashes. Raises ``Unsafe`` when it breaks a limit or
    tricks with paths or sizes, ``Invalid`` when it is damaged. With ``nested`` archives inside
    it are files like others, for callers that open none of them.
    """

    def __init__(self, data: bytes, *, nested: bool = False):
        # Each entry needs this mark in the directory, whatever the header claims; counting
        # it first keeps a directory of 100,000 entries from being parsed at all.
        if data.count(b"PK\x01\x02") > MAX_ENTRIES:
            raise Unsafe(words("This archive holds too many files."))
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise _damaged() from None
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for info in self._zip.infolist():
            if not info.is_dir():
                self._admit(info)
        if sum(info.file_size for info in self._entries.values()) > MAX_ARCHIVE_BYTES:
            raise Unsafe(words("This archive unpacks to more than is allowed."))
        for name in self._entries:
            if not nested and self._start(name, 4) == b"PK\x03\x04":
                raise Unsafe(words("This archive holds another archive, which is not allowed."))

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def read(self, name: str) -> bytes:
        """The bytes of one entry, its checksum verified. Raises ``Invalid`` when damaged."""
        data = self._start(name, MAX_ENTRY_BYTES + 1)
        if len(data) != self._entries[name].file_size:
            raise _damaged()
        return data

    def spelled(self, name: str) -> str:
        """The name as its maker wrote it: Chinese zip tools use GBK or UTF-8 and do not say so."""
        info = self._entries[name]
        if info.flag_bits & _SAYS_UTF_8:
            return name
        for encoding in ("utf-8", "gb18030"):
            try:
                return info.filename.encode("cp437").decode(encoding)
            except UnicodeError:
                continue
        return name

    def _admit(self, info: zipfile.ZipInfo) -> None:
        name = posixpath.normpath(info.filename.replace("\\", "/")).lstrip("/")
        if name.split("/")[0] == ".." or ".." in info.filename.replace("\\", "/").split("/"):
            raise Unsafe(words("This archive holds a file that points outside of it."))
        if name in self._entries:
            raise Unsafe(words("This archive holds two files of the same name."))
        if info.flag_bits & 0x1:
            raise Invalid(words("This archive is locked with a password. Remove it first."))
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unsafe(words("This archive is compressed in a way that is not accepted."))
        crowded = info.file_size > MAX_RATIO * max(info.compress_size, 1)
        if info.file_size > MAX_ENTRY_BYTES or (crowded and info.file_size > SMALL_ENTRY_BYTES):
            raise Unsafe(words("This archive unpacks to more than is allowed."))
        self._entries[name] = info

    def _start(self, name: str, size: int) -> bytes:
        try:
            with self._zip.open(self._entries[name]) as entry:
                return entry.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
            raise _damaged() from None


def _damaged() -> Invalid:
    return Invalid(words("This archive is damaged. Download it again and add it once more."))
