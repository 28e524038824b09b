import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Invalid
from portal.core.money import format_plain, in_words, parse_amount

UNDERSTOOD = {
    "1000": 100000,
    "1,000.00": 100000,
    "12,345,678.9": 1234567890,
    "１２．５": 1250,
    "１，２３４．５０": 123450,
    "¥ 1,234.5": 123450,
    "￥88": 8800,
    " \u300088.8 ": 8880,
    ".5": 50,
    "5.": 500,
    "0.01": 1,
    "99,999,999.99": 9999999999,
}
REFUSED = {
    "": "Type the amount",
    " \u3000": "Type the amount",
    "NaN": "not an amount",
    "inf": "not an amount",
    "1e400": "not an amount",
    "0x10": "not an amount",
    "12元5": "not an amount",
    "1,00": "not an amount",
    "1,0000": "not an amount",
    "0,100": "not an amount",
    "1.2.3": "not an amount",
    "..": "not an amount",
    ".": "not an amount",
    "¥": "not an amount",
    "1 000": "not an amount",
    "٣": "not an amount",
    "²": "not an amount",
    "९": "not an amount",
    "⑤": "not an amount",
    "9" * 5000: "not an amount",
    "-1": "without a minus sign",
    "－１": "without a minus sign",
    "0": "more than zero",
    "0.00": "more than zero",
    "1.234": "at most 2 digits",
    "100000000": "at most 99,999,999.99",
}
SPELLED = {
    0: "人民币零元整",
    1: "人民币壹分",
    10: "人民币壹角",
    15: "人民币壹角伍分",
    100: "人民币壹元整",
    105: "人民币壹元零伍分",
    1000: "人民币壹拾元整",
    1005: "人民币壹拾元零伍分",
    1050: "人民币壹拾元伍角",
    1120: "人民币壹拾壹元贰角",
    10000: "人民币壹佰元整",
    100100: "人民币壹仟零壹元整",
    140950: "人民币壹仟肆佰零玖元伍角",
    168032: "人民币壹仟陆佰捌拾元叁角贰分",
    600714: "人民币陆仟零柒元壹角肆分",
    1000000: "人民币壹万元整",
    1000500: "人民币壹万零伍元整",
    10700053: "人民币壹拾万零柒仟元伍角叁分",
    10000000000: "人民币壹亿元整",
    10000000001: "人民币壹亿元零壹分",
    10000500000: "人民币壹亿零伍仟元整",
    123456789012345: "人民币壹万贰仟叁佰肆拾伍亿陆仟柒佰捌拾玖万零壹佰贰拾叁元肆角伍分",
    100000000000000: "人民币壹万亿元整",
}
PLACES = {"分": 1, "角": 10, "元": 100}


@pytest.mark.parametrize(("typed", "minor"), UNDERSTOOD.items())
def test_it_understands_an_amount(typed: str, minor: int) -> None:
    assert parse_amount(typed) == minor


@pytest.mark.parametrize(("typed", "reason"), REFUSED.items(), ids=lambda text: repr(text[:12]))
def test_it_refuses_and_says_what_to_type(typed: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        parse_amount(typed)


def test_a_currency_without_cents_takes_none() -> None:
    assert parse_amount("1,200", "JPY") == 1200
    with pytest.raises(Invalid, match="at most 0 digits"):
        parse_amount("1200.5", "JPY")


@given(st.integers(1, 99_999_999_99))
def test_what_is_printed_is_understood_again(minor: int) -> None:
    assert parse_amount(format_plain(minor)) == minor


@given(st.text(alphabet="0123456789.,-eE０９．，￥¥ 　元٣²NaN"))
def test_any_typing_is_understood_or_refused(typed: str) -> None:
    with contextlib.suppress(Invalid):
        assert 0 < parse_amount(typed) <= 99_999_999_99


@pytest.mark.parametrize(("minor", "plain"), {5: "0.05", 123450: "1,234.50", -7: "-0.07"}.items())
def test_it_prints_plainly(minor: int, plain: str) -> None:
    assert format_plain(minor) == plain


@pytest.mark.parametrize(("minor", "spelled"), SPELLED.items())
def test_it_spells_an_amount(minor: int, spelled: str) -> None:
    assert in_words(minor) == spelled


def test_a_negative_amount_has_no_words() -> None:
    with pytest.raises(ValueError, match="negative"):
        in_words(-1)


@given(st.integers(0, 10**18))
def test_words_say_the_same_amount(minor: int) -> None:
    assert understood(in_words(minor)) == minor


@given(st.integers(1, 10**16))
def test_words_follow_the_form_s_rules(minor: int) -> None:
    spelled = in_words(minor)
    assert spelled.startswith("人民币")
    assert "零零" not in spelled
    assert "零元" not in spelled
    assert spelled.endswith("整" if minor % 100 == 0 else "角" if minor % 10 == 0 else "分")
    integer = str(minor // 100)
    inside = [run for run in integer.strip("0").replace("0", " ").split(" ") if run]
    zeros = spelled.partition("元")[0].count("零")
    assert zeros == max(len(inside) - 1, 0), "each run of zeros inside the yuan is one 零"


def understood(spelled: str) -> int:
    """The fen of a spelled amount, by recursion from the largest unit, unlike the code's way."""
    text = spelled.removeprefix("人民币").removesuffix("整")
    fen = 0
    for unit, worth in (("元", 100), ("角", 10), ("分", 1)):
        before, found, after = text.partition(unit)
        if found:
            fen, text = fen + number(before) * worth, after
    assert not text, f"{text} is left over"
    return fen


def number(text: str) -> int:
    text = text.strip("零")
    if not text:
        return 0
    for unit, worth in (("亿", 10**8), ("万", 10**4), ("仟", 1000), ("佰", 100), ("拾", 10)):
        before, found, after = text.rpartition(unit) if unit == "亿" else text.partition(unit)
        if found:
            return number(before) * worth + number(after)
    return "零壹贰叁肆伍陆柒捌玖".index(text)
