"""Invoices in OFD files (GB/T 33190-2016): zip archives of XML, read from four places.

An attached invoice in XML and the ``CustomData`` of ``OFD.xml`` are compared. Where they leave
something open, the tags that point at the text of the pages are asked, and then the print.
"""

import posixpath
import re
from collections.abc import Iterator
from contextlib import suppress
from xml.etree.ElementTree import Element

from portal.core.errors import Invalid
from portal.core.safe import (
    MAX_XML_BYTES,
    Allowance,
    Archive,
    Unsafe,
    parse_xml,
    xml_text,
)
from portal.core.words import words
from portal.invoices.readers.invoice import Fields, Found, ReadInvoice, Unreadable
from portal.invoices.readers.ofd_print import glyphs_of
from portal.invoices.readers.printed import fields_of_page
from portal.invoices.readers.settling import settle, together
from portal.invoices.readers.values import fields_from, item_from
from portal.invoices.readers.xml import SHAPES, VAT, VAT_ITEM, found_in

CUSTOM_DATA = {
    "code": ("发票代码",),
    "number": ("发票号码",),
    "issued_on": ("开票日期",),
    "seller": ("销售方名称", "销方名称"),
    "seller_tax_id": ("销售方纳税人识别号", "销方税号", "销售方税号"),
    "buyer": ("购买方名称", "购方名称"),
    "buyer_tax_id": ("购买方纳税人识别号", "购方税号", "购买方税号"),
    "net": ("合计金额", "金额合计"),
    "tax": ("合计税额", "税额合计"),
    "total": ("价税合计", "价税合计(小写)"),
    "spelled": ("价税合计(大写)",),
}

_ATTACHED = re.compile(r"<(?:[\w.-]*:)?(" + "|".join(SHAPES) + r")[\s>:/]")

MAX_PACKAGE_ELEMENTS = 120_000

_HALF_WIDTH = str.maketrans("（）", "()")

Ref = tuple[str | None, str]
"""The page and the object on it that a tag points at."""


def read_ofd(data: bytes) -> tuple[ReadInvoice, ...]:
    """The invoices of an OFD file.

    Raises ``Unreadable`` when it holds none, ``Unsafe`` or ``Invalid`` (from
    ``portal.core.safe``) when it cannot be opened.
    """
    package = _Package(data)
    places = [_attached(package), _custom_data(package)]
    for further in (_tagged, _printed):
        with suppress(Unreadable):
            read = settle(together(places))
            if not any(each.unread or not each.items for each in read):
                return read
        places.append(further(package))
    return settle(together(places))


class _Package:
    """The XML files of an OFD archive, as text, and parsed within one allowance."""

    def __init__(self, data: bytes):
        archive = Archive(data)
        self._allowance = Allowance(MAX_PACKAGE_ELEMENTS)
        self.texts: dict[str, str] = {}
        size = 0
        for name in archive:
            if name.lower().endswith((".xml", ".xbrl")):
                content = archive.read(name)
                size += len(content)
                if size > MAX_XML_BYTES:
                    raise Unsafe(
                        words("This OFD file is too large to be read. Type the values instead.")
                    )
                with suppress(Invalid):
                    self.texts[name] = xml_text(content)

    def root(self, name: str) -> Element | None:
        """The root of a file of the archive; ``None`` when it is absent or broken."""
        try:
            return parse_xml(self.texts.get(name, ""), self._allowance)
        except Unsafe:
            raise
        except Invalid:
            return None


def _attached(package: _Package) -> list[Found]:
    found: list[tuple[int, Found]] = []
    for name, text in package.texts.items():
        shape = _ATTACHED.search(text[:4000])
        if shape and "ObjectRef" not in text and (root := package.root(name)) is not None:
            trust = list(SHAPES).index(shape[1])
            found += [(trust, invoice) for invoice in found_in(root, "ofd")]
    return [invoice for _, invoice in sorted(found, key=lambda pair: pair[0])]


