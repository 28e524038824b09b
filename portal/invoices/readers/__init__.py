"""Reading e-invoice files: what the file says, or what is left for a person to type."""

from portal.core.files import OFD, XML
from portal.core.words import words
from portal.invoices.readers.invoice import Item, ReadInvoice, Unreadable
from portal.invoices.readers.ofd import read_ofd
from portal.invoices.readers.xml import read_xml

__all__ = ["READABLE", "Item", "ReadInvoice", "Unreadable", "read"]

READABLE = {OFD: read_ofd, XML: read_xml}


def read(data: bytes, media_type: str) -> ReadInvoice:
    """The invoice in a file of a type that ``portal.core.files.accept`` found.

    Raises ``Unreadable`` when there is no invoice, or not exactly one, to be read, and other
    kinds of ``Invalid`` when the file is damaged or hostile; all with words for the form.
    """
    reader = READABLE.get(media_type)
    if reader is None:
        raise Unreadable(
            words("Invoices are read from OFD and XML files only. Type the date and the amount.")
        )
    return reader(data)
