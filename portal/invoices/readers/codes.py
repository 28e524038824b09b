"""Finding the QR codes of invoices in a picture: turned, dim, small or partly covered."""

from collections.abc import Callable, Iterator
from itertools import islice
from time import monotonic

import zxingcpp
from PIL import Image, ImageChops, ImageFilter, ImageOps

from portal.invoices.readers.invoice import Fields
from portal.invoices.readers.qr import fields_of_code

LARGEST_SIDE = 2200
"""Pixels at which a code on a photographed page is still several pixels a module."""
ENOUGH_SECONDS = 0.8
"""After which no further way of looking at a picture is begun."""
FEW_LOOKS = 3
"""For a page that was drawn, not photographed."""


def codes_in(picture: Image.Image, *, drawn: bool = False) -> list[Fields]:
    """The invoices whose codes are found in a picture, each once.

    Tries harder and harder until one is found or ``ENOUGH_SECONDS`` have passed, but a
    ``drawn`` page only a little. Once one is found, one more look follows, for a second invoice
    that is darker than the first.
    """
    until = monotonic() + ENOUGH_SECONDS
    found: dict[str, Fields] = {}
    for look, binarizer in islice(_looks(picture), FEW_LOOKS if drawn else None):
        before = bool(found)
        for text in _texts(look(), binarizer):
            if fields := fields_of_code(text):
                found[text] = fields
        if before or monotonic() > until:
            break
    return list(found.values())


def _texts(picture: Image.Image, binarizer: zxingcpp.Binarizer) -> list[str]:
    wanted = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    codes = zxingcpp.read_barcodes(picture, formats=wanted, binarizer=binarizer)
    return [code.text for code in codes]


def _looks(
    picture: Image.Image,
) -> Iterator[tuple[Callable[[], Image.Image], zxingcpp.Binarizer]]:
    """Ways of looking at the picture, from the one that most often works."""
    local, whole = zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram
    gray = _on_white(picture) if picture.mode in ("RGBA", "LA", "P") else picture.convert("L")
    plain = _within(gray, LARGEST_SIDE)
    yield lambda: plain, local
    flat = _evenly_lit(plain)
    yield lambda: flat, local
    yield lambda: flat, whole
    if gray.size != plain.size:
        yield lambda: gray, local
    yield lambda: _turned(plain, 15), local
    yield lambda: flat.filter(ImageFilter.MedianFilter(3)), local
    yield lambda: _within(flat, max(plain.size) // 2), local
    if max(plain.size) < LARGEST_SIDE:
        twice = flat.width * 2, flat.height * 2
        larger = flat.resize(twice, Image.Resampling.BICUBIC)
        yield lambda: larger.filter(ImageFilter.UnsharpMask(4, 300, 0)), local
    yield lambda: flat.filter(ImageFilter.UnsharpMask(3, 250, 0)), local
    yield lambda: _turned(flat, 45), local
    yield lambda: _turned(flat, 70), whole


def _turned(picture: Image.Image, degrees: float) -> Image.Image:
    return picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def _on_white(picture: Image.Image) -> Image.Image:
    layer = picture.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(white, layer).convert("L")


def _within(picture: Image.Image, side: int) -> Image.Image:
    if max(picture.size) <= side:
        return picture
    scale = side / max(picture.size)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.resize(size, Image.Resampling.BOX)


def _evenly_lit(picture: Image.Image) -> Image.Image:
    """The picture without shadows and gradients, at full contrast."""
    small = _within(picture, 200).filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.BoxBlur(6))
    light = small.resize(picture.size, Image.Resampling.BILINEAR)
    return ImageOps.autocontrast(ImageChops.subtract(picture, light, 1, 255), cutoff=1)
