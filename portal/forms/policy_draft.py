"""The parts of a draft as fields, and the fields as parts. Nothing typed is refused here."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from portal.people.models import GRADES
from portal.policy.checking import BLANK
from portal.policy.document import Place, Rules
from portal.policy.portable import minor
from portal.policy.rules import ANY, OTHER_TIER, SEVERITIES

Fields = MultiDict[str, str]

ALL_TIERS = ("1", "2", OTHER_TIER)
APART = re.compile(r"[,，、;；\r\n]+")
LISTS = {
    "forbidden_merchants": ("merchants_part", "merchants_whole"),
    "forbidden_words": ("words_part", "words_whole"),
}
"""Of each list the fields with what is found anywhere, and with what is found as a whole word."""


def tiers_of(amounts: Mapping[str, Any]) -> list[str]:
    """The rows of a table of amounts: one for every city, or one for each tier."""
    if set(amounts) <= {ANY}:
        return [ANY]
    named = sorted({*ALL_TIERS, *amounts} - {ANY})
    return [*named, ANY] if ANY in amounts else named


def grades_of(amounts: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The columns of a table of amounts: one for everybody, or one for each grade."""
    given = {grade for by_grade in amounts.values() for grade in by_grade}
    if given and given <= {ANY}:
        return [ANY]
    more = sorted(given - {*GRADES, ANY})
    return [*GRADES, *more, ANY] if ANY in given else [*GRADES, *more]


def shown(value: Any) -> str:
    """An amount as it is typed; what was no amount as it was typed."""
    if isinstance(value, int):
        return f"{value // 100}.{value % 100:02d}"
    return "" if value is None else str(value)


def limits(fields: Fields) -> Rules:
    """The limits of the page, in its order."""
    found = []
    for place in range(_count(fields, "limit")):
        name = f"limit-{place}"
        amounts = _table(fields, f"{name}-amount")
        if any(any(value != BLANK for value in row.values()) for row in amounts.values()):
            amounts = _filled(amounts)
        found.append({
            "category": fields.get(f"{name}-category", ""),
            "per": fields.get(f"{name}-per", ""),
            "amounts": amounts,
        })  # fmt: skip
    return {"limits": found}


def new_limit(fields: Fields) -> Rules:
    """The limit that the page's last part asks for, without amounts yet."""
    tiers = ALL_TIERS if fields.get("new-by-city") else (ANY,)
    grades = GRADES if fields.get("new-by-grade") else (ANY,)
    return {
        "category": fields.get("new-category", ""),
        "per": fields.get("new-per", ""),
        "amounts": {tier: dict.fromkeys(grades, BLANK) for tier in tiers},
    }


def spread(amounts: Mapping[str, Mapping[str, Any]], *, over: str) -> Rules:
    """The same amounts with a row for each tier (``cities``) or a column for each grade."""
    if over == "cities":
        given = amounts.get(ANY, {})
        return {tier: dict(amounts.get(tier, given)) for tier in ALL_TIERS}
    return {
        tier: {grade: row.get(grade, row.get(ANY, BLANK)) for grade in GRADES}
        for tier, row in amounts.items()
    }


def general(fields: Fields) -> Rules:
    """Receipts, ages, weekends, holidays and totals."""
    codes = [name.removeprefix("receipt-") for name in fields if name.startswith("receipt-")]
    typed_days = fields.get("oldest_days", "").strip()
    return {
        "receipt_above": minor(fields.get("receipt_above", "")),
        "receipts": _some({code: fields[f"receipt-{code}"] for code in codes}),
        "oldest_days": int(typed_days) if typed_days.isdecimal() and len(typed_days) < 6
        else typed_days[:20],
        "weekend_categories": fields.getlist("weekend"),
        "holiday_categories": fields.getlist("holiday"),
        "tax_not_recovered": fields.getlist("untaxed"),
        "totals": _some({s: fields.get(f"total-{s}", "") for s in reversed(SEVERITIES)}),
    }  # fmt: skip


def cities(fields: Fields) -> Rules:
    """The cities of each tier; those of the others need no list, but may have one."""
    found = {}
    for name in fields:
        if name.startswith("tier-"):
            names = [city.strip() for city in APART.split(fields[name])]
            found[name.removeprefix("tier-")[:1]] = list(dict.fromkeys(filter(None, names)))
    return {"cities": {tier: names for tier, names in found.items() if names}}


