"""What a line comes to: always to the cent, and never made up."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.claims.computing import (
    MOST_DAYS,
    WHOLE,
    Given,
    Part,
    Rate,
    add_up,
    days_from,
    in_figures,
    next_part,
    parse_part,
    parse_quantity,
    part_amounts,
    part_text,
    price,
    unpriced,
)
from portal.core.errors import Invalid
from portal.policy.rules import COMPUTED, MILEAGE, PER_DIEM, QUANTITY
from portal.rates.conversion import convert

DAY = date(2026, 11, 20)
sums = st.integers(1, 99_999_999_99)
rates = st.decimals(Decimal("0.00000001"), Decimal("9999"), places=8).map(
    lambda value: Rate(value, DAY)
)
counts = st.decimals(Decimal("0.001"), Decimal("9999999"), places=3)
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
some = st.none()
lines = st.builds(
    Given,
    computed=st.sampled_from(COMPUTED),
    currency=st.sampled_from(["CNY", "USD", "JPY", "KWD"]),
    original=some | sums,
    quantity=some | counts,
    unit_price=some | sums,
    first=some | days,
    last=some | days,
)


@given(lines, some | rates)
def test_a_line_has_an_amount_or_a_rule_that_says_why_not(line: Given, rate: Rate | None) -> None:
    priced = price(line, "CNY", rate)
    rule = unpriced(line, priced)
    nothing_typed = not line.computed and line.original is None
    no_day = line.computed == PER_DIEM and line.first is None
    assert (priced.amount is None) == bool(rule) or nothing_typed or no_day
    if line.currency != "CNY" and line.computed in ("", QUANTITY) and rate is None:
        assert priced.amount is None, "an amount was made up without a rate"


@given(lines, rates)
def test_an_amount_is_what_its_parts_say_and_nothing_else(line: Given, rate: Rate) -> None:
    priced = price(line, "CNY", rate)
    if priced.amount is None:
        return
    if line.computed in (MILEAGE, PER_DIEM):
        assert priced.quantity is not None
        assert line.unit_price is not None
        assert abs(priced.quantity * line.unit_price - priced.amount) <= Decimal("0.5")
    elif line.currency == "CNY":
        assert (priced.amount, priced.rate) == (priced.original, None)
    else:
        assert priced.original is not None
        assert priced.amount == convert(priced.original, line.currency, "CNY", rate.value)
        assert (priced.rate, priced.rate_on) == (rate.value, rate.on)
    assert priced.amount <= 99_999_999_99


@given(days, st.integers(0, MOST_DAYS - 1), sums.filter(lambda sum_: sum_ < 10**6))
def test_an_allowance_is_paid_for_every_day_and_adds_up_day_by_day(
    first: date, more: int, per_day: int
) -> None:
    def paid(start: date, end: date) -> int:
        line = Given(PER_DIEM, unit_price=per_day, first=start, last=end)
        return price(line, "CNY", None).amount or 0

    last = first + timedelta(days=more)
    assert paid(first, last) == per_day * (more + 1)
    middle = first + timedelta(days=more // 2)
    if middle < last:
        rest = paid(middle + timedelta(days=1), last)
        assert paid(first, middle) + rest == paid(first, last)


def test_days_are_counted_with_the_first_and_the_last() -> None:
    assert days_from(DAY, None) == 1
    assert days_from(DAY, DAY + timedelta(days=2)) == 3
    assert days_from(DAY, DAY - timedelta(days=1)) is None
    assert days_from(None, DAY) is None


@pytest.mark.parametrize(
    ("line", "fen"),
    [
        (Given(currency="USD", original=100_00), 712_34),
        (Given(MILEAGE, quantity=Decimal("12.5"), unit_price=1_33), 16_63),
        (Given(QUANTITY, "USD", quantity=Decimal(3), unit_price=1_50), 32_06),
        (Given(PER_DIEM, unit_price=100_00, first=DAY, last=DAY + timedelta(days=2)), 300_00),
    ],
)
def test_examples_that_can_be_checked_by_hand(line: Given, fen: int) -> None:
    assert price(line, "CNY", Rate(Decimal("7.1234"), DAY)).amount == fen


def test_an_amount_in_figures_says_from_what_it_came() -> None:
    rate = Rate(Decimal("7.1234"), DAY)
    foreign = price(Given(currency="USD", original=100_00), "CNY", rate)
    assert in_figures(foreign, "USD") == "USD 100.00 × 7.1234 (2026-11-20)"
    driven = price(Given(MILEAGE, quantity=Decimal("120"), unit_price=1_00), "CNY", None)
    assert in_figures(driven, "CNY") == "120 × 1.00"
    assert in_figures(price(Given(original=5_00), "CNY", None), "CNY") == ""


totals = st.integers(1, 10**12)
shares = st.lists(st.integers(1, 1000), min_size=2, max_size=20)


@given(totals, shares)
def test_shares_of_the_whole_always_add_up_to_the_line(total: int, weights: list[int]) -> None:
    scaled = [weight * WHOLE // sum(weights) for weight in weights]
    scaled[0] += WHOLE - sum(scaled)
    parts = [Part(share) for share in scaled if share]
    assert add_up(total, parts)
    amounts = part_amounts(total, parts)
    assert sum(amounts) == total
    for part, amount in zip(parts, amounts, strict=True):
        assert abs(amount - Decimal(total) * (part.share or 0) / WHOLE) < 1


@given(totals, st.lists(totals, min_size=1, max_size=10))
def test_typed_amounts_are_kept_and_found_wrong_unless_they_add_up(
    total: int, typed: list[int]
) -> None:
    parts = [Part(None, amount) for amount in typed]
    assert part_amounts(total, parts) == typed
    assert add_up(total, parts) == (sum(typed) == total)


@given(totals, st.lists(st.builds(Part, st.none() | st.integers(1, WHOLE), sums), min_size=1))
def test_what_is_found_right_is_the_line_to_the_cent(total: int, parts: list[Part]) -> None:
    if add_up(total, parts):
        assert sum(part_amounts(total, parts)) == total


@given(totals, st.lists(st.integers(1, WHOLE // 20), min_size=1, max_size=19))
def test_a_part_more_takes_what_is_left(total: int, given_shares: list[int]) -> None:
    parts = [Part(share) for share in given_shares]
    assert add_up(total, [*parts, next_part(total, parts)])


def test_shares_and_amounts_are_not_mixed() -> None:
    assert not add_up(100_00, [Part(50_00), Part(None, 50_00)])
    assert not add_up(100_00, [Part(None, 100_00), Part(None, 0)])


@pytest.mark.parametrize(
    ("text", "part"),
    [("50%", Part(50_00)), ("33.33 %", Part(33_33)), ("１２．５％", Part(12_50)),
     ("120.00", Part(None, 120_00))],
)  # fmt: skip
def test_a_part_is_understood_and_shown_as_it_was_typed(text: str, part: Part) -> None:
    assert parse_part(text, "CNY") == part
    assert parse_part(part_text(part.share, part.amount, "CNY"), "CNY") == part


@pytest.mark.parametrize("text", ["0%", "101%", "50%%", "half", "-5", "33.333%"])
def test_what_is_no_part_is_refused_with_help(text: str) -> None:
    with pytest.raises(Invalid):
        parse_part(text, "CNY")


@pytest.mark.parametrize(("text", "count"), [("120", 120), ("1,200.5", 1200.5), ("１２", 12)])
def test_a_number_of_kilometres_is_understood(text: str, count: float) -> None:
    assert parse_quantity(text) == Decimal(str(count))


@pytest.mark.parametrize("text", ["", "0", "-1", "1e3", "1.2345", "12km", "NaN", "12345678"])
def test_what_is_no_number_of_kilometres_is_refused_with_help(text: str) -> None:
    with pytest.raises(Invalid, match="Type how many"):
        parse_quantity(text)
