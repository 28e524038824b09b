"""The rules as a file: out, and in again unchanged; hostile ones are refused with their lines."""

import contextlib
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.words import Named
from portal.policy import portable
from portal.policy.catalogue import RULES
from portal.policy.checking import faults
from portal.policy.differences import differences
from portal.policy.document import Rules, complete, flat
from portal.policy.portable import MOST_BYTES, Unreadable
from portal.policy.queries import SAMPLE
from portal.policy.rules import PERS

CODES = ("lodging", "meals", "office")
ARTICLES = ("receipts", "weekends")
NAMES = {"lodging": Named("住宿费", "Lodging")}

amounts = st.integers(1, 99_999_999_99)
grades = st.sampled_from(["staff", "manager", "director", "*"])
tiers = st.sampled_from(["1", "2", "3", "*"])
by_grade = st.dictionaries(grades, amounts, min_size=1, max_size=4)
tables = st.dictionaries(tiers, by_grade, min_size=1, max_size=3)
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30
).filter(lambda text: text.strip() and "{" not in text)
free = [rule for rule, known in RULES.items() if not known.fixed]
sentence = st.fixed_dictionaries({"zh": texts, "en": texts})


@st.composite
def documents(draw: st.DrawFn) -> Rules:
    """Rules without a fault."""
    kinds = st.lists(st.sampled_from(CODES), unique=True)
    keys = draw(st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(PERS)), unique=True))
    totals = sorted(draw(st.lists(amounts, unique=True, min_size=3, max_size=3)))
    words = draw(st.lists(st.sampled_from(["KTV", "礼品卡", "a \\ b", '"x"', "#"]), unique=True))
    return complete({
        "receipt_above": draw(st.integers(0, 10**9)),
        "receipts": draw(st.dictionaries(st.sampled_from(CODES), st.integers(0, 10**9))),
        "oldest_days": draw(st.integers(1, 3650)),
        "weekend_categories": draw(kinds),
        "holiday_categories": draw(kinds),
        "totals": dict(zip(("warns", "needs_reason", "blocks"), totals, strict=True)),
        "limits": [{"category": c, "per": p, "amounts": draw(tables)} for c, p in keys],
        "cities": {"1": draw(st.lists(st.sampled_from(["上海", "Xi'an", "北京"]), unique=True))},
        "forbidden_merchants": [{"text": word, "whole": True} for word in words],
        "forbidden_words": [{"text": word} for word in words],
        "computed": {"mileage": draw(by_grade), "per_diem": draw(tables)},
        "severity": draw(st.dictionaries(st.sampled_from(free), st.sampled_from(["warns", "off"]))),
        "wording": draw(st.dictionaries(
            st.sampled_from(free), st.fixed_dictionaries({"says": sentence, "mend": sentence}))),
        "articles": draw(st.dictionaries(st.sampled_from(free), st.sampled_from(ARTICLES))),
    })  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(documents())
def test_what_is_written_comes_back_unchanged(rules: Rules) -> None:
    rules["severity"].pop("total_over", None)
    assert faults(rules, CODES, ARTICLES) == []
    text = portable.write(rules)
    read = portable.read(text.encode(), CODES, ARTICLES)
    assert read == rules
    assert portable.write(read) == text


@settings(max_examples=40, deadline=None)
@given(documents(), documents())
def test_differences_are_all_there_is_between_two_documents(old: Rules, new: Rules) -> None:
    named = {one.place for one in differences(old, new, NAMES)}
    before, after = flat(old), flat(new)
    assert named == {p for p in {*before, *after} if before.get(p) != after.get(p)}
    assert differences(old, old, NAMES) == []


def test_a_difference_says_in_words_what_changes() -> None:
    def lodging(amount: int) -> dict[str, Any]:
        amounts = {"1": {"staff": amount}}
        return {"limits": [{"category": "lodging", "per": "night", "amounts": amounts}]}

    [one] = differences(lodging(450_00), lodging(480_00), NAMES)
    assert [str(word) for word in one.what] == ["Lodging", "per night", "Tier 1", "Staff"]
    assert (str(one.before), str(one.after)) == ("450.00", "480.00")
    [gone] = differences(lodging(450_00), {"limits": []}, NAMES)
    assert gone.after is None
    moved = differences({"cities": {"2": ["杭州"]}}, {"cities": {"1": ["杭州"]}}, {})
    assert [(str(one.before), str(one.after)) for one in moved] == [("Tier 2", "Tier 1")]


