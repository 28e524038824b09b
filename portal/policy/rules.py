"""The company's rules as plain values, ready for ``problems``."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from portal.core.words import Named
from portal.policy.document import Amounts, complete

BLOCKS, NEEDS_REASON, WARNS, OFF = "blocks", "needs_reason", "warns", "off"
SEVERITIES = (BLOCKS, NEEDS_REASON, WARNS)
"""From the strictest to the mildest. A rule that is ``off`` finds nothing."""

ITEM, DAY, NIGHT, TRIP, MONTH, YEAR, HEAD = (
    "item", "day", "night", "trip", "month", "year", "head",
)  # fmt: skip
PERS = (ITEM, DAY, NIGHT, TRIP, MONTH, YEAR, HEAD)
ANY = "*"
OTHER_TIER = "3"
"""The tier of every city that is not listed."""

TYPED, MILEAGE, PER_DIEM, QUANTITY = "", "mileage", "per_diem", "quantity"
COMPUTED = (TYPED, MILEAGE, PER_DIEM, QUANTITY)
"""How the amount of a category comes about."""


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
    computed: str = TYPED
    needs_project: bool = False
    needs_merchant: bool = False


def amount_for(amounts: Amounts, tier: str, grade: str) -> int | None:
    """The amount for a city tier and a grade, where ``*`` stands for any; None: there is none."""
    for tier_key in (tier, ANY):
        by_grade = amounts.get(tier_key, {})
        for grade_key in (grade, ANY):
            if grade_key in by_grade:
                return by_grade[grade_key]
    return None


@dataclass(frozen=True)
class Limit:
    """The most a category may cost per item, day, night and so on, in minor units.

    ``amounts`` maps city tier to grade to amount; ``*`` stands for any.
    """

    category: str
    per: str
    amounts: Amounts

    def amount(self, tier: str, grade: str) -> int | None:
        """The limit for a city tier and a grade, None when there is none."""
        return amount_for(self.amounts, tier, grade)


@dataclass(frozen=True)
class Forbidden:
    """A text that may not stand in a merchant or a purpose.

    ``whole``: only as a word of its own, so that “bar” is not found in “barber”.
    """

    text: str
    whole: bool = False

    def stands_in(self, text: str) -> bool:
        """Whether it stands there, whatever the case and the width of the letters."""
        return bool(text) and self._pattern.search(plain(text)) is not None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        wanted = plain(self.text)
        if not self.whole:
            return re.compile(re.escape(wanted))
        before, after = _edge(wanted[:1]), _edge(wanted[-1:])
        return re.compile(rf"(?<!{before}){re.escape(wanted)}(?!{after})")


def _edge(letter: str) -> str:
    """What would make a letter beside this one part of the same word.

    Chinese has no spaces: a Latin word ends where Chinese begins.
    """
    return "[a-z0-9]" if letter.isascii() else r"\w"


@lru_cache(maxsize=1000)
def plain(text: str) -> str:
    """``text`` without the differences of case and width."""
    return unicodedata.normalize("NFKC", text).casefold()


@dataclass(frozen=True)
class Day:
    """A day that is not what its weekday says: a holiday, or a weekend day that is worked."""

    works: bool
    name: Named


@dataclass(frozen=True)
class OwnWords:
    """What the company lets a rule say instead of its own sentences; None: as it came."""

    says: Named | None = None
    mend: Named | None = None


@dataclass(frozen=True)
class Policy:
    """One version of the rules together with the categories and the calendar.

    Amounts are minor units of the company's currency. ``receipts`` are thresholds of single
    categories; ``totals`` the amounts above which a claim meets each severity; ``mileage`` is
    paid for a kilometre by grade, ``per_diem`` for a day by city tier and grade. ``severity``,
    ``wording`` and ``articles`` hold only what the company decided otherwise.
    """

    version: int
    categories: Mapping[str, Category]
    limits: tuple[Limit, ...] = ()
    receipt_above: int = 0
    receipts: Mapping[str, int] = field(default_factory=dict)
    oldest_days: int = 90
    weekend_categories: frozenset[str] = frozenset()
    holiday_categories: frozenset[str] = frozenset()
    tax_not_recovered: frozenset[str] = frozenset()
    cities: Mapping[str, str] = field(default_factory=dict)
    totals: Mapping[str, int] = field(default_factory=dict)
    forbidden_merchants: tuple[Forbidden, ...] = ()
    forbidden_words: tuple[Forbidden, ...] = ()
    mileage: Mapping[str, int] = field(default_factory=dict)
    per_diem: Amounts = field(default_factory=dict)
    severity: Mapping[str, str] = field(default_factory=dict)
    wording: Mapping[str, OwnWords] = field(default_factory=dict)
    articles: Mapping[str, str] = field(default_factory=dict)
    calendar: Mapping[date, Day] = field(default_factory=dict)
    stamp: str = ""

    def tier(self, city: str) -> str:
        """The tier of a city; one that is not listed belongs to the others."""
        return self.cities.get(city_name(city), OTHER_TIER)

    def above(self, category: str) -> Iterator[str]:
        """The code of a category and of those above it."""
        seen: set[str] = set()
        code: str | None = category
        while code and code not in seen:
            seen.add(code)
            yield code
            code = self.categories[code].parent if code in self.categories else None

    def limits_on(self, category: str) -> Iterable[Limit]:
        """The limits of a category and of those above it."""
        for code in self.above(category):
            yield from (limit for limit in self.limits if limit.category == code)

    def receipt_above_for(self, category: str) -> int:
        """The amount above which a line of this category needs a receipt."""
        own = (self.receipts[code] for code in self.above(category) if code in self.receipts)
        return next(own, self.receipt_above)

    def is_holiday(self, day: date) -> bool:
        """Whether the calendar calls the day a holiday."""
        known = self.calendar.get(day)
        return known is not None and not known.works

    def is_weekend(self, day: date) -> bool:
        """Whether the day is a Saturday or a Sunday that is neither a holiday nor worked."""
        return day.weekday() >= 5 and day not in self.calendar


def city_name(city: str) -> str:
    """A city as it is compared: ``上海市`` is ``上海``."""
    return plain(city.strip()).removesuffix("市")


def mileage_rate(policy: Policy, grade: str) -> int:
    """What a kilometre in one's own car is paid with, in minor units; 0: nothing is paid."""
    return policy.mileage.get(grade, policy.mileage.get(ANY, 0))


