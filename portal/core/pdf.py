"""PDF files from HTML, made in a child process that may load nothing and can be killed.

Each process of the portal keeps at most one child (``pdf_child.py``), started when the first
document is asked for and gone after some idle minutes. A document may load only
``receipt:<sha256>`` (from the files given) and ``static:<path>``; all else is refused and the
rest of the page is made without it. Only a linked style sheet that is not there fails the whole:
nobody wants a form without its looks.

Pages of PDF receipts are laid into frames: an element with the id ``pdf-<sha256>-<page>``
(pages from 1) is filled with that page of that file, scaled to fit.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from portal.core import pdf_child
from portal.core.children import Child, Cost, Failed
from portal.core.errors import Refusal
from portal.core.words import Words, words

# Only in attributes: text that people write has its quotes escaped and never matches.
STATIC = re.compile(r'(?:href|src)="static:([\w./-]+)"')
MEGABYTE = 1024 * 1024


class PdfFailed(Refusal):
    """No PDF could be made of this document; ``reason`` is the technical cause, for the log."""

    def __init__(self, words: Words, reason: str):
        super().__init__(words)
        self.reason = reason


class PdfUnavailable(PdfFailed):
    """This server cannot make any PDF; the words say what to install, and how."""


@dataclass(frozen=True)
class Limits:
    """What one document may cost, and how long a child is kept."""

    seconds: float = 20.0
    memory_bytes: int = 1024 * MEGABYTE
    dpi: int = 150
    receipt_pages: int = 40
    documents: int = 200
    idle_seconds: float = 180.0


DEFAULT = Limits()


@dataclass(frozen=True)
class ReceiptPages:
    """What a PDF receipt will print as: its pages, or why it cannot be printed.

    ``problem`` is None, "encrypted", "too_long" or "broken".
    """

    pages: int
    problem: str | None = None


def render(
    html: str, *, files: Mapping[str, Path], static_root: Path, limits: Limits = DEFAULT
) -> bytes:
    """The HTML document as PDF. ``files`` maps the SHA-256 of each receipt to its file.

    Raises PdfFailed when it takes too long or fails, PdfUnavailable when WeasyPrint's system
    libraries are missing.
    """
    question = {
        "do": "render",
        "files": {name: str(path) for name, path in files.items()},
        "static": str(static_root),
        "dpi": limits.dpi,
    }
    return _ask(question, html.encode(), limits)[1]


def receipt_pages(path: Path, *, limits: Limits = DEFAULT) -> ReceiptPages:
    """How many pages a PDF receipt prints as. A file that makes the child die is broken.

    Raises PdfUnavailable.
    """
    question = {"do": "pages", "path": str(path), "most": limits.receipt_pages}
    try:
        found = _ask(question, b"", limits)[0]
    except PdfUnavailable:
        raise
    except PdfFailed:
        return ReceiptPages(0, "broken")
    return ReceiptPages(found.get("pages", 0), found.get("problem"))


def available() -> Words | None:
    """None when PDFs can be made properly, else what is missing and the line that installs it."""
    found = subprocess.run(
        [sys.executable, "-I", pdf_child.__file__],
        capture_output=True,
        text=True,
        check=False,
    )
    packages = found.stdout.strip()
    if not packages:
        return None
    return words(
        "This server cannot make proper PDF files: %(packages)s is missing. "
        "An administrator can install it with: %(command)s",
        packages=packages.replace(" ", ", "),
        command=f"sudo apt-get install --yes {packages}",
    )


def _ask(question: dict[str, Any], body: bytes, limits: Limits) -> tuple[dict[str, Any], bytes]:
    cost = Cost(
        seconds=limits.seconds,
        most_seconds=limits.seconds,
        memory_bytes=limits.memory_bytes,
        wait_seconds=limits.seconds,
        idle_seconds=limits.idle_seconds,
        questions=limits.documents,
    )
    try:
        return _renderer.ask(question, body, cost)
    except Failed as failed:
        raise _refusal(failed, limits) from None


# What fontconfig needs to find fonts and its cache.
_renderer = Child(
    "portal.core.pdf_child",
    writes=True,
    passed_on=("XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH"),
)
_NO_WEASYPRINT = words("This server cannot make PDF files: WeasyPrint does not start here.")


def _refusal(failed: Failed, limits: Limits) -> PdfFailed:
    if failed.why == "busy":
        return PdfFailed(words("Other PDF files are being made. Try again in a minute."), "busy")
    if failed.why == "missing":
        return PdfUnavailable(available() or _NO_WEASYPRINT, "WeasyPrint does not start")
    if failed.why == "late":
        return PdfFailed(
            words(
                "Making this PDF took longer than %(seconds)s seconds and was stopped. "
                "Open its receipts one by one instead.",
                seconds=int(limits.seconds),
            ),
            str(failed),
        )
    return PdfFailed(
        words(
            "The PDF could not be made, most likely because of one of the receipts. "
            "Open its receipts one by one instead."
        ),
        str(failed),
    )


def cache_key(html: str, files: Mapping[str, Path], static_root: Path) -> str:
    """A name for the PDF of exactly this document, these receipts, sheets and WeasyPrint."""
    digest = hashlib.sha256(f"{version('weasyprint')} {html}".encode())
    for name in sorted(files):
        digest.update(name.encode())
    for path in sorted(set(STATIC.findall(html))):
        digest.update((static_root / path).read_bytes())
    return digest.hexdigest()


def cached(cache_dir: Path, key: str, make: Callable[[], bytes]) -> bytes:
    """The PDF kept under ``key``, else the one ``make`` returns, kept from now on.

    The cache is a convenience: when it cannot be written the PDF is returned all the same.
    """
    path = cache_dir / key[:2] / f"{key}.pdf"
    try:
        kept = path.read_bytes()
        os.utime(path)
        return kept
    except OSError:
        made = make()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
            try:
                part.write(made)
                part.close()
                Path(part.name).replace(path)
            except OSError:
                Path(part.name).unlink()
    except OSError:
        pass
    return made


def sweep(cache_dir: Path, *, before: datetime) -> int:
    """Delete what nobody has asked for since ``before``; returns how many files went."""
    gone = 0
    for path in cache_dir.glob("??/*"):
        if path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return gone
