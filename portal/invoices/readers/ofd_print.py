"""The words printed on a page of an OFD file, and where they stand (GB/T 33190-2016, 11 Text)."""

import re
from collections.abc import Iterator
from itertools import accumulate
from xml.etree.ElementTree import Element

from portal.invoices.readers.printed import MOST_GLYPHS, Glyph

ASCENT = 0.85
"""Of the size of a letter, the part above its base line."""
_UPRIGHT = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def glyphs_of(page: Element) -> list[Glyph]:
    """Every letter of a page's content or template, in millimetres from its top left."""
    found: list[Glyph] = []
    for printed in page.iter("TextObject"):
        boundary = _numbers(printed.get("Boundary"))
        size = _numbers(printed.get("Size"))
        if len(boundary) == 4 and size and len(found) < MOST_GLYPHS:
            found += _letters(printed, boundary, size[0])
    return found


def _letters(printed: Element, boundary: list[float], size: float) -> Iterator[Glyph]:
    a, b, c, d, e, f = tuple(_numbers(printed.get("CTM"))[:6]) or _UPRIGHT
    if b or c:
        return  # turned text
    for code in printed.iter("TextCode"):
        text = code.text or ""
        start = _numbers(code.get("X")), _numbers(code.get("Y"))
        if not (text and start[0] and start[1]) or len(text) > MOST_GLYPHS:
            continue
        x = _along(start[0][0], code.get("DeltaX"), [_width(letter) * size for letter in text])
        y = _along(start[1][0], code.get("DeltaY"), [0.0] * len(text))
        for letter, across, down in zip(text, x, y, strict=True):
            left, base = boundary[0] + a * across + e, boundary[1] + d * down + f
            top, bottom = base - d * size * ASCENT, base + d * size * (1 - ASCENT)
            yield Glyph(letter, left, top, left + a * size * _width(letter), bottom)


def _along(start: float, deltas: str | None, widths: list[float]) -> list[float]:
    """Where each letter begins; without deltas one follows the other."""
    steps = _expanded(deltas or "") if deltas else widths[:-1]
    steps = (steps + widths[len(steps) :])[: len(widths) - 1]
    return list(accumulate([start, *steps]))


def _expanded(deltas: str) -> list[float]:
    """``2 g 3 1.5`` is 2 1.5 1.5 1.5."""
    found: list[float] = []
    parts = iter(deltas.split())
    for part in parts:
        if part == "g":
            count, step = _numbers(next(parts, "")), _numbers(next(parts, ""))
            if count and step:
                found += [step[0]] * min(int(count[0]), MOST_GLYPHS)
        else:
            found += _numbers(part)
    return found


def _width(letter: str) -> float:
    return 0.5 if letter < "\u0100" else 1.0


def _numbers(text: str | None) -> list[float]:
    return [float(part) for part in re.findall(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?", text or "")[:2000]]
