"""Whether claims can be judged by a document: every fault of it, with its place."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from portal.core.words import Words, words
from portal.people.models import GRADES
from portal.policy.catalogue import RULES
from portal.policy.document import CATEGORY_LISTS, FORBIDDEN_LISTS, Place, Rules, complete, flat
from portal.policy.rules import ANY, PERS, SEVERITIES, city_name, plain
from portal.policy.wording import PLACE

LARGEST = 99_999_999_99
"""The largest amount that a rule may name, in minor units, as for claims."""
OLDEST = 3650
MOST_LIMITS, MOST_CITIES, MOST_FORBIDDEN = 200, 3000, 500
LONGEST_CITY, LONGEST_FORBIDDEN, LONGEST_WORDING = 60, 60, 400
TIERS = tuple("123456789")
BLANK = ""
"""A cell of a new limit into which nothing was typed yet."""

NO_SUCH_CATEGORY = words("There is no such category.")
NO_SUCH_RULE = words("There is no such rule.")


@dataclass(frozen=True)
class Fault:
    """Something that keeps a document from being used."""

    place: Place
    says: Words


def faults(rules: Rules, codes: Collection[str], articles: Collection[str]) -> list[Fault]:
    """Everything wrong with a document, by the order of its parts.

    ``codes`` are the categories, ``articles`` the slugs of the help center.
    """
    document = complete(rules)
    return [
        *_numbers(document),
        *_categories(document, codes),
        *_limits(document, codes),
        *_cities(document),
        *_forbidden(document),
        *_totals(document),
        *_rules(document, articles),
    ]


def _numbers(document: Rules) -> Iterator[Fault]:
    """Amounts and ages: what is no number was typed so, and is kept until it is corrected."""
    yield from _amount(("receipt_above",), document["receipt_above"], least=0)
    days = document["oldest_days"]
    if not isinstance(days, int) or not 1 <= days <= OLDEST:
        yield Fault(
            ("oldest_days",), words("Type a number of days from 1 to %(most)s.", most=OLDEST)
        )
    for place, value in flat(document).items():
        if place[0] in ("receipts", "totals", "computed"):
            yield from _amount(place, value, least=0 if place[0] == "receipts" else 1)
        elif place[0] == "limits" and value != BLANK:
            yield from _amount(place, value, least=1)
        if place[0] == "computed":
            yield from _tiers_and_grades(place, place[2:])


def _amount(place: Place, value: Any, *, least: int) -> Iterator[Fault]:
    if not isinstance(value, int) or not least <= value <= LARGEST:
        yield Fault(
            place,
            words("“%(typed)s” is not an amount. Type it like 450.00.", typed=str(value)[:30])
            if isinstance(value, str)
            else words("This amount is too small or too large."),
        )


def _tiers_and_grades(place: Place, keys: Place) -> Iterator[Fault]:
    *tiers, grade = keys
    if any(tier not in (*TIERS, ANY) for tier in tiers):
        yield Fault(place, words("A tier is a digit from 1 to 9, or * for every city."))
    if grade not in (*GRADES, ANY):
        yield Fault(
            place,
            words("A grade is one of %(grades)s, or * for everybody.", grades=", ".join(GRADES)),
        )


def _categories(document: Rules, codes: Collection[str]) -> Iterator[Fault]:
    for part in (*CATEGORY_LISTS, "receipts"):
        for code in document[part]:
            if code not in codes:
                yield Fault((part, code), NO_SUCH_CATEGORY)


def _limits(document: Rules, codes: Collection[str]) -> Iterator[Fault]:
    limits = document["limits"]
    if len(limits) > MOST_LIMITS:
        yield Fault(("limits",), words("There are at most %(most)s limits.", most=MOST_LIMITS))
    seen: set[Place] = set()
    for limit in limits:
        place = ("limits", limit["category"], limit["per"])
        if limit["category"] not in codes:
            yield Fault(place, NO_SUCH_CATEGORY)
        if limit["per"] not in PERS:
            yield Fault(
                place, words("A limit is per one of %(list)s.", list=", ".join(PERS))
            )  # fmt: skip
        if place in seen:
            yield Fault(place, words("This category has such a limit already. Keep one of them."))
        seen.add(place)
        if not any(set(by_grade.values()) - {BLANK} for by_grade in limit["amounts"].values()):
            yield Fault(place, words("This limit has no amount. Type one, or remove the limit."))
        for tier, by_grade in limit["amounts"].items():
            for grade in by_grade:
                yield from _tiers_and_grades((*place, tier, grade), (tier, grade))


def _cities(document: Rules) -> Iterator[Fault]:
    tier_of: dict[str, str] = {}
    for tier, names in document["cities"].items():
        if tier not in TIERS:
            yield Fault(("cities",), words("A tier is a digit from 1 to 9, or * for every city."))
        for name in names:
            known = tier_of.setdefault(city_name(name), tier)
            if known != tier:
                yield Fault(("cities", name), words("This city stands in two tiers."))
            if not 1 <= len(name.strip()) <= LONGEST_CITY:
                yield Fault(
                    ("cities", name[:LONGEST_CITY]), words("This is not the name of a city.")
                )
    if len(tier_of) > MOST_CITIES:
        yield Fault(("cities",), words("There are at most %(most)s cities.", most=MOST_CITIES))


def _forbidden(document: Rules) -> Iterator[Fault]:
    for part in FORBIDDEN_LISTS:
        seen: set[str] = set()
        if len(document[part]) > MOST_FORBIDDEN:
            yield Fault((part,), words("There are at most %(most)s of them.", most=MOST_FORBIDDEN))
        for row in document[part]:
            text = row["text"]
            if not 1 <= len(text.strip()) <= LONGEST_FORBIDDEN:
                says = words("Each has 1 to %(most)s characters.", most=LONGEST_FORBIDDEN)
                yield Fault((part, text[:LONGEST_FORBIDDEN]), says)
            elif plain(text) in seen:
                yield Fault((part, text), words("This stands here twice."))
            seen.add(plain(text))


def _totals(document: Rules) -> Iterator[Fault]:
    last = LARGEST + 1
    for severity in SEVERITIES:
        amount = document["totals"].get(severity)
        if isinstance(amount, int):
            if amount >= last:
                yield Fault(
                    ("totals", severity), words("A milder rule begins at a smaller amount.")
                )  # fmt: skip
            last = amount
    for severity in document["totals"]:
        if severity not in SEVERITIES:
            yield Fault(("totals", severity), _one_of(SEVERITIES))


def _rules(document: Rules, articles: Collection[str]) -> Iterator[Fault]:
    for part in ("severity", "wording", "articles"):
        for rule in sorted(document[part].keys() - RULES.keys()):
            yield Fault((part, rule), NO_SUCH_RULE)
    for rule in sorted(document["severity"].keys() & RULES.keys()):
        yield from _severity(rule, document["severity"][rule])
    for rule in sorted(document["wording"].keys() & RULES.keys()):
        yield from _wording(rule, document["wording"][rule])
    for rule, slug in document["articles"].items():
        if slug not in articles:
            yield Fault(("articles", rule), words("There is no such article in the help center."))


def _severity(rule: str, chosen: str) -> Iterator[Fault]:
    place, choices = ("severity", rule), RULES[rule].choices
    if RULES[rule].fixed:
        yield Fault(place, words("This rule always stays as it is."))
    elif chosen not in choices:
        yield Fault(place, _one_of(choices))


def _one_of(choices: Collection[str]) -> Words:
    return words("Choose one of: %(list)s.", list=", ".join(choices))


def _wording(rule: str, said: dict[str, dict[str, str]]) -> Iterator[Fault]:
    known = RULES[rule]
    if not known.worded and "says" in said:
        stays: Place = ("wording", rule, "says")
        yield Fault(stays, words("What this rule says depends on what was typed; it stays."))
    for part, texts in said.items():
        for language in ("zh", "en"):
            text, place = texts.get(language, ""), ("wording", rule, part, language)
            if not text.strip():
                yield Fault(place, words("Write it in both languages, or in none."))
            elif len(text) > LONGEST_WORDING:
                says = words("Write at most %(most)s characters.", most=LONGEST_WORDING)
                yield Fault(place, says)
            for name in dict.fromkeys(PLACE.findall(text)):
                if name not in known.parameters:
                    says = words(
                        "{%(name)s} is not known here. You may use: %(known)s.",
                        name=name, known=", ".join(f"{{{one}}}" for one in known.parameters) or "–",
                    )  # fmt: skip
                    yield Fault(place, says)
