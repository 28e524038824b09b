"""Invoices in photographs and scans: their QR codes, and their print where OCR is installed."""

import io

from PIL import Image

from portal.core.pictures import MAX_PIXELS
from portal.core.safe import Unsafe
from portal.core.words import words
from portal.invoices.readers.codes import LARGEST_SIDE, codes_in
from portal.invoices.readers.invoice import Found, ReadInvoice, Unreadable
from portal.invoices.readers.settling import settle, together


def read_picture(data: bytes, *, ocr: bool = False) -> tuple[ReadInvoice, ...]:
    """The invoices of a JPEG or PNG.

    With ``ocr`` the print is read too, as far as a code or the sum in words proves it. Raises
    ``Unreadable`` when it shows none, ``Unsafe`` when it has too many pixels.
    """
    try:
        picture = Image.open(io.BytesIO(data), formats=["JPEG", "PNG"])
        if picture.width * picture.height > MAX_PIXELS:
            raise Image.DecompressionBombError
        # JPEG is decoded at a half or a quarter where that is still enough to look at.
        picture.draft("L", (LARGEST_SIDE, LARGEST_SIDE))
        picture.load()
    except Image.DecompressionBombError:
        raise Unsafe(
            words(
                "This picture has more than %(limit)s million pixels. Take it at a lower setting.",
                limit=MAX_PIXELS // 1_000_000,
            )
        ) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise Unreadable(words("This picture is broken. Take or save it again.")) from None
    found = [Found("qr", fields) for fields in codes_in(picture)]
    if ocr and len(found) < 2:
        from portal.invoices.readers.ocr import proven_print

        found += [Found("ocr", fields) for fields in proven_print(picture, found)]
    if not found:
        raise Unreadable(
            words("No invoice code was found in this picture. Type the date and the amount.")
        )
    return settle(together([found]))