def forbidden(fields: Fields) -> Rules:
    """The lists of merchants and words, one a line."""
    return {
        part: [
            {"text": text, "whole": whole} if whole else {"text": text}
            for whole, name in ((False, anywhere), (True, as_word))
            for text in map(str.strip, fields.get(name, "").splitlines())
            if text
        ]
        for part, (anywhere, as_word) in LISTS.items()
    }


def rates(fields: Fields) -> Rules:
    """What is paid for a kilometre and for a day."""
    mileage = _table(fields, "mileage").get(ANY, {})
    per_diem = _filled(_table(fields, "per_diem"))
    given = {grade: value for grade, value in mileage.items() if value != BLANK}
    return {
        "computed": {"mileage": given, "per_diem": {t: row for t, row in per_diem.items() if row}}
    }


def rule(fields: Fields, name: str, rules: Mapping[str, Any]) -> Rules:
    """One rule's severity, wording and article, beside those of the others."""
    said: Rules = {}
    for part in ("says", "mend"):
        texts = {code: fields.get(f"{part}-{code}", "").strip() for code in ("zh", "en")}
        if any(texts.values()):
            said[part] = texts
    chosen = {
        "severity": fields.get("severity", ""), "article": fields.get("article", ""),
    }  # fmt: skip
    return {
        "severity": _with(rules["severity"], name, chosen["severity"]),
        "articles": _with(rules["articles"], name, chosen["article"]),
        "wording": _with(rules["wording"], name, said),
    }


def control(place: Place, rules: Mapping[str, Any]) -> tuple[str, str]:
    """The page of the editor on which something stands, and the control there."""
    part, *keys = place
    if part == "limits" and keys:
        rows = [(row["category"], row["per"]) for row in rules["limits"]]
        here = tuple(keys[:2])
        index = rows.index(here) if here in rows else 0
        cell = f"-amount-{keys[2]}-{keys[3]}" if len(keys) > 3 else "-category"
        return "limits", f"limit-{index}{cell}"
    if part == "computed":
        cells = keys if keys[0] == "per_diem" else [keys[0], ANY, *keys[1:]]
        return "rates", "-".join(cells)
    return PAGES[part], CONTROLS.get(part, lambda found: part)(keys)


PAGES = {
    "limits": "limits", "receipt_above": "general", "receipts": "general",
    "oldest_days": "general", "weekend_categories": "general", "holiday_categories": "general",
    "tax_not_recovered": "general",
    "totals": "general", "cities": "cities", "forbidden_merchants": "words",
    "forbidden_words": "words", "severity": "rules", "wording": "rules", "articles": "rules",
}  # fmt: skip
CONTROLS: Mapping[str, Callable[[list[str]], str]] = {
    "receipts": lambda keys: f"receipt-{keys[0]}",
    "totals": lambda keys: f"total-{keys[0]}",
    "cities": lambda keys: "tier-1",
    "forbidden_merchants": lambda keys: LISTS["forbidden_merchants"][0],
    "forbidden_words": lambda keys: LISTS["forbidden_words"][0],
    "severity": lambda keys: "severity",
    "wording": lambda keys: "-".join(keys[1:]) or "says-zh",
    "articles": lambda keys: "article",
}


def _count(fields: Fields, prefix: str) -> int:
    numbers = [re.fullmatch(rf"{prefix}-(\d{{1,3}})-category", name) for name in fields]
    return 1 + max((int(found[1]) for found in numbers if found), default=-1)


def _table(fields: Fields, prefix: str) -> Rules:
    """The cells ``<prefix>-<tier>-<grade>`` as amounts."""
    amounts: Rules = {}
    for name, text in fields.items():
        if name.startswith(f"{prefix}-"):
            tier, _dash, grade = name.removeprefix(f"{prefix}-").partition("-")
            amounts.setdefault(tier, {})[grade] = minor(text) if text.strip() else BLANK
    return amounts


def _filled(amounts: Mapping[str, Mapping[str, Any]]) -> Rules:
    return {
        tier: {grade: value for grade, value in row.items() if value != BLANK}
        for tier, row in amounts.items()
    }


def _some(typed: Mapping[str, str]) -> Rules:
    return {key: minor(text) for key, text in typed.items() if text.strip()}


def _with(known: Mapping[str, Any], name: str, value: Any) -> Rules:
    others = {key: kept for key, kept in known.items() if key != name}
    return {**others, name: value} if value else others


READERS: Mapping[str, Callable[[Fields], Rules]] = {
    "limits": limits, "general": general, "cities": cities, "words": forbidden, "rates": rates,
}  # fmt: skip
"""The pages of the editor, and how each is read."""


def joined(names: Iterable[str]) -> str:
    """Cities as they are typed into one field."""
    return "、".join(names)
