"""Money of one currency in another, and sums that are parted."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Invalid
from portal.core.money import allocate
from portal.rates.conversion import convert, parse_currency, parse_rate

SUMS = st.integers(min_value=0, max_value=10**12)


@pytest.mark.parametrize(
    ("minor", "currency", "rate", "fen"),
    [
        (100_00, "USD", "7.1234", 712_34),
        (1, "USD", "7.125", 7),
        (2, "EUR", "7.75", 16),  # 15.5: half goes up
        (1500, "JPY", "0.0482", 72_30),  # a yen has no decimals
        (1_000, "KWD", "23.1", 23_10),  # a dinar has three
    ],
)
def test_a_sum_is_converted_to_the_cent(minor: int, currency: str, rate: str, fen: int) -> None:
    assert convert(minor, currency, "CNY", Decimal(rate)) == fen


@given(SUMS)
def test_a_currency_is_worth_itself(minor: int) -> None:
    assert convert(minor, "CNY", "CNY", Decimal(1)) == minor


@given(SUMS, SUMS)
def test_more_is_never_worth_less(one: int, other: int) -> None:
    rate = Decimal("0.0482")
    less, more = sorted((one, other))
    assert convert(less, "JPY", "CNY", rate) <= convert(more, "JPY", "CNY", rate)


@given(
    st.integers(min_value=-(10**12), max_value=10**12),
    st.lists(st.integers(min_value=0, max_value=10_000), min_size=1, max_size=20).filter(any),
)
def test_parts_always_add_up_and_none_is_off_by_a_cent(total: int, weights: list[int]) -> None:
    parts = allocate(total, weights)
    assert sum(parts) == total
    exact = [Decimal(total) * weight / sum(weights) for weight in weights]
    assert all(abs(part - share) < 1 for part, share in zip(parts, exact, strict=True))
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@pytest.mark.parametrize("typed", ["7.1234", "７．１２３４", " 0.00000001 "])
def test_a_rate_is_understood(typed: str) -> None:
    assert parse_rate(typed) > 0


@pytest.mark.parametrize("typed", ["", "0", "-7", "7,1", "NaN", "7.123456789", "٧", "9" * 21])
def test_what_is_no_rate_is_refused_with_help(typed: str) -> None:
    with pytest.raises(Invalid, match="Type a rate"):
        parse_rate(typed)


def test_currencies_are_those_of_iso_4217_in_use() -> None:
    assert [parse_currency(code) for code in ("usd", " EUR", "HKD")] == ["USD", "EUR", "HKD"]
    for gone in ("DEM", "XAU", "RMB", "US", ""):
        with pytest.raises(Invalid, match="not a currency"):
            parse_currency(gone)
