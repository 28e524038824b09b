"""Reading e-invoice files: what the file says, or what is left for a person to type.

This runs wherever it is called. For files of strangers ask ``portal.invoices.reading``, which
does the same in a child process with limits.
"""

from collections.abc import Callable

from portal.core.files import JPEG, OFD, PDF, PNG, XML
from portal.core.words import words
from portal.invoices.readers.invoice import (
    Disagreement,
    Item,
    Kind,
    ReadInvoice,
    Source,
    Unreadable,
)
from portal.invoices.readers.ofd import read_ofd
from portal.invoices.readers.xml import read_xml

__all__ = [
    "READABLE",
    "Disagreement",
    "Item",
    "Kind",
    "ReadInvoice",
    "Source",
    "Unreadable",
    "read",
]

READABLE = frozenset({OFD, XML, PDF, JPEG, PNG})


def read(
    data: bytes,
    media_type: str,
    *,
    ocr: bool = False,
    getting_on: Callable[[], None] = lambda: None,
) -> tuple[ReadInvoice, ...]:
    """The invoices in a file of a type that ``portal.core.files.accept`` found, at least one.

    With ``ocr`` the print of pictures is read as well, where the extra of that name is
    installed. ``getting_on`` is called for each page of a long file that held an invoice.

    Raises ``Unreadable`` when there is no invoice to be read, and other kinds of ``Invalid``
    when the file is damaged or hostile; all with words for the form.
    """
    if media_type == XML:
        return read_xml(data)
    if media_type == OFD:
        return read_ofd(data)
    # PDFium and the decoder of codes are large, and only the reading child needs them.
    if media_type == PDF:
        from portal.invoices.readers.pdf import read_pdf

        return read_pdf(data, getting_on)
    if media_type in (JPEG, PNG):
        from portal.invoices.readers.picture import read_picture

        return read_picture(data, ocr=ocr)
    raise Unreadable(words("No invoice can be read from a file of this type. Type the values."))
