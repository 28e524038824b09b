"""What the policy finds: each rule with its words, its severity and how to mend it."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import portal
from portal.core.errors import Invalid
from portal.core.money import parse_amount
from portal.core.words import Named, words
from portal.kb import articles
from portal.kb.articles import Library
from portal.policy.findings import ClaimFacts, Finding, LineFacts, stopping
from portal.policy.problems import problems
from portal.policy.rules import Category, Policy, policy

FRIDAY = date(2026, 3, 20)
SAMPLE: dict[str, Any] = {
    "receipt_above": 100_00,
    "oldest_days": 90,
    "weekend_categories": ["taxi"],
    "cities": {"1": ["上海", "Shanghai"], "2": ["苏州"]},
    "limits": [
        {"category": "hotel", "per": "night", "amounts": {
            "1": {"staff": 450_00, "manager": 600_00}, "3": {"*": 280_00}}},
        {"category": "meals", "per": "day", "amounts": {"*": {"staff": 100_00}}},
        {"category": "phone", "per": "month", "amounts": {"*": {"*": 200_00}}},
        {"category": "dinner", "per": "head", "amounts": {"*": {"*": 200_00}}},
        {"category": "chair", "per": "item", "amounts": {"*": {"*": 900_00}}},
    ],
}  # fmt: skip


def named(name: str) -> Named:
    return Named(name, name)


CATEGORIES = [
    Category("hotel", named("Hotel"), needs_city=True, needs_nights=True),
    Category("meals", named("Meals")),
    Category("taxi", named("Taxi")),
    Category("phone", named("Phone")),
    Category("dinner", named("Dinner"), needs_attendees=True),
    Category("chair", named("Chair")),
    Category("fine", named("Fines"), reimbursable=False),
    Category("office", named("Office")),
]
POLICY = policy(1, SAMPLE, CATEGORIES)
GOOD = LineFacts(1, FRIDAY - timedelta(days=1), "office", "Paper", 50_00, receipts=1)


def found(*lines: LineFacts, policy: Policy = POLICY, **more: Any) -> list[Finding]:
    facts = {"purpose": "Visit", "grade": "staff", "on": FRIDAY, **more}
    return problems(ClaimFacts(lines=lines, **facts), policy)


def rules(*lines: LineFacts, **more: Any) -> list[str]:
    return [finding.rule for finding in found(*lines, **more)]


def test_a_good_line_has_no_findings() -> None:
    assert found(GOOD) == []


ONE_WRONG = {
    "claim_purpose_missing": (GOOD, {"purpose": " "}, "blocks"),
    "date_missing": (replace(GOOD, spent_on=None), {}, "blocks"),
    "amount_missing": (replace(GOOD, amount=None), {}, "blocks"),
    "category_missing": (replace(GOOD, category="nonsense"), {}, "blocks"),
    "purpose_missing": (replace(GOOD, purpose="  "), {}, "blocks"),
    "date_in_future": (replace(GOOD, spent_on=FRIDAY + timedelta(days=1)), {}, "blocks"),
    "too_old": (replace(GOOD, spent_on=FRIDAY - timedelta(days=91)), {}, "needs_reason"),
    "weekend": (replace(GOOD, category="taxi", spent_on=date(2026, 3, 14)), {}, "warns"),
    "not_reimbursable": (replace(GOOD, category="fine"), {}, "blocks"),
    "receipt_missing": (replace(GOOD, amount=100_01, receipts=0), {}, "blocks"),
    "invoice_claimed": (replace(GOOD, invoice_claimed=True), {}, "blocks"),
    "city_missing": (replace(GOOD, category="hotel", nights=1), {}, "blocks"),
    "nights_missing": (replace(GOOD, category="hotel", city="上海"), {}, "blocks"),
    "attendees_missing": (replace(GOOD, category="dinner"), {}, "blocks"),
    "over_limit_night": (
        replace(GOOD, category="hotel", city="上海", nights=2, amount=900_01), {}, "needs_reason"),
    "over_limit_day": (replace(GOOD, category="meals", amount=100_01), {}, "needs_reason"),
    "over_limit_month": (replace(GOOD, category="phone", amount=200_01), {}, "needs_reason"),
    "over_limit_item": (replace(GOOD, category="chair", amount=900_01), {}, "needs_reason"),
}  # fmt: skip


@pytest.mark.parametrize("rule", ONE_WRONG)
def test_each_rule_finds_its_one_thing_and_says_how_to_mend_it(rule: str) -> None:
    line, more, severity = ONE_WRONG[rule]
    [finding] = found(line, **more)
    assert (finding.rule, finding.severity) == (rule, severity)
    assert str(finding.says).endswith(".")
    assert str(finding.mend).endswith(".")


@pytest.fixture(scope="module")
def library() -> Library:
    return articles.load(Path(portal.__file__).parents[1] / "kb_content")


@pytest.mark.parametrize("rule", [*ONE_WRONG, "no_lines", "amount_not_understood"])
def test_each_rule_is_explained_by_an_article(library: Library, rule: str) -> None:
    slug = library.for_rule(rule)
    assert slug, f"no article in kb_content says that it explains {rule!r}"
    assert all(library.get(slug, language).html for language in ("zh", "en"))


def test_a_claim_without_lines_cannot_be_sent() -> None:
    assert [finding.rule for finding in stopping(found())] == ["no_lines"]


@pytest.mark.parametrize("typed", ["NaN", "1e400", "-1", "12.345", "abc", "1,00", "0"])
def test_what_is_no_amount_is_found_in_the_words_of_the_amount(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_amount(typed)
    line = replace(GOOD, amount=None, typed={"amount": refused.value.words})
    [finding] = found(line)
    assert (finding.field, finding.says, finding.stops) == ("amount", refused.value.words, True)


def test_a_day_that_cannot_be_read_is_not_missing_too() -> None:
    line = replace(GOOD, spent_on=None, typed={"spent_on": words("This is no day.")})
    assert rules(line) == ["date_not_understood"]


@pytest.mark.parametrize(
    ("line", "limit", "excess"),
    [
        (replace(GOOD, category="hotel", city="上海市", nights=2, amount=1000_00), 450_00, 100_00),
        (replace(GOOD, category="hotel", city="shanghai", nights=1, amount=500_00), 450_00, 50_00),
        (replace(GOOD, category="hotel", city="沙县", nights=1, amount=300_00), 280_00, 20_00),
        (replace(GOOD, category="dinner", attendees="张三，李四", amount=700_00), 200_00, 100_00),
        (replace(GOOD, category="chair", amount=1000_00), 900_00, 100_00),
    ],
)
def test_a_limit_is_named_with_what_is_too_much(line: LineFacts, limit: int, excess: int) -> None:
    [finding] = found(line)
    assert (finding.limit, finding.excess) == (limit, excess)


def test_the_limit_depends_on_the_grade() -> None:
    line = replace(GOOD, category="hotel", city="上海", nights=1, amount=600_00)
    assert rules(line, grade="staff") == ["over_limit_night"]
    assert rules(line, grade="manager") == []


def test_meals_of_one_day_share_its_limit_and_the_one_that_crosses_it_is_named() -> None:
    lunch = replace(GOOD, category="meals", amount=60_00)
    dinner = replace(lunch, id=2, amount=70_00)
    tomorrow = replace(lunch, id=3, spent_on=FRIDAY)
    [finding] = found(lunch, dinner, tomorrow)
    assert (finding.line, finding.excess) == (2, 30_00)


def test_what_was_claimed_before_counts_to_the_month() -> None:
    before = {("phone", date(2026, 3, 1)): 150_00}
    [finding] = found(replace(GOOD, category="phone", amount=80_00), spent_before=before)
    assert finding.excess == 30_00
    april = replace(GOOD, category="phone", amount=80_00, spent_on=date(2026, 2, 27))
    assert found(april, spent_before=before) == []


@pytest.mark.parametrize(("days", "old"), [(90, False), (91, True)])
def test_the_last_day_to_claim_is_the_ninetieth(days: int, old: bool) -> None:
    line = replace(GOOD, spent_on=FRIDAY - timedelta(days=days))
    assert ("too_old" in rules(line)) == old


@pytest.mark.parametrize(("amount", "needed"), [(100_00, False), (100_01, True)])
def test_a_receipt_is_needed_above_the_amount(amount: int, needed: bool) -> None:
    assert ("receipt_missing" in rules(replace(GOOD, amount=amount, receipts=0))) == needed


def test_what_needs_a_reason_stops_until_it_is_given() -> None:
    line = replace(GOOD, spent_on=FRIDAY - timedelta(days=100))
    assert len(stopping(found(line))) == 1
    explained = found(replace(line, reason="I was ill"))
    assert stopping(explained) == []
    assert [finding.reason for finding in explained] == ["I was ill"]


def test_a_warning_stops_nothing() -> None:
    line = replace(GOOD, category="taxi", spent_on=date(2026, 3, 15))
    assert rules(line) == ["weekend"]
    assert stopping(found(line)) == []


def test_the_company_may_choose_how_severe_a_rule_is() -> None:
    stricter = policy(2, {**SAMPLE, "severity": {"weekend": "blocks"}}, CATEGORIES)
    line = replace(GOOD, category="taxi", spent_on=date(2026, 3, 15))
    assert [finding.severity for finding in found(line, policy=stricter)] == ["blocks"]


def test_findings_come_in_the_order_of_the_lines() -> None:
    lines = [replace(GOOD, id=n, amount=None) for n in (7, 3, 5)]
    assert [finding.line for finding in found(*lines)] == [7, 3, 5]
