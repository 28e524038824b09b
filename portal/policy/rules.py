"""The company's rules as plain values, ready for ``problems``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.core.words import Named

BLOCKS, NEEDS_REASON, WARNS = "blocks", "needs_reason", "warns"
SEVERITIES = (BLOCKS, NEEDS_REASON, WARNS)
ITEM, DAY, NIGHT, MONTH, HEAD = "item", "day", "night", "month", "head"
ANY = "*"
OTHER_TIER = "3"

SEVERITY: Mapping[str, str] = {
    "over_limit": NEEDS_REASON,
    "receipt_missing": BLOCKS,
    "too_old": NEEDS_REASON,
    "weekend": WARNS,
    "not_reimbursable": BLOCKS,
}
"""How severe each rule of the policy is unless the company says otherwise."""


@dataclass(frozen=True)
class Category:
    code: str
    name: Named
    parent: str | None = None
    accounting_code: str = ""
    needs_city: bool = False
    needs_nights: bool = False
    needs_attendees: bool = False
    reimbursable: bool = True
    active: bool = True


@dataclass(frozen=True)
class Limit:
    """The most a category may cost per item, day, night, month or head, in minor units.

    ``amounts`` maps city tier to grade to amount; ``*`` stands for any.
    """

    category: str
    per: str
    amounts: Mapping[str, Mapping[str, int]]

    def amount(self, tier: str, grade: str) -> int | None:
        """The limit for a city tier and a grade, None when there is none."""
        for tier_key in (tier, ANY):
            by_grade = self.amounts.get(tier_key, {})
            for grade_key in (grade, ANY):
                if grade_key in by_grade:
                    return by_grade[grade_key]
        return None


@dataclass(frozen=True)
class Policy:
    """One version of the rules together with the categories."""

    version: int
    categories: Mapping[str, Category]
    limits: tuple[Limit, ...] = ()
    receipt_above: int = 0
    oldest_days: int = 90
    weekend_categories: frozenset[str] = frozenset()
    cities: Mapping[str, str] = field(default_factory=dict)
    severity: Mapping[str, str] = field(default_factory=lambda: SEVERITY)

    def tier(self, city: str) -> str:
        """The tier of a city; one that is not listed belongs to the others."""
        name = city.strip().removesuffix("市").casefold()
        return self.cities.get(name, OTHER_TIER)

    def limits_on(self, category: str) -> Iterable[Limit]:
        """The limits of a category and of those above it."""
        seen: set[str] = set()
        code: str | None = category
        while code and code not in seen:
            seen.add(code)
            yield from (limit for limit in self.limits if limit.category == code)
            code = self.categories[code].parent if code in self.categories else None


def policy(version: int, rules: Mapping[str, Any], categories: Iterable[Category]) -> Policy:
    """The policy in a stored or imported document; amounts there are minor units.

    Raises ``KeyError`` or ``ValueError`` when the document has not this form.
    """
    limits = tuple(Limit(row["category"], row["per"], row["amounts"]) for row in rules["limits"])
    for limit in limits:
        if limit.per not in (ITEM, DAY, NIGHT, MONTH, HEAD):
            raise ValueError(f"a limit is per item, day, night, month or head, not {limit.per!r}")
    cities = {name.casefold(): tier for tier, names in rules["cities"].items() for name in names}
    return Policy(
        version=version,
        categories={category.code: category for category in categories},
        limits=limits,
        receipt_above=int(rules["receipt_above"]),
        oldest_days=int(rules["oldest_days"]),
        weekend_categories=frozenset(rules["weekend_categories"]),
        cities=cities,
        severity={**SEVERITY, **rules.get("severity", {})},
    )
