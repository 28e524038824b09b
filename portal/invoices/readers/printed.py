"""What a printed page says, from its words and where they stand: the least trusted reading.

Layouts differ by region and maker, so a value is taken only next to its own label, only when
the page gives it once, and sums only when they prove one another.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median
from typing import Any

from portal.invoices.readers.invoice import Fields, Item
from portal.invoices.readers.settling import fields_agree
from portal.invoices.readers.values import fen, fields_from, plain

SPACE_INSIDE, SPACE_NEAR = 0.8, 2.0
"""In heights of a letter: more than the first parts two texts; less than the second is near."""
SIDE_LABELS = set("购买销售方信息")
"""Letters of 购买方信息 and 销售方信息, which stand upright beside the names."""
MOST_GLYPHS = 20_000

_AMOUNT = r"(-?[0-9,]+\.[0-9]{2})(?![0-9.])"
_DAY = r"([0-9]{4})\t?[年-]\t?([0-9]{1,2})\t?[月-]\t?([0-9]{1,2})"
_ID = r"(?:纳税人识别号|统一社会信用代码)[:：]\t?([0-9A-Z]{15,20})?(?![0-9A-Z])"
_NUMERALS = "零〇壹贰貳叁參叄肆伍陆陸柒捌玖拾佰仟万萬亿億圆圓元角分整正"
_SUMS = re.compile(r"(?:^|\t)合\t?计\t?[:：]?\t?([¥￥*].*)")
_FIGURE = re.compile(rf"[¥￥]\t?{_AMOUNT}|(\*{{2,}})")
_NAME = re.compile(r"(?<![目务物称])名\t?称[:：]")
_PATTERNS = {
    "code": re.compile(r"发票代码[:：]?\t?([0-9]{10}|[0-9]{12})(?![0-9])"),
    "number": re.compile(r"发票号码[:：]?\t?([0-9]{8}(?:[0-9]{12})?)(?![0-9])"),
    "issued_on": re.compile(rf"(?:开票|填开)日期[:：]?\t?{_DAY}"),
    "total": re.compile(rf"小写[)）]?\t?[:：]?\t?[¥￥]?\t?{_AMOUNT}"),
    "spelled": re.compile(rf"大写[)）]?[^{_NUMERALS}\n]*((?:[(（]负数[)）])?[{_NUMERALS}]{{2,}})"),
}
_TITLE = re.compile(r"(?:增值税)?(?:专用|普通)发票|铁路电子客票|航空运输电子客票行程单|通行费")
_ITEM = re.compile(r"\*[^*\t\n]{2,20}\*[^*\t\n]*")
_DEPARTURE = re.compile(rf"{_DAY}日?\t?([0-9]{{1,2}}:[0-9]{{2}})开")
_TRAIN = re.compile(
    r"(?m)(?:^|\t)([^\t\n]{1,12}?)站?\t([GDCZTKYLS][0-9]{1,4})\t([^\t\n]{1,12}?)站?(?:\t|$)"
)
_PASSAGE = re.compile(
    r"([\u4e00-\u9fff][A-Z][A-Z0-9]{5,6})[^0-9\n]{0,12}(20[0-9]{6})\t?(20[0-9]{6})"
)
_COLUMNS = {
    "票价": "fare",
    "燃油附加费": "fuel_surcharge",
    "增值税税额": "tax",
    "民航发展基金": "aviation_fund",
    "其他税费": "other_taxes",
    "合计": "total",
}


@dataclass(frozen=True)
class Glyph:
    """A letter or a piece of text with its box; ``top`` is less than ``bottom``."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass
class Run:
    """Letters of one row that stand together."""

    text: str
    left: float
    right: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass
class Row:
    """The runs that stand on one line, from left to right."""

    middle: float
    height: float
    runs: list[Run] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\t".join(run.text for run in self.runs)


