"""Single values as e-invoice files write them, turned into dates, fen and clean text.

Each function takes the text as found, ``None`` included, and gives ``None`` for what it
does not understand for certain: a missing value is typed, a wrong one is paid.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from xml.etree.ElementTree import Element

from portal.invoices.readers.invoice import Fields, Item, Kind

CHINA = timezone(timedelta(hours=8))
LONGEST_NAME = 200

_HALF_WIDTH = str.maketrans("０１２３４５６７８９．，－−　￥：／", "0123456789.,-- ¥:/")
_SUM = re.compile(r"(-?)¥?(-?)([0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.([0-9]{1,2})0*)?元?")
_DAY = re.compile(
    r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?(?:[T\s].{0,30})?"
)
_COMPACT_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[0-9]{4}|[0-9]{6}|[0-9]{9})?")

_TITLES: dict[str, Kind] = {
    "铁路电子客票": "rail",
    "行程单": "flight",
    "通行费": "toll",
}
_CODES: dict[str, tuple[Kind | None, bool | None]] = {
    "11": ("vat", False),
    "12": ("toll", None),
    "13": ("vat", True),
}

_NUMERALS = {
    **{char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")},
    **{"〇": 0, "貳": 2, "贰": 2, "弍": 2, "參": 3, "叄": 3, "陸": 6},
}
_UNITS = {"拾": 10, "佰": 100, "仟": 1000}
_GROUPS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}


def fields_from(raw: Mapping[str, str | None], items: Sequence[Item] = ()) -> Fields:
    """The values of one source from its texts, by the names of ``Fields``.

    ``title`` tells the kind of paper, such as 电子发票（增值税专用发票）.
    """
    code = digits(raw.get("code"), 8, 12)
    kind, special = _paper(raw.get("title") or "", code or "")
    return Fields(
        code=code,
        number=digits(raw.get("number"), 8, 20),
        issued_on=day(raw.get("issued_on")),
        seller=name_of(raw.get("seller")),
        seller_tax_id=tax_id(raw.get("seller_tax_id")),
        buyer=name_of(raw.get("buyer")),
        buyer_tax_id=tax_id(raw.get("buyer_tax_id")),
        net=fen(raw.get("net")),
        tax=fen(raw.get("tax")),
        total=fen(raw.get("total")),
        spelled=spelled_fen(raw.get("spelled")),
        special=special,
        kind=kind,
        items=tuple(items),
    )


def item_from(
    name: str | None, amount: str | None, rate: str | None = None, tax: str | None = None
) -> Item | None:
    """A line of an invoice; ``None`` for one without a name."""
    named = name_of(name)
    return Item(named, fen(amount), percentage(rate), fen(tax)) if named else None


def percentage(text: str | None) -> str | None:
    """A tax rate as a percentage, from ``0.06`` or ``6%``; 免税 and 不征税 stay words."""
    said = re.sub(r"\s", "", (text or "").translate(_HALF_WIDTH)).replace("％", "%")
    if said in ("免税", "不征税"):
        return said
    if not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,6})?%?", said):
        return None
    share = Decimal(said.rstrip("%")) * (1 if said.endswith("%") else 100)
    return f"{share.normalize():f}%" if share <= 100 else None


def plain(amount: int) -> str:
    """An amount in fen as text, such as -318.00."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def _paper(title: str, code: str) -> tuple[Kind | None, bool | None]:
    """The kind of invoice, and whether it is a 专票, from its title or its code.

    The last two digits of a twelve-digit code name the kind of electronic invoice (国家税务总局
    公告 2015 年第 84 号, 2017 年第 66 号, 2020 年第 22 号).
    """
    for word, kind in _TITLES.items():
        if word in title:
            return kind, None
    if len(code) == 12 and code[0] == "0" and code[-2:] in _CODES:
        return _CODES[code[-2:]]
    special = True if "专用发票" in title else False if "普通发票" in title else None
    return None, special


def text_at(element: Element, path: str) -> str | None:
    """The text at an exact path; ``None`` when absent, blank, or given twice and differently."""
    found = {(each.text or "").strip() for each in element.iterfind(path)} - {""}
    return found.pop() if len(found) == 1 else None


def fen(text: str | None) -> int | None:
    """A sum in fen. Credit notes (红字发票) have negative ones."""
    match = _SUM.fullmatch(re.sub(r"\s", "", (text or "").translate(_HALF_WIDTH)))
    if not match or (match[1] and match[2]):
        return None
    sum_ = int(match[3].replace(",", "")) * 100 + int((match[4] or "").ljust(2, "0"))
    return -sum_ if match[1] or match[2] else sum_


def day(text: str | None) -> date | None:
    """The calendar day of issue in China."""
    plain = (text or "").translate(_HALF_WIDTH).strip()
    try:
        moment = datetime.fromisoformat(plain)
        if moment.tzinfo is not None:
            return moment.astimezone(CHINA).date()
    except ValueError:
        pass
    match = _DAY.fullmatch(plain) or _COMPACT_DAY.fullmatch(plain)
    try:
        found = date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
    return found if found and 1990 <= found.year <= 2100 else None


def digits(text: str | None, fewest: int, most: int) -> str | None:
    """A code or number of ``fewest`` to ``most`` digits."""
    plain = re.sub(r"\s", "", (text or "").translate(_HALF_WIDTH))
    return plain if re.fullmatch(rf"[0-9]{{{fewest},{most}}}", plain) else None


def tax_id(text: str | None) -> str | None:
    """A taxpayer number: 15 to 20 digits and capital letters (seen: 17)."""
    plain = re.sub(r"\s", "", text or "").upper()
    return plain if re.fullmatch(r"[0-9A-Z]{15,20}", plain) else None


def name_of(text: str | None) -> str | None:
    """A name on one line; ``None`` for masks such as ``***`` and for data, not a name."""
    plain = " ".join((text or "").split())
    return plain if re.search(r"\w", plain) and len(plain) <= LONGEST_NAME else None


def spelled_fen(text: str | None) -> int | None:
    """A sum in Chinese capital numerals, with 元 or 圆, with or without 人民币 and 整."""
    plain = re.sub(r"[\s⊗ⓧ]|人民币|[整正]$", "", text or "").replace("圓", "元").replace("圆", "元")
    negative = re.match(r"[(（]?负数?[)）]?", plain)
    plain = plain[negative.end() :] if negative else plain
    match = re.fullmatch(
        r"(?:(?P<yuan>[^元角分]+)元)?零?(?:(?P<jiao>.)角)?零?(?:(?P<fen>.)分)?", plain
    )
    if not plain or not match:
        return None
    yuan = _spelled_whole(match["yuan"] or "零")
    jiao, fen_ = _NUMERALS.get(match["jiao"] or "零"), _NUMERALS.get(match["fen"] or "零")
    if yuan is None or jiao is None or fen_ is None:
        return None
    sum_ = yuan * 100 + jiao * 10 + fen_
    return -sum_ if negative else sum_


def _spelled_whole(text: str) -> int | None:
    whole = section = digit = 0
    for char in text:
        if char in _NUMERALS:
            digit = _NUMERALS[char]
        elif char in _UNITS:
            begins = not (whole or section or digit)
            section += (1 if begins and char == "拾" else digit) * _UNITS[char]
            digit = 0
        elif char in _GROUPS:
            group, section, digit = _GROUPS[char], 0, section + digit
            # 亿 multiplies all before it, as in 壹万亿; 万 only its own four places.
            whole = (whole + digit) * group if group == 10**8 else whole + digit * group
            digit = 0
        else:
            return None
    return whole + section + digit
