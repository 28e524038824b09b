"""What a claimant settles of his advances: bounded when it is chosen, cut when it is paid."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.claims import choosing, payment, settling
from portal.claims.models import APPROVED, PAID, REJECTED, RETURNED, Batch, Claim, Payment
from portal.core.clock import now
from portal.core.db import begin_writing, db
from portal.core.errors import Invalid, Refusal
from portal.core.money import format_plain
from portal.prior import balance
from portal.prior.models import Movement, PriorRequest
from tests.blueprints.payments.cases import approved
from tests.claims.stories import person, told, writing
from tests.prior.requests import close, paid, seen, today

MANY = 8


def offered(session: Session, claim: Claim) -> list[tuple[int, int]]:
    """What is open of each advance, and how much of it the claim settles if nothing is said."""
    return [(offer.open, offer.amount) for offer in choosing.offers(session, claim)]


def choose(session: Session, claim: Claim, wanted: dict[int, int]) -> None:
    choosing.plan_settlement(session, claim, wanted)


def start(session: Session, *claims: Claim) -> Batch:
    by = person(session, "heidi").id
    return payment.start_batch(session, [claim.id for claim in claims], by=by, at=now())


def repay(session: Session, advance: PriorRequest, amount: int) -> None:
    balance.repay(
        session, seen(session, advance.id, "carol"), format_plain(amount), "R-7",
        on=today(), today=today(), shown=advance.version, at=now(),
    )  # fmt: skip


def test_as_much_as_possible_is_settled_unless_the_claimant_says_otherwise(
    session: Session,
) -> None:
    late, soon = paid(session, 300_00, ends=9), paid(session, 300_00, ends=3)
    claim = approved(session, "alice", 400_00)
    assert offered(session, claim) == [(300_00, 300_00), (300_00, 100_00)]
    choose(session, claim, {soon.id: 0, late.id: 120_00})
    assert offered(session, claim) == [(300_00, 0), (300_00, 120_00)]
    assert settling.net(session, claim) == ({late.id: 120_00}, 280_00)


@pytest.mark.parametrize(
    ("amounts", "says", "at"),
    [
        ((300_01, 0), r"Only 300\.00 of this advance is open", 0),
        ((0, 500_01), r"more than the 500\.00 that the claim comes to", 1),
        ((300_00, 200_01), r"leave only 200\.00 of the 500\.00", 1),
        ((-1, 0), "cannot be settled", 0),
    ],
)
def test_more_than_there_is_cannot_be_chosen(
    session: Session, amounts: tuple[int, int], says: str, at: int
) -> None:
    advances = [paid(session, 300_00, ends=3), paid(session, 900_00, ends=9)]
    claim = approved(session, "alice", 500_00)
    with pytest.raises(Invalid, match=says) as refused:
        choose(session, claim, {a.id: n for a, n in zip(advances, amounts, strict=True)})
    assert refused.value.field == f"settle-{advances[at].id}-amount"
    assert choosing.shares_of(session, claim) == []


def test_another_claim_is_offered_only_the_rest_until_the_first_is_given_up(
    session: Session,
) -> None:
    advance = paid(session, 300_00)
    first, second = (approved(session, "alice", total) for total in (250_00, 400_00))
    choose(session, first, {advance.id: 200_00})
    assert offered(session, second) == [(100_00, 100_00)]
    with pytest.raises(Invalid, match=r"Only 100\.00"):
        choose(session, second, {advance.id: 100_01})
    for state in (RETURNED, REJECTED):
        first.state = state
        session.flush()
        assert offered(session, second) == [(300_00, 300_00)]


def test_a_claim_without_a_choice_leaves_alone_what_another_has_reserved(
    session: Session,
) -> None:
    advance = paid(session, 300_00)
    silent, chooser = (approved(session, "alice", 400_00) for _each in range(2))
    choose(session, chooser, {advance.id: 250_00})
    assert settling.net(session, silent) == ({advance.id: 50_00}, 350_00)
    for claims in ([silent, chooser], [chooser, silent]):
        both = settling.nets(session, claims)
        assert (both[silent.id].to_pay, both[chooser.id].to_pay) == (350_00, 150_00)


def test_what_was_left_out_is_not_settled(session: Session) -> None:
    first = paid(session, 300_00)
    claim = approved(session, "alice", 500_00)
    choose(session, claim, {first.id: 0})
    paid(session, 200_00)
    assert settling.net(session, claim) == ({}, 500_00)


def test_of_what_came_back_in_cash_meanwhile_the_rest_is_settled(session: Session) -> None:
    advance, claim = paid(session, 300_00), approved(session, "alice", 500_00)
    choose(session, claim, {advance.id: 200_00})
    repay(session, advance, 250_00)
    assert [share.amount for share in choosing.shares_of(session, claim)] == [50_00]
    batch = start(session, claim)
    assert session.scalar(select(Payment.amount).where(Payment.claim_id == claim.id)) == 450_00
    assert (advance.state, advance.owed) == ("settled", 0)
    close(session, batch)
    assert settling.net(session, claim) == ({advance.id: 50_00}, 450_00)
    [share] = choosing.shares_of(session, claim)
    assert (share.chosen, share.amount) == (200_00, 50_00)


def test_a_claim_paid_in_full_settles_nothing_of_what_is_owed_later(session: Session) -> None:
    claim = approved(session, "alice", 500_00)
    close(session, start(session, claim))
    paid(session, 300_00)
    assert settling.net(session, claim) == ({}, 500_00)


def test_the_owner_is_told_what_is_owed_after_each_settlement(session: Session) -> None:
    advance, claim = paid(session, 300_00), approved(session, "alice", 100_00)
    choose(session, claim, {advance.id: 60_00})
    batch = start(session, claim)
    payment.cancel_batch(
        session, batch, shown=batch.version, by=person(session, "heidi").id, at=now()
    )
    assert told(session, "alice")[-2:] == ["prior_settled", "prior_restored"]
    assert settling.net(session, claim) == ({advance.id: 60_00}, 40_00)


def test_of_many_claims_sent_at_once_all_together_reserve_what_is_open(app: Flask) -> None:
    with writing(app) as session:
        advance_id = paid(session, 500_00).id
        claims = [approved(session, "alice", 200_00).id for _each in range(MANY)]
    barrier = Barrier(MANY)

    def reserve(claim_id: int) -> int:
        with app.app_context():
            barrier.wait(30)
            begin_writing(db.session())
            try:
                choose(db.session(), db.session.get_one(Claim, claim_id), {advance_id: 200_00})
                db.session.commit()
            except Invalid:
                db.session.rollback()
                return 0
            return 200_00

    with ThreadPoolExecutor(MANY) as pool:
        assert sum(pool.map(reserve, claims)) == 400_00


SUM = st.integers(min_value=0, max_value=400_00)
PLACE = st.integers(min_value=0, max_value=3)
DEEDS = ("choose", "return", "resend", "start", "close", "cancel", "fail", "repay")
STEPS = st.lists(st.tuples(st.sampled_from(DEEDS), PLACE, SUM, SUM), max_size=16)


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(STEPS, st.lists(st.integers(min_value=1, max_value=500_00), min_size=4, max_size=4))
def test_whatever_the_order_nothing_is_negative_or_paid_twice_and_all_adds_up(
    session: Session, steps: list[tuple[str, int, int, int]], totals: list[int]
) -> None:
    session.rollback()
    session.execute(update(PriorRequest).values(owed=0, state="settled"))
    session.commit()
    advances = [paid(session, 300_00, ends=3), paid(session, 200_00, ends=9)]
    claims = [approved(session, "alice", total) for total in totals]
    batches: dict[int, Batch] = {}
    for what, place, *amounts in steps:
        try:
            with session.begin_nested():
                _do(session, what, claims[place], advances, amounts, batches)
        except Refusal:
            pass
        for each in (*advances, *claims):
            session.refresh(each)
        _check(session, advances, claims)
    ids = [claim.id for claim in claims]
    transfers = select(func.sum(Payment.amount)).where(Payment.state == "paid")
    transferred = session.scalar(transfers.where(Payment.claim_id.in_(ids))) or 0
    paid_claims = [claim for claim in claims if claim.state == PAID]
    settled = sum(sum(settling.net(session, claim)[0].values()) for claim in paid_claims)
    assert transferred + settled == sum(claim.total for claim in paid_claims)


def _do(
    session: Session, what: str, claim: Claim, advances: list[PriorRequest],
    amounts: list[int], batches: dict[int, Batch],
) -> None:  # fmt: skip
    heidi = person(session, "heidi").id
    if what == "choose" and claim.state == APPROVED:
        wanted = {each.id: amount for each, amount in zip(advances, amounts, strict=True)}
        # What is not owed any more is not offered.
        choose(session, claim, {each.id: wanted[each.id] for each in advances if each.owed})
    elif what == "return" and claim.state == APPROVED:
        claim.state = RETURNED
    elif what == "resend" and claim.state == RETURNED:
        offers = choosing.offers(session, claim)
        choose(session, claim, {offer.advance.id: offer.amount for offer in offers})
        claim.state = APPROVED
    elif what == "start" and claim.state == APPROVED:
        batches[claim.id] = start(session, claim)
    elif what == "repay":
        repay(session, advances[amounts[0] % 2], amounts[1])
    elif what == "cancel" and claim.id in batches:
        batch = batches.pop(claim.id)
        payment.cancel_batch(session, batch, shown=batch.version, by=heidi, at=now())
    elif what in ("close", "fail") and claim.id in batches:
        batch = batches.pop(claim.id)
        payments = session.scalars(select(Payment.id).where(Payment.batch_id == batch.id))
        failed = dict.fromkeys(payments, "account closed") if what == "fail" else {}
        payment.close_batch(
            session, batch, today(), "B", failed, shown=batch.version, by=heidi, at=now(),
            today=today(),
        )  # fmt: skip


def _check(session: Session, advances: list[PriorRequest], claims: list[Claim]) -> None:
    for advance in advances:
        moved = select(func.sum(Movement.amount)).where(Movement.advance_id == advance.id)
        assert advance.owed == (session.scalar(moved) or 0) >= 0
        assert (advance.state == "settled") == (advance.owed == 0)
    for claim in claims:
        settled, to_pay = settling.net(session, claim)
        assert sum(settled.values()) + to_pay == claim.total
        assert to_pay >= 0
        chosen = {row.advance_id: row.amount for row in settling.planned_for(session, [claim.id])}
        assert all(amount <= chosen.get(each, amount) for each, amount in settled.items())
    waiting = [claim for claim in claims if claim.state == APPROVED]
    together: dict[int, int] = {}
    for each in settling.nets(session, waiting).values():
        for advance_id, amount in each.settled.items():
            together[advance_id] = together.get(advance_id, 0) + amount
    assert all(together.get(advance.id, 0) <= advance.owed for advance in advances)