def fields_of_page(glyphs: Sequence[Glyph]) -> Fields | None:
    """What the page says of one invoice; ``None`` when of none or of several."""
    rows = _rows(glyphs[:MOST_GLYPHS])
    text = "\n".join(row.text for row in rows)
    raw = {name: _once(pattern, text) for name, pattern in _PATTERNS.items()}
    if raw["number"] is None or len(set(_PATTERNS["number"].findall(text))) != 1:
        return None
    titles = set(_TITLE.findall(text))
    raw["title"] = titles.pop() if len(titles) == 1 else None
    net, tax = _net_and_tax(text)
    items = [Item(name) for name in dict.fromkeys(_ITEM.findall(text))]
    fields = fields_from({**raw, "net": net, "tax": tax}, items[:50])
    fields = replace(fields, **_parties(rows, text))
    if fields.kind == "rail":
        return _rail(fields, text)
    if fields.kind == "flight":
        return _flight(fields, rows)
    passage = set(_PASSAGE.findall(text))
    if len(passage) == 1:
        plate, start, end = passage.pop()
        details = {"plate": plate, "passed_from": start, "passed_until": end}
        fields = replace(fields, details=details)
    return _proven(fields)


def _proven(fields: Fields) -> Fields:
    if not fields_agree(fields):
        return replace(fields, net=None, tax=None, total=None, spelled=None)
    if fields.tax is None and fields.net != fields.total:
        return replace(fields, net=None)
    return fields if fields.net is not None else replace(fields, tax=None)


def _once(pattern: re.Pattern[str], text: str) -> str | None:
    """The value, parts of a date joined, when the page gives it once or always the same."""
    found = {"-".join(match.groups()) for match in pattern.finditer(text)}
    return found.pop() if len(found) == 1 else None


def _net_and_tax(text: str) -> tuple[str | None, str | None]:
    rows = {match[1] for line in text.split("\n") if (match := _SUMS.search(line))}
    if len(rows) != 1:
        return None, None
    figures = [amount or masked for amount, masked in _FIGURE.findall(rows.pop())]
    if len(figures) == 1:
        return figures[0], None
    return (figures[0], figures[1]) if len(figures) == 2 else (None, None)


def _parties(rows: Sequence[Row], text: str) -> dict[str, Any]:
    """Buyer and seller: the buyer stands left of the seller or above, beside its label."""
    if "购" not in text or "销" not in text:
        return {}
    found: dict[str, Any] = {}
    names = [place for place in _places(rows, _NAME) if place]
    if len(names) == 2 and _in_order(rows, names):
        found["buyer"], found["seller"] = (_value(rows, *place) for place in names)
    ids = [match[1] for row in rows for match in re.finditer(_ID, row.text)]
    if len(ids) == 2 and len(names) == 2:
        found["buyer_tax_id"], found["seller_tax_id"] = ids
    given = fields_from(found)
    return {name: getattr(given, name) for name in found}


def _places(rows: Sequence[Row], label: re.Pattern[str]) -> Iterator[tuple[int, int, int]]:
    """Where a label stands: row, run, and how far into the run it reaches."""
    for at, row in enumerate(rows):
        for number, run in enumerate(row.runs):
            for match in label.finditer(run.text):
                yield at, number, match.end()
            split = label.match("\t".join(each.text for each in row.runs[number : number + 2]))
            if run.text.endswith("名") and split:
                yield at, number + 1, split.end() - len(run.text) - 1


def _in_order(rows: Sequence[Row], names: Sequence[tuple[int, int, int]]) -> bool:
    """Whether the letters 购 and 销 stand as the two names do."""
    bought = [(run.left, row.middle) for row in rows for run in row.runs if "购" in run.text]
    sold = [(run.left, row.middle) for row in rows for run in row.runs if "销" in run.text]
    (first_row, first, _), (second_row, second, _) = names
    if first_row == second_row:
        left, right = rows[first_row].runs[first].left, rows[second_row].runs[second].left
        return any(x <= left for x, _ in bought) and any(left < x <= right for x, _ in sold)
    top, bottom = rows[first_row].middle, rows[second_row].middle
    between = (top + bottom) / 2
    return any(y < between for _, y in bought) and any(y > between for _, y in sold)


