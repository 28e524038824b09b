"""Dates, sums and names as e-invoice files write them."""

from datetime import date

import pytest

from portal.core.money import in_words
from portal.invoices.readers.values import day, fen, name_of, spelled_fen


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2020年07月23日", date(2020, 7, 23)),
        ("2020 年 7 月 3 日", date(2020, 7, 3)),
        ("2020-07-23", date(2020, 7, 23)),
        ("2020/7/3", date(2020, 7, 3)),
        ("２０２０．０７．２３", date(2020, 7, 23)),
        ("20200723", date(2020, 7, 23)),
        ("20260227172851000", date(2026, 2, 27)),
        ("2024-05-28 10:11:12", date(2024, 5, 28)),
        ("2024-05-28T17:30:00Z", date(2024, 5, 29)),
        ("2024-05-28T23:30:00+08:00", date(2024, 5, 28)),
        ("2020-02-30", None),
        ("0001-01-01", None),
        ("03/04/2020", None),
        ("", None),
    ],
)
def test_a_date_is_read_or_left(text: str, found: date | None) -> None:
    assert day(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("￥1,234.50", 123450),
        ("¥ 318.00", 31800),
        ("１８．００", 1800),
        ("10600", 1060000),
        ("9.9", 990),
        ("9.9100", 991),
        ("-100.00", -10000),
        ("¥-100.00", -10000),
        ("9.91150442", None),
        ("1,00", None),
        ("***", None),
        ("1e3", None),
        ("NaN", None),
        ("100.00200.00", None),
        (None, None),
    ],
)
def test_a_sum_is_read_or_left(text: str | None, found: int | None) -> None:
    assert fen(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("壹拾壹圆贰角", 1120),
        ("人民币壹万圆整", 1000000),
        ("⊗ 肆仟肆佰肆拾玖元整", 444900),
        ("拾元零伍分", 1005),
        ("壹仟零佰零拾伍元零角零分", 100500),
        ("贰角整", 20),
        ("（负数）叁佰圆整", -30000),
        ("壹万亿元正", 10**14),
        ("三百元", None),
        ("", None),
    ],
)
def test_a_sum_in_words_is_read_or_left(text: str, found: int | None) -> None:
    assert spelled_fen(text) == found


@pytest.mark.parametrize("minor", [1, 10, 105, 1050, 10700053, 123456789012, 10**15])
def test_our_own_words_are_read(minor: int) -> None:
    assert spelled_fen(in_words(minor)) == minor


def test_a_picture_is_no_name() -> None:
    assert name_of("iVBORw0KGgo" * 50) is None
    assert name_of("***") is None
    assert name_of("\n ukey测试 \n") == "ukey测试"
