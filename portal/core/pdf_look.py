"""Looks at one PDF and ends: run as a program, it counts pages or draws the first one.

PDFium cannot be interrupted, and a page of two kilobytes can keep it busy for minutes. Here
it has a process of its own, which knows nothing of the portal and dies of its limits.

Reads the PDF from standard input. ``count`` prints the number of pages, ``encrypted`` or
``broken``; ``draw WIDTH`` prints a JPEG, or nothing when there is none to draw.
"""

import io
import resource
import sys

SECONDS = 5
MEMORY = 1 << 30


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    data = sys.stdin.buffer.read()
    if sys.argv[1] == "count":
        sys.stdout.buffer.write(count(data).encode())
    else:
        sys.stdout.buffer.write(draw(data, int(sys.argv[2])))


def count(data: bytes) -> str:
    """The number of pages, ``encrypted`` or ``broken``."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(data) as document:
            pages = len(document)
            if pages:
                document.get_page_size(0)  # its content is not taken in: that may last
            return str(pages) if pages else "broken"
    except pypdfium2.PdfiumError as error:
        locked = error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD
        return "encrypted" if locked else "broken"


def draw(data: bytes, width: int) -> bytes:
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(data) as document:
            page = document[0]
            # A page may claim to be a kilometre wide: the picture's size is what is bounded.
            scale = min(width / max(page.get_width(), 1), width * 2 / max(page.get_height(), 1))
            out = io.BytesIO()
            picture = page.render(scale=scale, may_draw_forms=False).to_pil()
            picture.convert("RGB").save(out, "JPEG", quality=80, optimize=True)
            return out.getvalue()
    except pypdfium2.PdfiumError:
        return b""


if __name__ == "__main__":
    main()