def _value(rows: Sequence[Row], at: int, number: int, end: int) -> str | None:
    """The text after a label, unless it may go on elsewhere: then half of it would be taken."""
    row = rows[at]
    run = row.runs[number]
    rest, following = run.text[end:], row.runs[number + 1 :]
    if not rest and following and following[0].text not in SIDE_LABELS:
        run, rest, following = following[0], following[0].text, following[1:]
    if not rest or re.search("[:：]", rest):
        return None
    near = following and following[0].left - run.right < SPACE_NEAR * row.height
    if near and following[0].text not in SIDE_LABELS:
        return None
    below = rows[at + 1] if at + 1 < len(rows) else None
    if below is not None and below.middle - row.middle < 1.5 * row.height:
        for each in below.runs:
            under = abs(
                each.left - (run.right - (run.right - run.left) * len(rest) / len(run.text))
            )
            if under < row.height and not re.search("[:：]", each.text):
                return None
    return rest


def _rail(fields: Fields, text: str) -> Fields:
    """A train ticket prints one sum, which nothing on the page proves."""
    details = {}
    train = set(_TRAIN.findall(text))
    if len(train) == 1:
        details = dict(zip(("from", "number", "to"), train.pop(), strict=True))
    departures = set(_DEPARTURE.findall(text))
    if len(departures) == 1:
        year, month, day, time = departures.pop()
        details["departure"] = f"{year}-{int(month):02d}-{int(day):02d} {time}"
    buyer = re.findall(r"购买方名称[:：]\t?([^\t\n]{2,60})", text)
    tax_id = re.findall(_ID, text)
    bought = {
        "buyer": buyer[0] if len(buyer) == 1 else None,
        "buyer_tax_id": tax_id[0] if len(tax_id) == 1 else None,
    }
    given = fields_from(bought)
    return replace(
        fields, net=None, tax=None, total=None, spelled=None, seller=None, seller_tax_id=None,
        buyer=given.buyer, buyer_tax_id=given.buyer_tax_id, details=details,
    )  # fmt: skip


def _flight(fields: Fields, rows: Sequence[Row]) -> Fields:
    """The sums of an itinerary, each under its heading, taken only when they add up."""
    fields = replace(fields, net=None, tax=None, total=None, spelled=None)
    for head, values in pairwise(rows):
        heads = {_COLUMNS[run.text]: run.middle for run in head.runs if run.text in _COLUMNS}
        amounts = [
            (run.middle, fen(match[1]))
            for run in values.runs
            if (match := re.fullmatch(rf"(?:CNY|[¥￥])?{_AMOUNT}", run.text))
        ]
        if not {"fare", "tax", "total"} <= heads.keys() or len(amounts) != len(heads):
            continue
        sums = dict(zip(sorted(heads, key=lambda name: heads[name]),
                        (sum_ for _, sum_ in sorted(amounts)), strict=True))  # fmt: skip
        tax, total = sums.pop("tax") or 0, sums.pop("total") or 0
        parts = sum(sum_ or 0 for sum_ in sums.values())
        if parts + tax == total:
            details = {name: plain(sum_ or 0) for name, sum_ in sums.items()}
            return replace(fields, tax=tax, total=total, parts=parts, details=details)
    return fields


def _rows(glyphs: Sequence[Glyph]) -> list[Row]:
    seen = [glyph for glyph in glyphs if glyph.text.strip() and glyph.bottom > glyph.top]
    if not seen:
        return []
    height = median(glyph.bottom - glyph.top for glyph in seen)
    rows: list[tuple[float, list[Glyph]]] = []
    for glyph in sorted(seen, key=lambda each: each.middle):
        if rows and glyph.middle - rows[-1][0] < height * 0.55:
            middle, members = rows[-1]
            members.append(glyph)
            rows[-1] = middle + (glyph.middle - middle) / len(members), members
        else:
            rows.append((glyph.middle, [glyph]))
    return [_row(middle, members) for middle, members in rows]


def _row(middle: float, glyphs: list[Glyph]) -> Row:
    row = Row(middle, median(glyph.bottom - glyph.top for glyph in glyphs))
    for glyph in sorted(glyphs, key=lambda each: each.left):
        text = re.sub(r"\s", "", glyph.text)
        last = row.runs[-1] if row.runs else None
        if last is not None and glyph.left - last.right < SPACE_INSIDE * row.height:
            last.text, last.right = last.text + text, max(last.right, glyph.right)
        else:
            row.runs.append(Run(text, glyph.left, glyph.right))
    return row
