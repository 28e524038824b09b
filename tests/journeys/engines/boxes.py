"""The page layout as NetSurf saves it: what is where, in pixels from the page's top left."""

import re
from dataclasses import dataclass

# 0x55e9 x86 y3 w100 h22 min111 max111 (…) m(…) INLINE_BLOCK space (gadget) ID:kind <SELECT>
_LINE = re.compile(r"^( *)0x\w+ x(-?\d+) y(-?\d+) w(-?\d+) h(-?\d+) .*?\) m\([^)]*\) (\w+)(.*)$")
_STYLE = re.compile(r" \{ background-attachment: [^}]*\}")
_TEXT = re.compile(r"^ \d+ '(.*?)'(?= space|$| -> | ID:)( space)?")
_FLOATS = ("FLOAT_LEFT", "FLOAT_RIGHT")


@dataclass(frozen=True)
class Box:
    """One box; `x` and `y` are of the page, `depth` tells what lies inside what."""

    depth: int
    kind: str
    x: int
    y: int
    width: int
    height: int
    text: str
    spaced: bool  # white space follows the text
    href: str
    id: str
    gadget: bool  # a form control
    holds_floats: bool


def _box(line: str, parents: list[Box]) -> Box | None:
    """Read one line; `parents` are the boxes around it, outermost first."""
    fields = _LINE.match(_STYLE.sub("", line))
    if fields is None:
        return None
    depth = len(fields[1]) // 2
    x, y, width, height = (int(fields[number]) for number in range(2, 6))
    kind, rest = fields[6], fields[7]
    around = [parent for parent in parents if parent.depth < depth]
    if kind in _FLOATS:
        # A float is placed from the block that it floats in, not from the box around it.
        around = [parent for parent in around if parent.holds_floats] or around
    if around:
        x, y = x + around[-1].x, y + around[-1].y
    text = _TEXT.match(rest) if kind == "TEXT" else None
    href = re.search(r" -> '([^']*)'", rest)
    name = re.search(r" ID:(\S+)", rest)
    return Box(
        depth=depth,
        kind=kind,
        x=x,
        y=y,
        width=width,
        height=height,
        text=text[1] if text else "",
        spaced=bool(text[2]) if text else rest.startswith(" space"),
        href=href[1] if href else "",
        id=name[1] if name else "",
        gadget="(gadget)" in rest,
        holds_floats="float_children" in rest,
    )


def read_boxes(saved: str) -> list[Box]:
    """All boxes of a saved layout in the order of the page."""
    boxes: list[Box] = []
    parents: list[Box] = []
    for line in saved.splitlines():
        if box := _box(line, parents):
            boxes.append(box)
            parents = [parent for parent in parents if parent.depth < box.depth] + [box]
    return boxes


def all_text(boxes: list[Box]) -> str:
    """What the boxes show, a line for each paragraph."""
    parts: list[str] = []
    for box in boxes:
        if box.kind in ("INLINE_CONTAINER", "BR"):
            parts.append("\n")
        elif box.kind == "TEXT":
            parts.append(box.text + (" " if box.spaced else ""))
        elif box.kind == "INLINE_END" and box.spaced:
            parts.append(" ")
    return "".join(parts)


def inner_text(boxes: list[Box], outer: Box) -> str:
    """What one box shows, with its white space squeezed."""
    inside: list[Box] = []
    for box in boxes[boxes.index(outer) + 1 :]:
        if box.depth <= outer.depth:
            break
        inside.append(box)
    return " ".join(all_text(inside).split())
