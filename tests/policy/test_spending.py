"""What is added up against limits, totals and budgets."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal.core.words import Named
from portal.policy.findings import ClaimFacts, Finding, LineFacts
from portal.policy.problems import problems
from portal.policy.rules import Category, Day, Policy, mileage_rate, per_diem, policy
from portal.policy.spending import Window, windows

FRIDAY = date(2026, 3, 20)
CATEGORIES = [
    Category(code, Named(code, code.capitalize()))
    for code in ("meals", "training", "books", "office")
] + [Category("novels", Named("novels", "Novels"), parent="books")]


def ours(**parts: Any) -> Policy:
    return policy(1, {"receipt_above": 10_000_00, **parts}, CATEGORIES)


def limited(per: str, amount: int, category: str = "training") -> Policy:
    return ours(limits=[{"category": category, "per": per, "amounts": {"*": {"*": amount}}}])


def line(number: int, amount: int, category: str = "training", **more: Any) -> LineFacts:
    return LineFacts(number, FRIDAY - timedelta(days=1), category, "Course", amount, **more)


def judged(policy: Policy, *lines: LineFacts, **more: Any) -> list[Finding]:
    return problems(ClaimFacts("Visit", "staff", FRIDAY, lines, **more), policy)


def excess(findings: list[Finding], rule: str) -> list[tuple[int | None, int | None]]:
    return [(one.line, one.excess) for one in findings if one.rule == rule]


def test_a_year_counts_with_what_was_claimed_before() -> None:
    policy = limited("year", 1000_00)
    before = {("training", 2026): 900_00, ("training", 2025): 5000_00}
    found = judged(policy, line(1, 150_00), spent_in_year=before)
    assert excess(found, "over_limit_year") == [(1, 50_00)]


def test_a_trip_counts_with_other_claims_for_it() -> None:
    policy = limited("trip", 1000_00)
    found = judged(policy, line(1, 600_00), line(2, 300_00), spent_on_trip={"training": 200_00})
    assert excess(found, "over_limit_trip") == [(2, 100_00)]


def test_an_allowance_for_several_days_is_compared_day_by_day() -> None:
    policy = limited("day", 100_00, "meals")
    three = line(1, 300_00, "meals", days=3)
    assert judged(policy, three) == []
    assert excess(judged(policy, replace(three, amount=330_00)), "over_limit_day") == [(1, 30_00)]
    second_day = line(2, 20_00, "meals")
    second_day = replace(second_day, spent_on=FRIDAY)
    assert excess(judged(policy, three, second_day), "over_limit_day") == [(2, 20_00)]


@given(st.lists(st.integers(1, 500_00), min_size=1, max_size=8), st.integers(1, 1000_00))
def test_the_excess_of_all_lines_is_what_they_are_above_the_limit(
    amounts: list[int], most: int
) -> None:
    lines = [line(place, amount) for place, amount in enumerate(amounts)]
    for per in ("day", "month", "year", "trip"):
        told = sum(one.excess or 0 for one in judged(limited(per, most), *lines))
        assert told == max(0, sum(amounts) - most)


@given(st.integers(1, 5000_00), st.integers(1, 40), st.integers(1, 500_00))
def test_days_share_an_amount_to_the_cent(amount: int, days: int, most: int) -> None:
    found = judged(limited("day", most), line(1, amount, days=days))
    told = sum(one.excess or 0 for one in found)
    assert max(0, amount - most * days) <= told <= amount
    if amount % days == 0:
        assert told == max(0, amount - most * days)


def test_a_total_warns_then_asks_then_blocks_at_the_line_that_crosses_it() -> None:
    policy = ours(totals={"warns": 100_00, "needs_reason": 200_00, "blocks": 300_00})
    lines = [line(1, 90_00, "office"), line(2, 50_00, "office"), line(3, 300_00, "office")]
    found = [one for one in judged(policy, *lines) if one.rule == "total_over"]
    assert [(one.line, one.severity) for one in found] == [(2, "warns"), (3, "blocks")]
    assert "440.00" in str(found[1].says)
    assert judged(policy, line(1, 100_00, "office")) == []


def test_a_trip_over_its_budget_needs_a_reason_at_the_line_that_is_too_much() -> None:
    known = {"trip_budget": 1000_00, "trip_spent_before": 700_00}
    found = judged(ours(), line(1, 250_00), line(2, 100_00), **known)
    assert [(one.rule, one.line, one.excess) for one in found] == [("trip_over_budget", 2, 50_00)]
    assert found[0].stops
    explained = judged(ours(), line(1, 250_00), line(2, 100_00, reason="Storm"), **known)
    assert not explained[0].stops


def test_a_day_outside_the_trip_is_noted() -> None:
    days = (FRIDAY - timedelta(days=9), FRIDAY - timedelta(days=2))
    [found] = judged(ours(), line(1, 10_00), trip_days=days)
    assert (found.rule, found.severity) == ("trip_outside_days", "warns")


def test_categories_can_have_a_receipt_threshold_of_their_own() -> None:
    policy = ours(receipt_above=100_00, receipts={"books": 0})
    novel = line(1, 5_00, "novels")
    assert [one.rule for one in judged(policy, novel)] == ["receipt_missing"], "as above it"
    assert judged(policy, replace(novel, category="office")) == []


def test_a_worked_saturday_is_no_weekend_and_a_holiday_is_named() -> None:
    saturday, monday = date(2026, 2, 14), date(2026, 2, 16)
    calendar = {
        saturday: Day(True, Named("调休", "Worked")), monday: Day(False, Named("春节", "New Year")),
    }  # fmt: skip
    rules = {"weekend_categories": ["meals"], "holiday_categories": ["meals"]}
    plain, known = policy(1, rules, CATEGORIES), policy(1, rules, CATEGORIES, calendar)
    worked = replace(line(1, 50_00, "meals", receipts=1), spent_on=saturday)
    assert [one.rule for one in judged(plain, worked)] == ["weekend"]
    assert judged(known, worked) == []
    [found] = judged(known, replace(worked, spent_on=monday))
    assert str(found.says) == "2026-02-16 is a holiday: New Year."


def test_judging_is_told_which_sums_of_other_claims_it_needs() -> None:
    rules = ours(limits=[
        {"category": "books", "per": "month", "amounts": {"*": {"*": 1}}},
        {"category": "training", "per": "year", "amounts": {"*": {"*": 1}}},
        {"category": "training", "per": "trip", "amounts": {"*": {"*": 1}}},
        {"category": "meals", "per": "day", "amounts": {"*": {"*": 1}}},
    ])  # fmt: skip
    day = date(2026, 2, 10)
    asked = windows(rules, [("novels", day), ("training", day), ("meals", day), ("novels", None)])
    assert asked == [
        Window("books", "month", ("books", "novels"), date(2026, 2, 1), date(2026, 2, 28)),
        Window("training", "trip", ("training",)),
        Window("training", "year", ("training",), date(2026, 1, 1), date(2026, 12, 31)),
    ]


def test_rates_depend_on_grade_and_city() -> None:
    rules = ours(
        cities={"1": ["上海"]},
        computed={"mileage": {"*": 1_00, "director": 1_50},
                  "per_diem": {"1": {"*": 100_00}, "*": {"director": 90_00}}},
    )  # fmt: skip
    assert (mileage_rate(rules, "staff"), mileage_rate(rules, "director")) == (1_00, 1_50)
    assert mileage_rate(ours(), "staff") == 0
    assert per_diem(rules, "上海市", "staff") == 100_00
    assert per_diem(rules, "沙县", "director") == 90_00
    assert per_diem(rules, "沙县", "staff") is None


def test_a_document_of_an_older_portal_judges_as_it_did() -> None:
    old = {
        "receipt_above": 100_00, "oldest_days": 90, "weekend_categories": ["meals"],
        "cities": {"1": ["上海"]}, "severity": {"over_limit": "blocks"},
        "limits": [{"category": "meals", "per": "day", "amounts": {"*": {"staff": 80_00}}}],
    }  # fmt: skip
    saturday = replace(line(1, 90_00, "meals"), spent_on=date(2026, 3, 14))
    found = problems(ClaimFacts("Visit", "staff", FRIDAY, (saturday,)), policy(7, old, CATEGORIES))
    assert [(one.rule, one.severity) for one in found] == [
        ("weekend", "warns"), ("over_limit_day", "blocks"),
    ]  # fmt: skip
