"""One invoice, once: who holds it, who frees it, and what finance may allow."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from portal.claims.models import PAID, STATES
from portal.core.db import db
from portal.core.errors import Invalid, Missing, NotAllowed, NotNow
from portal.core.events import Event
from portal.invoices import events, registry
from portal.invoices.keys import key_of, plain_name
from portal.invoices.registry import AlreadyClaimed, Shares
from tests.claims.stories import approve, person
from tests.invoices.holders import (
    KEY,
    OTHER,
    allow,
    claim_with,
    give_back,
    holders,
    pay,
    reject,
    submit,
    withdraw,
)
from tests.invoices.samples import DIGITAL

AT = datetime(2026, 3, 2, tzinfo=UTC)


def hold(session: Session, keys: list[str], claim_id: int, name: str = "alice") -> None:
    registry.hold(session, keys, claim_id, person(session, name).id, at=AT)


@pytest.mark.parametrize(
    ("code", "number", "key"),
    [
        ("", "26312000000123456789", "26312000000123456789"),
        ("044001900111", "26312000000123456789", "26312000000123456789"),
        ("044001900111", "20481357", "04400190011120481357"),
        (" ０４４００１９００１１１ ", "２０４８ １３５７", "04400190011120481357"),
        (None, "20481357", None),
        ("044001900111", None, None),
    ],
)
def test_a_key_is_the_long_number_or_code_and_number(
    code: str | None, number: str | None, key: str | None
) -> None:
    assert key_of(code, number) == key


def test_the_same_seller_is_known_by_other_widths_spaces_and_brackets() -> None:
    names = ["青禾餐饮（苏州）有限公司", "青禾餐饮(苏州) 有限公司", "青禾餐饮〔苏州〕有限公司"]
    assert len({plain_name(name) for name in names}) == 1
    assert plain_name("ＡＢＣ　Ｌｔｄ．") == plain_name("abc ltd.")
    assert plain_name("青禾餐饮（苏州）有限公司") != plain_name("青禾餐饮（杭州）有限公司")


@pytest.mark.parametrize(
    ("shares", "open_share"),
    [
        (Shares(), 0),
        (Shares({0: 1}), None),
        (Shares({0: 7}), 0),
        (Shares({0: 1}, {1}), 1),
        (Shares({}, {1}), 1),
        (Shares({0: 1, 1: 2}, {1}), None),
        (Shares({1: 2}, {1}), None),
        (Shares({0: 1, 1: 2}, {1, 3}), 3),
        (Shares({0: 7}, {1}), 0),
    ],
    ids=[
        "free", "another has it", "has it already", "allowed", "allowed, and free meanwhile",
        "allowance used by a claim of his", "allowance used, first claim gone",
        "allowed a second time", "has it already and is allowed one more",
    ],
)  # fmt: skip
def test_the_share_that_claim_seven_may_take(shares: Shares, open_share: int | None) -> None:
    assert shares.open_to(7) == open_share


def test_a_second_claim_is_refused_and_learns_who_was_first(session: Session) -> None:
    first, second = claim_with(session, "alice"), claim_with(session, "dan")
    submit(session, first)
    with pytest.raises(AlreadyClaimed) as refused:
        submit(session, second)
    assert (refused.value.claim_id, refused.value.key) == (first.id, KEY)


def test_a_hold_is_all_or_nothing_within_its_transaction(session: Session) -> None:
    hold(session, ["B"], 1)
    session.commit()
    with pytest.raises(AlreadyClaimed):
        hold(session, ["A", "B", "C"], 2, "dan")
    session.rollback()
    assert holders(session, "A") == holders(session, "C") == []


def test_many_invoices_cost_as_many_queries_as_one(app: Flask, session: Session) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    alice, counts = person(session, "alice").id, []
    for claim_id, keys in ((1, ["one"]), (2, [f"key {place}" for place in range(300)])):
        asked.clear()
        registry.hold(session, keys, claim_id, alice, at=AT)
        counts.append(len(asked))
    event.remove(db.engine, "before_cursor_execute", note)
    assert counts == [3, 3]


def test_what_a_returned_claim_does_not_bring_again_is_free(session: Session) -> None:
    claim = claim_with(session, "alice", DIGITAL, OTHER)
    submit(session, claim)
    give_back(session, claim)
    claim.receipts[:] = [r for r in claim.receipts if r.invoice and r.invoice.key == KEY]
    submit(session, claim)
    assert holders(session, KEY) == [(0, claim.id)]
    assert holders(session, OTHER.number) == []


@pytest.mark.parametrize("end", ["withdrawn", "rejected"])
def test_an_ended_claim_frees_its_invoices(session: Session, end: str) -> None:
    claim, other = claim_with(session, "alice"), claim_with(session, "dan")
    submit(session, claim)
    if end == "withdrawn":
        withdraw(session, claim, "alice")
    else:
        reject(session, claim)
    submit(session, other)
    assert holders(session) == [(0, other.id)]


def test_a_returned_claim_keeps_its_invoices(session: Session) -> None:
    claim = claim_with(session, "alice")
    submit(session, claim)
    give_back(session, claim)
    with pytest.raises(AlreadyClaimed):
        submit(session, claim_with(session, "dan"))


@pytest.mark.parametrize("state", [s for s in STATES if s not in registry.FREEING])
def test_no_claim_on_its_way_or_paid_lets_go_of_its_invoices(session: Session, state: str) -> None:
    hold(session, ["A"], 1)
    with pytest.raises(ValueError, match=state):
        registry.release(session, 1, state)
    assert holders(session, "A") == [(0, 1)]


def test_a_paid_claim_cannot_be_undone(session: Session) -> None:
    claim = claim_with(session, "alice")
    submit(session, claim)
    session.commit()
    approve(session, claim, "bob", "carol")
    pay(session, claim)
    assert claim.state == PAID
    for undo in (lambda: withdraw(session, claim, "alice"), lambda: reject(session, claim)):
        with pytest.raises(Exception, match=r"claim|step|state"):
            undo()
    assert holders(session) == [(0, claim.id)]


def test_finance_lets_one_person_claim_once_more(session: Session) -> None:
    first, theirs, third = (claim_with(session, name) for name in ("alice", "dan", "dan"))
    submit(session, first)
    allow(session, "dan")
    with pytest.raises(AlreadyClaimed):
        submit(session, claim_with(session, "erin"))
    submit(session, theirs)
    assert holders(session) == [(0, first.id), (1, theirs.id)]
    with pytest.raises(AlreadyClaimed) as refused:
        submit(session, third)
    assert refused.value.claim_id == theirs.id


def test_who_was_allowed_once_does_not_get_a_second_one_when_the_first_claim_goes(
    session: Session,
) -> None:
    first, theirs = claim_with(session, "alice"), claim_with(session, "dan")
    submit(session, first)
    allow(session, "dan")
    submit(session, theirs)
    withdraw(session, first, "alice")
    with pytest.raises(AlreadyClaimed):
        submit(session, claim_with(session, "dan"))
    submit(session, first)
    assert holders(session) == [(0, first.id), (1, theirs.id)]


def test_the_form_knows_an_allowance_before_the_claim_is_sent(session: Session) -> None:
    first, theirs = claim_with(session, "alice"), claim_with(session, "dan")
    submit(session, first)
    dan = person(session, "dan").id
    assert registry.held_elsewhere(session, [KEY], theirs.id, dan) == {KEY: first.id}
    allow(session, "dan")
    assert registry.held_elsewhere(session, [KEY], theirs.id, dan) == {}
    assert registry.held_elsewhere(session, [KEY], first.id, first.claimant_id) == {}


def test_an_allowance_is_on_record_with_its_reason(session: Session) -> None:
    submit(session, claim_with(session, "alice"))
    allow(session, "dan", reason=" Half of the bill each ")
    session.commit()
    found = session.scalars(select(Event).where(Event.kind == events.ALLOWED)).one()
    assert found.actor_id == person(session, "carol").id
    assert found.data == {
        "invoice": KEY, "person": "Dan dan", "reason": "Half of the bill each",
    }  # fmt: skip


@pytest.mark.parametrize("by", ["alice", "heidi", "ivan", "admin", "bob"])
def test_only_finance_allows(session: Session, by: str) -> None:
    submit(session, claim_with(session, "alice"))
    with pytest.raises(NotAllowed):
        allow(session, "dan", by=by)


def test_no_one_allows_himself(session: Session) -> None:
    submit(session, claim_with(session, "alice"))
    with pytest.raises(NotAllowed):
        allow(session, "carol", by="carol")


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501])
def test_an_allowance_needs_a_reason(session: Session, reason: str) -> None:
    submit(session, claim_with(session, "alice"))
    with pytest.raises(Invalid) as refused:
        allow(session, "dan", reason=reason)
    assert refused.value.field == "reason"


def test_there_is_nothing_to_allow_while_nothing_is_in_the_way(session: Session) -> None:
    claim = claim_with(session, "alice")
    with pytest.raises(NotNow):
        allow(session, "dan")
    submit(session, claim)
    allow(session, "dan")
    with pytest.raises(NotNow):
        allow(session, "dan")


def test_an_invoice_that_nobody_has_is_not_allowed(session: Session) -> None:
    with pytest.raises(Missing):
        allow(session, "dan", key="26312000000000000000")