def test_the_file_of_the_sample_says_what_it_is() -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    assert text.startswith("# SAMPLE DATA")
    rows, rules = portable.read_sample(text)
    codes = {row["code"] for row in rows}
    assert faults(rules, codes, ()) == []
    assert portable.read(portable.write(rules).encode(), codes, ()) == rules


WRONG = {
    """receipt_above = "100.00"\noldest_days = "ninety"\n""": (2, "oldest_days"),
    """receipt_above = "1x"\n""": (1, "receipt_above"),
    """\n[limits.lodging.night.1]\nstaff = 450\n""": (3, "limits.lodging.night.1.staff"),
    """[limits.hotel.night.1]\nstaff = "450.00"\n""": (1, "limits.hotel.night"),
    """[limits.lodging.hour.1]\nstaff = "450.00"\n""": (1, "limits.lodging.hour"),
    """[limits.lodging.night.1]\nboss = "450.00"\n""": (2, "limits.lodging.night.1.boss"),
    """[limits.lodging.night.one]\nstaff = "1.00"\n""": (2, "limits.lodging.night.one.staff"),
    """[severity]\nweekend = "loud"\n""": (2, "severity.weekend"),
    """[severity]\namount_missing = "off"\n""": (2, "severity.amount_missing"),
    """[severity]\nfull_moon = "off"\n""": (2, "severity.full_moon"),
    """[articles]\nweekend = "nowhere"\n""": (2, "articles.weekend"),
    """[wording.weekend.says]\nzh = "{moon}"\nen = "x"\n""": (2, "wording.weekend.says.zh"),
    """[wording.weekend.says]\nzh = "周末"\n""": (1, "wording.weekend.says.en"),
    """[totals]\nwarns = "20.00"\nblocks = "10.00"\n""": (2, "totals.warns"),
    """[cities]\n1 = ["上海"]\n2 = ["上海市"]\n""": (1, "cities.上海市"),
    """forbidden_words = [{ text = "" }]\n""": (1, "forbidden_words."),
    """forbidden_words = [{ word = "x" }]\n""": (1, "forbidden_words.word"),
    """import_os = "x"\n""": (1, "import_os"),
    """weekend_categories = ["moon"]\n""": (1, "weekend_categories.moon"),
}


@pytest.mark.parametrize("text", WRONG)
def test_every_problem_is_named_by_line_and_key(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        portable.read(text.encode(), CODES, ARTICLES)
    assert WRONG[text] in [(one.line, one.key) for one in refused.value.problems]


def test_all_problems_are_listed_at_once() -> None:
    text = 'oldest_days = 0\n[severity]\nweekend = "loud"\nmoon = "off"\n'
    with pytest.raises(Unreadable) as refused:
        portable.read(text.encode(), CODES, ARTICLES)
    assert [one.line for one in refused.value.problems] == [1, 3, 4]


HOSTILE = {
    "too large": b"#" * (MOST_BYTES + 1),
    "not text": b"\xff\xfe\x00",
    "deep arrays": b"a = " + b"[" * 100_000,
    "deep tables": b"[" + b"a." * 100_000 + b"a]",
    "deep keys": b"a." * 100_000 + b"a = 1",
    "deep inline": b"a = " + b"{a=" * 30_000 + b"1" + b"}" * 30_000,
    "deep over lines": b"a = " + b"[\n" * 100_000,
    "deep tables over lines": b"a = " + b"{a=\n" * 60_000,
    "a hexadecimal": b"oldest_days = 0x" + b"f" * 50_000,
    "many dots": b"a" + b".a" * 450 + b" = 1\n",
    "many tables": b"".join(b"[limits.lodging.night.%d]\nx=1\n" % n for n in range(8_000)),
    "a huge number": b"oldest_days = " + b"9" * 200_000,
    "no TOML": b"PK\x03\x04",
    "a date": b"oldest_days = 2026-03-31",
    "a float": b"receipt_above = 1e400",
    "a list of lists": b"weekend_categories = [[[]]]",
    "a table for a list": b"[weekend_categories]\na = 1",
    "a list for a table": b"cities = []",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_soon(name: str) -> None:
    started = time.perf_counter()
    with pytest.raises(Unreadable) as refused:
        portable.read(HOSTILE[name][: MOST_BYTES + 1], CODES, ARTICLES)
    assert refused.value.problems
    assert time.perf_counter() - started < 2


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_breaks_the_portal(data: bytes) -> None:
    with contextlib.suppress(Unreadable):
        portable.read(data, CODES, ARTICLES)