def _custom_data(package: _Package) -> list[Found]:
    entry = next((name for name in package.texts if name.lower() == "ofd.xml"), "")
    root = package.root(entry)
    found = []
    for body in root.iter("DocBody") if root is not None else ():
        given = {
            re.sub(r"\s", "", data.get("Name", "")).translate(_HALF_WIDTH): data.text
            for data in body.iter("CustomData")
        }
        raw = {
            name: next((given[alias] for alias in aliases if given.get(alias)), None)
            for name, aliases in CUSTOM_DATA.items()
        }
        if any(raw.values()):
            found.append(Found("ofd", fields_from(raw)))
    return found


def _tagged(package: _Package) -> list[Found]:
    found = []
    for name, text in package.texts.items():
        if "ObjectRef" not in text or (root := package.root(name)) is None:
            continue
        tags = next((each for each in root.iter() if each.find(VAT["number"]) is not None), None)
        if tags is not None:
            fields = _from_tags(tags, _objects(package, name.split("/")[0]))
            found.append(Found("ofd", fields))
    return found


def _printed(package: _Package) -> list[Found]:
    """The text of each page, with what its template prints."""
    found = []
    for folder in dict.fromkeys(name.split("/")[0] for name in package.texts):
        for number, (_, path) in enumerate(_pages(package, folder, "Page"), start=1):
            contents = [package.root(path)]
            drawn = {each.get("TemplateID") for each in _all(contents[0], "Template")}
            templates = _pages(package, folder, "TemplatePage")
            contents += [package.root(other) for id_, other in templates if id_ in drawn]
            glyphs = [glyph for root in contents if root is not None for glyph in glyphs_of(root)]
            fields = fields_of_page(glyphs)
            if fields:
                found.append(Found("text", fields, number))
    return found


def _all(root: Element | None, name: str) -> Iterator[Element]:
    return root.iter(name) if root is not None else iter(())


def _from_tags(element: Element, printed: dict[Ref, str]) -> Fields:
    def said(tag: Element | None) -> list[str]:
        if tag is None:
            return []
        refs = [ref for ref in tag if ref.tag in ("ObjectRef", "ObjectData")]
        return [_said_by(ref, printed) for ref in refs] or [tag.text or ""]

    raw: dict[str, str | None] = {
        name: "".join(said(element.find(path))) for name, path in VAT.items()
    }
    every, name, amount, *_ = VAT_ITEM
    lines = [(said(line.find(name)), said(line.find(amount))) for line in element.iterfind(every)]
    if not lines:
        # Some issuers tag no lines, only each printed column.
        names, amounts = element.findall(name), element.findall(amount)
        if len(names) == len(amounts):
            lines = [(said(one), said(other)) for one, other in zip(names, amounts, strict=True)]
    items = [item_from("".join(one), "".join(other)) for one, other in lines]
    return fields_from(raw, [item for item in items if item])


def _said_by(ref: Element, printed: dict[Ref, str]) -> str:
    target = (ref.text or "").strip()
    if ref.tag == "ObjectData":
        return target
    return printed.get((ref.get("PageRef"), target)) or printed.get((None, target), "")


def _objects(package: _Package, folder: str) -> dict[Ref, str]:
    """The text of every object on the pages of the document in ``folder``.

    Under page ``None`` stand the objects whose id means one text in the whole document, for
    tags that name a page wrongly or not at all.
    """
    printed: dict[Ref, str] = {}
    anywhere: dict[str, set[str]] = {}
    for page, path in _pages(package, folder, "Page"):
        content = package.root(path)
        for printed_object in content.iter("TextObject") if content is not None else ():
            id_ = printed_object.get("ID", "")
            said = "".join("".join(code.itertext()) for code in printed_object.iter("TextCode"))
            printed[page, id_] = said
            anywhere.setdefault(id_, set()).add(said)
    return printed | {(None, id_): said.pop() for id_, said in anywhere.items() if len(said) == 1}


def _pages(package: _Package, folder: str, kind: str) -> Iterator[tuple[str | None, str]]:
    """The ids and paths of the document's pages or templates, ``Page`` or ``TemplatePage``."""
    for name, text in package.texts.items():
        if name.split("/")[0] != folder or not re.search(
            r"<(?:[\w.-]*:)?Document[\s>]", text[:4000]
        ):
            continue
        root = package.root(name)
        for page in _all(root, kind):
            path = posixpath.join("/", posixpath.dirname(name), page.get("BaseLoc", ""))
            yield page.get("ID"), posixpath.normpath(path).lstrip("/")
