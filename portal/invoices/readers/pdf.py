"""Invoices in PDF files: attached XML, keys of the metadata, codes on the pages, then the print.

Train tickets of 12306 and flight itineraries carry an XML attachment; some issuers state the
values as metadata; most invoices have a QR code and their text.
"""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from portal.core.errors import Invalid
from portal.core.safe import MAX_XML_BYTES, Unsafe, parse_xml
from portal.core.words import words
from portal.invoices.readers.codes import codes_in
from portal.invoices.readers.invoice import Fields, Found, ReadInvoice, Unreadable
from portal.invoices.readers.printed import MOST_GLYPHS, Glyph, fields_of_page
from portal.invoices.readers.settling import joined, settle, together
from portal.invoices.readers.values import fields_from
from portal.invoices.readers.xml import found_in

METADATA = {
    "code": "InvoiceCode",
    "number": "InvoiceNumber",
    "issued_on": "IssueTime",
    "seller": "SellerName",
    "seller_tax_id": "SellerIdNum",
    "buyer": "BuyerName",
    "buyer_tax_id": "BuyerIdNum",
    "net": "TotalAmWithoutTax",
    "tax": "TotalTaxAm",
    "total": "TotalTax-includedAmount",
    "spelled": "TotalTax-includedAmountInChinese",
}
MOST_PAGES = 50
MOST_ATTACHMENTS = 20
MOST_TEXT_ON_A_PAGE = 200_000
"""Letters; a page with more is built to keep a reader busy."""
FIRST_SECONDS, MORE_SECONDS = 0.9, 0.25
"""In which pages are begun, and by how much each with an invoice puts the end off; both a little
less than what ``portal.invoices.reading`` gives."""
SHARP = 200 / 72
"""Pixels a point: a code of 2 cm then has about five pixels a module."""
LARGEST_SIDE = 2400


def read_pdf(data: bytes, getting_on: Callable[[], None]) -> tuple[ReadInvoice, ...]:
    """The invoices of a PDF, each with its page; ``getting_on`` is told of each page that has one.

    Raises ``Unreadable`` when it holds none or is locked, ``Unsafe`` when it is built to do harm.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise Unreadable(
                words(
                    "This PDF is locked with a password. Save it without one, or type the values."
                )
            ) from None
        raise Unreadable(
            words("This PDF is broken and cannot be opened. Save or scan it again.")
        ) from None
    with document:
        if len(document) > MOST_PAGES:
            raise Unreadable(
                words(
                    "This PDF has more than %(most)s pages. Add the pages with invoices alone.",
                    most=MOST_PAGES,
                )
            )
        attached, stated = _attached(document), _metadata(document)
        groups = joined(_on_pages(document, getting_on))
    if len(groups) < 2 and len(together([attached])) < 2:
        whole = [*attached, *stated, *(each for group in groups for each in group)]
        return settle([whole] if whole else [])
    groups = joined([*groups, *together([attached])])
    # What the file says as a whole belongs to the invoice it names, and to no other.
    for each in stated:
        for group in groups:
            if any(each.fields.same_invoice(other.fields) for other in group):
                group.append(each)
    return settle(groups)


def _on_pages(document: pypdfium2.PdfDocument, getting_on: Callable[[], None]) -> list[list[Found]]:
    groups: list[list[Found]] = []
    until = monotonic() + FIRST_SECONDS
    for number in range(len(document)):
        if number and monotonic() > until:
            # Better some invoices and a word about the rest than none at all.
            _say_unread(groups, number + 1, len(document))
            break
        found = _on_page(document, number)
        groups += found
        if found:
            getting_on()
            until += MORE_SECONDS
    return groups


def _say_unread(groups: list[list[Found]], first: int, last: int) -> None:
    details = {"unread_pages": f"{first}-{last}"}
    for group in groups:
        group.append(Found("pdf", Fields(number=_number(group), details=details)))


def _number(group: list[Found]) -> str | None:
    return next((each.fields.number for each in group if each.fields.number), None)


def _metadata(document: pypdfium2.PdfDocument) -> list[Found]:
    raw = {name: _stated(document, key) for name, key in METADATA.items()}
    fields = fields_from(raw)
    return [Found("pdf", fields)] if fields.number or fields.total is not None else []


def _stated(document: pypdfium2.PdfDocument, key: str) -> str | None:
    """One value of the document information, whatever its key."""
    size = pdfium.FPDF_GetMetaText(document, key.encode(), None, 0)
    if not 2 < size < 2000:
        return None
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDF_GetMetaText(document, key.encode(), buffer, size)
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0")


def _attached(document: pypdfium2.PdfDocument) -> list[Found]:
    found: list[Found] = []
    for index in range(min(document.count_attachments(), MOST_ATTACHMENTS)):
        with suppress(pypdfium2.PdfiumError):
            attachment = document.get_attachment(index)
            if not attachment.get_name().lower().endswith((".xml", ".xbrl")):
                continue
            data = bytes(attachment.get_data())
            if len(data) > MAX_XML_BYTES:
                raise Unsafe(words("This XML file is too large to be opened safely."))
            with suppress(Unreadable):
                found += _parsed(data)
    return found


def _parsed(data: bytes) -> list[Found]:
    try:
        return found_in(parse_xml(data), "xml")
    except Unsafe:
        raise
    except Invalid:
        return []


def _on_page(document: pypdfium2.PdfDocument, number: int) -> list[list[Found]]:
    """The invoices of one page, from its codes and its print."""
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return []
    glyphs = _glyphs(page)
    printed = fields_of_page(glyphs)
    # A page without any letters is a scan, whose code may be hard to find.
    seen = codes_in(_drawn(page), drawn=bool(glyphs))
    codes = [Found("qr", fields, number + 1) for fields in seen]
    groups = together([codes])
    if printed and len(groups) > 1 and not any(printed.same_invoice(c.fields) for c in codes):
        return groups
    return together([codes, [Found("text", printed, number + 1)] if printed else []])


def _drawn(page: pypdfium2.PdfPage) -> Image.Image:
    """The page in grey. One may claim to be a kilometre wide: what is bounded is the picture."""
    scale = min(SHARP, LARGEST_SIDE / max(page.get_width(), page.get_height(), 1))
    picture: Image.Image = page.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil()
    return picture


def _glyphs(page: pypdfium2.PdfPage) -> list[Glyph]:
    """The letters of a page; none of a turned one, whose rows would be columns."""
    if page.get_rotation():
        return []
    text = page.get_textpage()
    if text.count_chars() > MOST_TEXT_ON_A_PAGE:
        raise Unsafe(words("A page of this PDF holds far too much text for an invoice."))
    return list(_letters(text, page.get_height()))


def _letters(text: pypdfium2.PdfTextPage, height: float) -> Iterator[Glyph]:
    for index in range(min(text.count_chars(), MOST_GLYPHS)):
        letter = chr(pdfium.FPDFText_GetUnicode(text, index))
        if not letter.isspace() and letter.isprintable():
            left, bottom, right, top = text.get_charbox(index, loose=True)
            yield Glyph(letter, left, height - top, right, height - bottom)
