"""What was asked for before: almost the same invoice, the same file, the same as typed."""

import re
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.claims import duplicates
from portal.claims.models import Claim
from portal.core.db import dialect_of
from portal.invoices.registry import AlreadyClaimed
from portal.policy.findings import SOMEWHERE
from tests.claims.stories import draft, person, reader
from tests.invoices.holders import KEY, OTHER, claim_with, submit
from tests.invoices.samples import DIGITAL, Sample

MINE = OTHER
THEIRS = DIGITAL


def alike(session: Session, claim: Claim) -> list[int]:
    invoices = [receipt.invoice for receipt in claim.receipts if receipt.invoice]
    return [other.id for other in duplicates.alike(session, {claim.id: invoices}).values()]


def live(session: Session, name: str, *samples: Sample, state: str = "submitted") -> Claim:
    claim = claim_with(session, name, *samples)
    claim.state, claim.number = state, f"BX2026-{claim.id:06d}"
    session.flush()
    return claim


def test_another_number_of_the_same_day_total_and_seller_is_like_it(session: Session) -> None:
    theirs = live(session, "dan", THEIRS)
    assert alike(session, claim_with(session, "alice", MINE)) == [theirs.id]


def test_the_seller_may_be_written_otherwise(session: Session) -> None:
    theirs = live(session, "dan", THEIRS.but(seller="青禾餐饮(苏州) 有限公司"))
    assert alike(session, claim_with(session, "alice", MINE)) == [theirs.id]


def test_an_invoice_whose_number_was_not_read_is_like_it_too(session: Session) -> None:
    theirs = live(session, "dan", THEIRS)
    for receipt in theirs.receipts:
        if receipt.invoice:
            receipt.invoice.key = None
    session.flush()
    assert alike(session, claim_with(session, "alice", THEIRS)) == [theirs.id]


@pytest.mark.parametrize(
    "other",
    [
        THEIRS.but(number=MINE.number),
        THEIRS.but(date="2026-03-18"),
        THEIRS.but(net="1886.80", total="2000.01", spelled="贰仟圆零壹分"),
        THEIRS.but(seller="青禾餐饮（杭州）有限公司"),
    ],
    ids=["the very same invoice", "another day", "another total", "another seller"],
)
def test_what_differs_or_is_the_invoice_itself_is_not_like_it(
    session: Session, other: Sample
) -> None:
    live(session, "dan", other)
    assert alike(session, claim_with(session, "alice", MINE)) == []


@pytest.mark.parametrize("state", ["draft", "rejected", "withdrawn"])
def test_what_will_not_be_paid_is_no_duplicate(session: Session, state: str) -> None:
    live(session, "dan", THEIRS, state=state)
    mine = claim_with(session, "alice", MINE)
    assert alike(session, mine) == []
    assert duplicates.same_files(session, {mine.id: [r.sha256 for r in mine.receipts]}) == {}


@pytest.mark.parametrize("state", ["submitted", "returned", "approved", "paying", "paid"])
def test_the_same_bytes_on_a_live_claim_are_found(session: Session, state: str) -> None:
    theirs = live(session, "dan", THEIRS, state=state)
    mine = claim_with(session, "alice", THEIRS)
    [sha256] = [receipt.sha256 for receipt in mine.receipts if receipt.invoice]
    found = duplicates.same_files(session, {mine.id: [sha256, "0" * 64]})
    assert {(mine.id, sha256): theirs.id} == {key: other.id for key, other in found.items()}


def test_the_claimant_knows_the_number_of_his_own_claims_only(session: Session) -> None:
    alice, dan = person(session, "alice").id, person(session, "dan").id
    other = duplicates.Other(1, "BX2026-000001", alice)
    assert (other.named_to(alice), other.named_to(dan)) == ("BX2026-000001", SOMEWHERE)


def test_day_and_amount_typed_on_two_claims_of_one_person_are_found(session: Session) -> None:
    first = draft(session, "alice", 500_00)
    theirs = draft(session, "dan", 500_00)
    first.state = theirs.state = "approved"
    session.flush()
    second = draft(session, "alice", 500_00, 400_00)
    found = duplicates.typed_alike(session, {second.id: (second.claimant_id, second.lines)})
    assert {second.lines[0].id: first.id} == {line: other.id for line, other in found.items()}


@pytest.mark.parametrize(
    ("name", "sees"),
    [("alice", True), ("bob", True), ("carol", True), ("ivan", True), ("dan", False),
     ("admin", False)],
)  # fmt: skip
def test_the_earlier_claim_is_named_to_those_who_may_see_it(
    session: Session, name: str, sees: bool
) -> None:
    first = claim_with(session, "alice")
    submit(session, first)
    said = str(duplicates.told(session, AlreadyClaimed(KEY, first.id), reader(session, name)))
    assert (f"{first.number} of Alice" in said) is sees
    assert ("already on another claim" in said) is not sees
    assert ("Alice" in said) is sees


def test_no_whole_table_is_read(session: Session) -> None:
    if dialect_of(session) != "sqlite":
        pytest.skip("PostgreSQL reads tables this small as a whole, and is right to")
    mine = claim_with(session, "alice", MINE, THEIRS)
    invoices = [receipt.invoice for receipt in mine.receipts if receipt.invoice]
    connection, asked = session.connection(), []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    event.listen(connection, "before_cursor_execute", note)
    duplicates.alike(session, {mine.id: invoices})
    duplicates.same_files(session, {mine.id: ["a", "b"]})
    duplicates.typed_alike(session, {mine.id: (mine.claimant_id, mine.lines)})
    event.remove(connection, "before_cursor_execute", note)
    assert len(asked) == 3
    for statement, values in asked:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        tables = "invoices|receipts|claims|lines"
        scans = [row.detail for row in plan if re.match(rf"SCAN ({tables})\b", row.detail)]
        assert not scans, f"{statement}\nreads a whole table: {scans}"
