"""The stored form of the rules: one JSON document for each version.

A document that an older portal wrote lacks the parts that came later. ``complete`` gives them
their empty value, so that a claim can be judged by the rules of its time.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

Rules: TypeAlias = dict[str, Any]
Amounts: TypeAlias = Mapping[str, Mapping[str, int]]
"""City tier to grade to minor units; ``*`` stands for any."""

Place: TypeAlias = tuple[str, ...]
"""Where something stands in a document: ``("limits", "lodging", "night", "1", "staff")``."""

EMPTY: Rules = {
    "receipt_above": 0,
    "receipts": {},
    "oldest_days": 90,
    "weekend_categories": [],
    "holiday_categories": [],
    "tax_not_recovered": [],
    "totals": {},
    "limits": [],
    "cities": {},
    "forbidden_merchants": [],
    "forbidden_words": [],
    "computed": {"mileage": {}, "per_diem": {}},
    "severity": {},
    "wording": {},
    "articles": {},
}
"""Every part of a document, in the order in which people read it."""

CATEGORY_LISTS = ("weekend_categories", "holiday_categories", "tax_not_recovered")
FORBIDDEN_LISTS = ("forbidden_merchants", "forbidden_words")
OVER_LIMIT = "over_limit"


def complete(rules: Mapping[str, Any]) -> Rules:
    """``rules`` with every part that this portal knows; what it does not know is left out."""
    document = {part: rules.get(part, empty) for part, empty in EMPTY.items()}
    document["computed"] = {**EMPTY["computed"], **document["computed"]}
    document["limits"] = _together(document["limits"])
    document["severity"] = _single(document["severity"])
    return document


def _together(limits: list[Any]) -> list[Any]:
    """The limits of each category next to one another, as a file groups them."""
    codes = [row["category"] for row in limits]
    return sorted(limits, key=lambda row: codes.index(row["category"]))


def _single(severity: Mapping[str, str]) -> dict[str, str]:
    """Older documents had one severity for all limits."""
    alike = severity.get(OVER_LIMIT)
    others = {rule: chosen for rule, chosen in severity.items() if rule != OVER_LIMIT}
    if alike is None:
        return others
    pers = ("item", "day", "night", "month", "head")
    return {**{f"{OVER_LIMIT}_{per}": alike for per in pers}, **others}


def flat(rules: Mapping[str, Any]) -> dict[Place, Any]:
    """Every single value of a document by its place: what is compared, checked and named."""
    return dict(_leaves(complete(rules)))


def _leaves(document: Rules) -> Iterator[tuple[Place, Any]]:
    for part in ("receipt_above", "oldest_days"):
        yield (part,), document[part]
    for part in CATEGORY_LISTS:
        yield from (((part, code), True) for code in document[part])
    for part in FORBIDDEN_LISTS:
        for row in document[part]:
            yield (part, row["text"]), "whole" if row.get("whole") else "part"
    for limit in document["limits"]:
        yield from _nested(("limits", limit["category"], limit["per"]), limit["amounts"])
    for tier, names in document["cities"].items():
        yield from ((("cities", name), tier) for name in names)
    for part in ("receipts", "totals", "computed", "severity", "wording", "articles"):
        yield from _nested((part,), document[part])


def _nested(place: Place, value: Any) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _nested((*place, str(key)), below)
    else:
        yield place, value
