"""What a draft would say otherwise."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from portal.core.words import Named
from portal.policy.findings import ClaimFacts, LineFacts
from portal.policy.problems import problems
from portal.policy.rules import Category, Forbidden, Policy
from portal.policy.trying import APPEARS, CHANGES, STAYS, VANISHES, different, tally, try_on

DAY = date(2026, 3, 20)
BEFORE = Policy(1, {"office": Category("office", Named("办公", "Office"))}, receipt_above=100_00)
LINE = LineFacts(1, DAY, "office", "Paper", 150_00)


def claim(*lines: LineFacts) -> ClaimFacts:
    return ClaimFacts("Visit", "staff", DAY, lines)


def kinds(after: Policy, *lines: LineFacts) -> list[str]:
    return [one.kind for one in try_on(claim(*lines), BEFORE, after)]


def test_a_finding_appears_vanishes_changes_or_stays() -> None:
    assert kinds(BEFORE, LINE) == [STAYS]
    assert kinds(replace(BEFORE, receipt_above=200_00), LINE) == [VANISHES]
    assert kinds(replace(BEFORE, severity={"receipt_missing": "warns"}), LINE) == [CHANGES]
    words = (Forbidden("paper"), Forbidden("pap"))
    assert kinds(replace(BEFORE, forbidden_words=words), LINE) == [STAYS, APPEARS, APPEARS]


def test_what_is_found_twice_on_a_line_is_told_twice() -> None:
    two = replace(BEFORE, forbidden_words=(Forbidden("paper"), Forbidden("pap")))
    tried = try_on(claim(LINE), BEFORE, two)
    assert list(tally([tried, tried])) == [("word_forbidden", APPEARS, 4)]


@given(st.lists(st.integers(1, 400_00), max_size=6), st.integers(0, 400_00), st.integers(0, 400_00))
def test_nothing_is_lost_between_the_two(amounts: list[int], old: int, new: int) -> None:
    before, after = replace(BEFORE, receipt_above=old), replace(BEFORE, receipt_above=new)
    facts = claim(*(replace(LINE, id=n, amount=amount) for n, amount in enumerate(amounts)))
    tried = try_on(facts, before, after)
    assert [one.before for one in tried if one.before] == problems(facts, before)
    assert [one.after for one in tried if one.after] == problems(facts, after)
    assert old != new or different(tried) == []