def per_diem(policy: Policy, city: str, grade: str) -> int | None:
    """The allowance for a day in a city, in minor units; None: there is none."""
    return amount_for(policy.per_diem, policy.tier(city), grade)


def policy(
    version: int, rules: Mapping[str, Any], categories: Iterable[Category],
    calendar: Mapping[date, Day] | None = None, stamp: str = "",
) -> Policy:  # fmt: skip
    """The policy in a stored document of any age; amounts there are minor units.

    ``stamp`` names the state of categories and calendar.

    Raises ``KeyError`` or ``ValueError`` when the document has not this form.
    """
    document = complete(rules)
    limits = tuple(Limit(row["category"], row["per"], row["amounts"]) for row in document["limits"])
    for limit in limits:
        if limit.per not in PERS:
            raise ValueError(f"a limit is per {', '.join(PERS)}, not {limit.per!r}")
    return Policy(
        version=version,
        categories={category.code: category for category in categories},
        limits=limits,
        receipt_above=int(document["receipt_above"]),
        receipts=document["receipts"],
        oldest_days=int(document["oldest_days"]),
        weekend_categories=frozenset(document["weekend_categories"]),
        holiday_categories=frozenset(document["holiday_categories"]),
        tax_not_recovered=frozenset(document["tax_not_recovered"]),
        cities={city_name(n): tier for tier, names in document["cities"].items() for n in names},
        totals=document["totals"],
        forbidden_merchants=_forbidden(document["forbidden_merchants"]),
        forbidden_words=_forbidden(document["forbidden_words"]),
        mileage=document["computed"]["mileage"],
        per_diem=document["computed"]["per_diem"],
        severity=document["severity"],
        wording={rule: _own(said) for rule, said in document["wording"].items()},
        articles=document["articles"],
        calendar=calendar or {},
        stamp=stamp,
    )


def _forbidden(rows: Iterable[Mapping[str, Any]]) -> tuple[Forbidden, ...]:
    return tuple(Forbidden(row["text"], bool(row.get("whole"))) for row in rows)


def _own(said: Mapping[str, Mapping[str, str]]) -> OwnWords:
    return OwnWords(
        **{
            part: Named(said[part]["zh"], said[part]["en"])
            for part in ("says", "mend")
            if part in said
        }
    )
