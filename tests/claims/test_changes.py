"""What a resubmission shows of what changed."""

import copy
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.claims.changes import FIELDS, changes, snapshot
from portal.claims.models import Claim, Line, Receipt

texts = st.text(max_size=6)
lines = st.builds(
    lambda **values: values,
    spent_on=st.one_of(st.none(), st.dates().map(date.isoformat)),
    category=texts,
    purpose=texts,
    amount=st.one_of(st.none(), st.integers(1, 10_000_00)),
    city=texts,
    nights=st.one_of(st.none(), st.integers(1, 30)),
    attendees=texts,
    cost_centre=texts,
    reason=texts,
    receipts=st.lists(texts, max_size=2),
)


@st.composite
def snapshots(draw: st.DrawFn) -> dict[str, Any]:
    drawn = draw(st.lists(lines, max_size=4))
    numbered = [{"id": number, **line} for number, line in enumerate(drawn, start=1)]
    total = sum(line["amount"] or 0 for line in numbered)
    return {"purpose": draw(texts), "total": total, "lines": numbered}


@settings(max_examples=30, deadline=None)
@given(snapshots())
def test_the_same_claim_has_no_changes(one: dict[str, Any]) -> None:
    assert list(changes(one, copy.deepcopy(one))) == []


@settings(max_examples=60, deadline=None)
@given(snapshots(), snapshots())
def test_the_changes_say_all_of_what_became_of_the_claim(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    rebuilt = copy.deepcopy(before)
    gone = set()
    for change in changes(before, after):
        if change.line is None:
            rebuilt[change.field] = change.after
        elif change.field != "line":
            target = after["lines"][change.line - 1]["id"]
            line = next(each for each in rebuilt["lines"] if each["id"] == target)
            assert line[change.field] == change.before
            line[change.field] = change.after
        elif change.before is None:
            rebuilt["lines"].append(change.after)
        else:
            gone.add(change.before["id"])
    rebuilt["lines"] = [line for line in rebuilt["lines"] if line["id"] not in gone]
    assert rebuilt == after


@settings(max_examples=30, deadline=None)
@given(snapshots(), st.data())
def test_a_changed_field_is_told_with_its_line_and_both_values(
    before: dict[str, Any], data: st.DataObject
) -> None:
    if not before["lines"]:
        return
    place = data.draw(st.integers(0, len(before["lines"]) - 1))
    after = copy.deepcopy(before)
    was, after["lines"][place]["city"] = after["lines"][place]["city"], "somewhere else"
    [change] = changes(before, after)
    assert (change.line, change.field, change.before, change.after) == (
        place + 1, "city", was, "somewhere else",
    )  # fmt: skip


def test_a_snapshot_holds_every_field_of_a_line_and_its_receipts() -> None:
    claim = Claim(purpose="Visit", total=12_50)
    claim.lines.append(
        Line(id=4, position=1, spent_on=date(2026, 3, 2), category="rail", purpose="Train",
             amount=12_50, city="", nights=None, attendees="", cost_centre="", reason="")
    )  # fmt: skip
    claim.receipts.append(Receipt(line_id=4, filename="票.pdf", sha256="ab" * 32))
    taken = snapshot(claim)
    assert (taken["purpose"], taken["total"]) == ("Visit", 12_50)
    [line] = taken["lines"]
    assert set(line) == {"id", *FIELDS}
    assert line["spent_on"] == "2026-03-02"
    assert line["receipts"] == ["票.pdf abababab"]
