"""Places and values of a document in words, for lists of faults and of differences."""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.core.words import Amount, Named, Words, words
from portal.policy.catalogue import RULES
from portal.policy.document import CATEGORY_LISTS, Place
from portal.policy.rules import (
    ANY,
    BLOCKS,
    DAY,
    HEAD,
    ITEM,
    MONTH,
    NEEDS_REASON,
    NIGHT,
    OFF,
    OTHER_TIER,
    TRIP,
    WARNS,
    YEAR,
)

PARTS: Mapping[str, Words] = {
    "receipt_above": words("A receipt is needed above"),
    "receipts": words("A receipt is needed above"),
    "oldest_days": words("Days in which to claim"),
    "weekend_categories": words("Noted on weekends"),
    "holiday_categories": words("Noted on holidays"),
    "tax_not_recovered": words("Tax not recovered"),
    "totals": words("Large claims"),
    "limits": words("Limits"),
    "cities": words("City"),
    "forbidden_merchants": words("Merchants that are not paid"),
    "forbidden_words": words("Words that need an explanation"),
    "computed": words("Rates"),
    "severity": words("How severe"),
    "wording": words("Wording"),
    "articles": words("Article"),
}
PER: Mapping[str, Words] = {
    ITEM: words("per item"),
    DAY: words("per day"),
    NIGHT: words("per night"),
    TRIP: words("per trip"),
    MONTH: words("per month"),
    YEAR: words("per year"),
    HEAD: words("per person"),
}
GRADES: Mapping[str, Words] = {
    "staff": words("Staff"),
    "manager": words("Manager"),
    "director": words("Director"),
    ANY: words("Everybody"),
}
SEVERITIES: Mapping[str, Words] = {
    BLOCKS: words("Must be corrected"),
    NEEDS_REASON: words("Needs an explanation"),
    WARNS: words("Warning"),
    OFF: words("Switched off"),
}
KEYS: Mapping[str, Words] = {
    "mileage": words("Mileage, per kilometre"),
    "per_diem": words("Daily allowance"),
    "says": words("what is wrong"),
    "mend": words("how to mend it"),
    "zh": words("in Chinese"),
    "en": words("in English"),
}
PART, WHOLE = words("anywhere in the text"), words("as a whole word")
YES, TIER, OTHER, ALL_CITIES = (
    words("yes"), words("Tier %(tier)s"), words("Other cities"), words("All cities"),
)  # fmt: skip


def tier_words(tier: str) -> Words:
    """The name of a tier of cities."""
    if tier == ANY:
        return ALL_CITIES
    return OTHER if tier == OTHER_TIER else words(TIER.text, tier=tier)


def in_words(place: Place, categories: Mapping[str, Named]) -> list[Words]:
    """What a place is called, from the largest part to the smallest.

    ``("limits", "lodging", "night", "1", "staff")`` is “Lodging”, “per night”, “Tier 1”,
    “Staff”.
    """
    part, *keys = place
    named = list(_keys(part, keys, categories))
    return named if part in ("limits", "computed") and named else [PARTS[part], *named]


def _keys(part: str, keys: list[str], categories: Mapping[str, Named]) -> Iterator[Words]:
    if not keys:
        return
    if part == "limits":
        category, *more = keys
        yield _name(category, categories)
        yield from (PER.get(per, _as_is(per)) for per in more[:1])
        yield from _tier_and_grade(more[1:])
    elif part == "computed":
        kind, *rest = keys
        yield KEYS.get(kind, _as_is(kind))
        yield from _tier_and_grade(rest)
    elif part in ("receipts", *CATEGORY_LISTS):
        yield from (_name(code, categories) for code in keys)
    elif part in ("severity", "wording", "articles"):
        yield RULES[keys[0]].title if keys[0] in RULES else _as_is(keys[0])
        yield from (KEYS.get(key, _as_is(key)) for key in keys[1:])
    elif part == "totals":
        yield from (SEVERITIES.get(key, _as_is(key)) for key in keys)
    else:
        yield from (_as_is(key) for key in keys)


def _tier_and_grade(keys: list[str]) -> Iterator[Words]:
    *tiers, grade = keys or [""]
    yield from (tier_words(tier) for tier in tiers if tier != ANY)
    if grade:
        yield GRADES.get(grade, _as_is(grade))


def value_words(place: Place, value: Any) -> Words | None:
    """A value as people read it, None where there is none."""
    part = place[0]
    if value is None:
        return None
    if part in ("receipt_above", "receipts", "totals", "limits", "computed"):
        shown = Amount(value) if isinstance(value, int) else str(value)
        return Words("%(amount)s", {"amount": shown})
    if part == "severity":
        return SEVERITIES.get(value, _as_is(value))
    if part == "cities":
        return tier_words(value)
    if part in ("forbidden_merchants", "forbidden_words"):
        return WHOLE if value == "whole" else PART
    if value is True:
        return YES
    return _as_is(str(value))


def _name(code: str, categories: Mapping[str, Named]) -> Words:
    return Words("%(name)s", {"name": categories.get(code, code)})


def _as_is(text: str) -> Words:
    return Words("%(text)s", {"text": text})
