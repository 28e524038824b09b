"""What the child process behind ``portal.core.pdf`` does: one warm WeasyPrint.

It imports nothing of the portal, so it holds no secret, no database and little memory.
"""

import ctypes
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

POINTS_PER_PIXEL = 0.75
FRAME = re.compile(r"pdf-(?P<name>[0-9a-f]{64})-(?P<page>\d+)")
SHEET = re.compile(r'<link rel="stylesheet" href="static:([\w./-]+)">')
TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}

# What WeasyPrint opens at import, and the Debian and Ubuntu package that brings it. Without
# the last one it still works, but takes seconds to cut a Chinese font to what a form needs.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
CHINESE_FONT = "fonts-wqy-microhei"


def missing_packages() -> list[str]:
    """The system packages that are not installed, in the order to name them."""
    missing = [package for library, package in LIBRARIES.items() if not _opens(library)]
    try:
        fonts = subprocess.run(
            ["fc-list", ":lang=zh-cn", "family"], capture_output=True, timeout=10, check=False
        ).stdout
    except OSError:
        fonts = b""
    return missing if fonts.strip() else [*missing, CHINESE_FONT]


def _opens(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def inside(root: Path, name: str) -> Path:
    """The file of that name below the resolved ``root``; raises ValueError when it leads out."""
    path = (root / name).resolve()
    if not path.is_relative_to(root):
        raise ValueError("outside static")
    return path


class Typesetter:
    """WeasyPrint and PDFium with their one font configuration; lives as long as the process."""

    def __init__(self) -> None:
        import pypdfium2
        import weasyprint
        import weasyprint.text.fonts
        import weasyprint.urls
        from PIL import Image

        Image.MAX_IMAGE_PIXELS = 60_000_000
        self.weasyprint, self.pdfium, self.urls = weasyprint, pypdfium2, weasyprint.urls
        self.fonts = weasyprint.text.fonts.FontConfiguration()
        self.sheets: dict[tuple[str, int], Any] = {}

    def render(self, html: str, files: Mapping[str, str], static: str, dpi: int) -> bytes:
        """The document as PDF, with pages of PDF receipts laid into their frames."""
        root = Path(static).resolve()
        fetcher = self.fetcher(files, root)
        sheets = [self.sheet(inside(root, name), fetcher) for name in SHEET.findall(html)]
        page = self.weasyprint.HTML(string=SHEET.sub("", html), url_fetcher=fetcher)
        looks = {"dpi": dpi, "jpeg_quality": 80}
        document = page.render(font_config=self.fonts, stylesheets=sheets, **looks)
        plain: bytes = document.write_pdf(**looks)
        frames = [
            (number, match["name"], int(match["page"]) - 1, box)
            for number, sheet in enumerate(document.pages)
            for anchor, box in sheet.anchors.items()
            if (match := FRAME.fullmatch(anchor)) and match["name"] in files
        ]
        return self.fill(plain, frames, files) if frames else plain

    def sheet(self, path: Path, fetcher: Any) -> Any:
        """A style sheet, parsed once for as long as its file stays the same: it is slow."""
        key = (str(path), path.stat().st_mtime_ns)
        if key not in self.sheets:
            self.sheets[key] = self.weasyprint.CSS(
                string=path.read_text(), url_fetcher=fetcher, font_config=self.fonts
            )
        return self.sheets[key]

    def fetcher(self, files: Mapping[str, str], root: Path) -> Any:
        """What a document may load: ``receipt:<sha256>`` and ``static:<path>``, nothing else."""
        urls = self.urls

        class Fetcher(urls.URLFetcher):  # type: ignore[name-defined,misc]
            def fetch(self, url: str, headers: object = None) -> Any:
                scheme, _, rest = url.partition(":")
                if scheme == "receipt":
                    return urls.URLFetcherResponse(url, Path(files[rest]).open("rb"))
                if scheme != "static":
                    raise ValueError("not a file of this document")
                path = inside(root, rest)
                kind = {"Content-Type": TYPES.get(path.suffix, "application/octet-stream")}
                return urls.URLFetcherResponse(url, path.read_bytes(), kind)

        return Fetcher()

    def fill(self, plain: bytes, frames: list[Any], files: Mapping[str, str]) -> bytes:
        """Lay pages of other PDFs into rectangles: (sheet, file, its page, box in pixels)."""
        target = self.pdfium.PdfDocument(plain)
        sources = {name: self.opened(files[name]) for name in {frame[1] for frame in frames}}
        for sheet, name, number, box in frames:
            self.lay(target, target[sheet], sources[name], number, box)
        out = BytesIO()
        target.save(out)
        return out.getvalue()

    def opened(self, path: str) -> Any:
        return self.pdfium.PdfDocument(Path(path).read_bytes())

    def lay(self, target: Any, sheet: Any, source: Any, number: int, box: Any) -> None:
        """Scale one page, turned the way a reader shows it, to the top and middle of a box."""
        page = source[number]
        # Seals on e-invoices are annotations, which a copy of the page would lose.
        self.pdfium.raw.FPDFPage_Flatten(page, self.pdfium.raw.FLAT_PRINT)
        width, height = page.get_size()
        x1, y1, x2, y2 = (edge * POINTS_PER_PIXEL for edge in box)
        scale = min((x2 - x1) / width, (y2 - y1) / height)
        x = x1 + ((x2 - x1) - width * scale) / 2
        y = sheet.get_height() - y1 - height * scale
        form = source.page_as_xobject(number, target).as_pageobject()
        form.set_matrix(self.pdfium.PdfMatrix().scale(scale, scale).translate(x, y))
        sheet.insert_obj(form)
        sheet.gen_content()

    def pages(self, path: str, most: int) -> dict[str, Any]:
        """How many pages a PDF has, after trying to lay each of them, or why it cannot be."""
        try:
            source = self.opened(path)
        except self.pdfium.PdfiumError as error:
            locked = error.err_code == self.pdfium.raw.FPDF_ERR_PASSWORD
            return {"problem": "encrypted" if locked else "broken"}
        if len(source) > most:
            return {"problem": "too_long"}
        try:
            trial = self.pdfium.PdfDocument.new()
            for number in range(len(source)):
                self.lay(trial, trial.new_page(595, 842), source, number, (0, 0, 700, 1000))
        except (self.pdfium.PdfiumError, ZeroDivisionError):
            return {"problem": "broken"}
        return {"pages": len(source)} if len(source) else {"problem": "broken"}


def start() -> Callable[..., tuple[dict[str, Any], bytes]]:
    """WeasyPrint made ready; what is given answers questions, see ``portal.core.child``.

    Raises ImportError or OSError when a system library is missing.
    """
    typesetter = Typesetter()

    def answer(
        question: dict[str, Any], body: bytes, _: Callable[[], None]
    ) -> tuple[dict[str, Any], bytes]:
        if question["do"] == "pages":
            return typesetter.pages(question["path"], question["most"]), b""
        files, static, dpi = question["files"], question["static"], question["dpi"]
        return {}, typesetter.render(body.decode(), files, static, dpi)

    return answer


if __name__ == "__main__":
    sys.stdout.write(" ".join(missing_packages()))
