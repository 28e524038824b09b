"""What is owed: it always adds up, is never negative, and nothing happens twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.claims import choosing, payment, settling
from portal.claims.models import Batch, Claim, Payment
from portal.core.clock import now
from portal.core.db import begin_writing, db
from portal.core.errors import Invalid, NotAllowed, Refusal, Stale
from portal.core.money import format_plain
from portal.prior import balance, events
from portal.prior.models import Movement, PriorRequest
from tests.blueprints.payments.cases import approved as approved_claim
from tests.claims.stories import person, writing
from tests.prior.requests import close, happened, paid, seen, today

MANY = 12


def claim_of(session: Session, total: int, name: str = "alice") -> Claim:
    return approved_claim(session, name, total)


def start(session: Session, *claims: Claim) -> Batch:
    heidi = person(session, "heidi").id
    return payment.start_batch(session, [claim.id for claim in claims], by=heidi, at=now())


def repay(
    session: Session, advance: PriorRequest, amount: int, by: str = "carol", **more: object
) -> None:
    looked = seen(session, advance.id, by)
    values = {"on": today(), "today": today(), "shown": advance.version, "at": now()}
    balance.repay(session, looked, format_plain(amount), "R-7", **(values | more))  # type: ignore[arg-type]


def moved(session: Session, advance: PriorRequest) -> list[tuple[str, int]]:
    rows = select(Movement.kind, Movement.amount).where(Movement.advance_id == advance.id)
    return [(row.kind, row.amount) for row in session.execute(rows.order_by(Movement.id))]


def amounts(session: Session, batch: Batch) -> list[int]:
    found = select(Payment.amount).where(Payment.batch_id == batch.id).order_by(Payment.claim_id)
    return list(session.scalars(found))


def test_a_paid_advance_is_owed(session: Session) -> None:
    advance = paid(session, 1_200_00)
    assert (advance.state, advance.owed) == ("paid", 1_200_00)
    assert moved(session, advance) == [("paid", 1_200_00)]
    assert happened(session, advance)[-2:] == [events.PAYMENT_STARTED, events.PAID]


def test_a_claim_settles_and_the_bank_pays_the_rest(session: Session) -> None:
    advance, claim = paid(session, 300_00), claim_of(session, 500_00)
    batch = start(session, claim)
    assert amounts(session, batch) == [200_00]
    assert [row.amount for row in payment.transfers(session, batch)] == [200_00]
    assert (advance.state, advance.owed) == ("settled", 0)
    close(session, batch)
    assert claim.state == "paid"
    assert settling.net(session, claim) == ({advance.id: 300_00}, 200_00)


def test_a_claim_that_an_advance_covers_is_paid_without_a_transfer(session: Session) -> None:
    advance, claim = paid(session, 800_00), claim_of(session, 500_00)
    person(session, "alice").bank_account = ""
    batch = start(session, claim)
    assert (amounts(session, batch), list(payment.transfers(session, batch))) == ([0], [])
    close(session, batch)
    assert (claim.state, advance.state, advance.owed) == ("paid", "paid", 300_00)


def test_the_claimant_says_how_much_of_which_advance(session: Session) -> None:
    first, second = paid(session, 300_00, ends=3), paid(session, 300_00, ends=9)
    claim = claim_of(session, 400_00)
    assert settling.net(session, claim) == ({first.id: 300_00, second.id: 100_00}, 0)
    choosing.plan_settlement(session, claim, {first.id: 0, second.id: 120_00})
    assert settling.net(session, claim) == ({second.id: 120_00}, 280_00)
    start(session, claim)
    assert (first.owed, second.owed) == (300_00, 180_00)


def test_nobody_settles_the_advance_of_somebody_else(session: Session) -> None:
    advance = paid(session, 300_00)
    claim = claim_of(session, 400_00, "dan")
    with pytest.raises(Invalid):
        choosing.plan_settlement(session, claim, {advance.id: 100_00})
    assert settling.net(session, claim) == ({}, 400_00)


def test_one_batch_shares_an_advance_among_its_claims(session: Session) -> None:
    advance = paid(session, 300_00)
    claims = [claim_of(session, total) for total in (200_00, 200_00)]
    assert amounts(session, start(session, *claims)) == [0, 100_00]
    assert advance.owed == 0


@pytest.mark.parametrize("fails", [True, False])
def test_what_was_not_paid_after_all_is_owed_again(session: Session, fails: bool) -> None:
    advance, claim = paid(session, 300_00), claim_of(session, 500_00)
    batch = start(session, claim)
    if fails:
        [payment_id] = session.scalars(select(Payment.id).where(Payment.batch_id == batch.id))
        close(session, batch, {payment_id: "account closed"})
    else:
        heidi = person(session, "heidi").id
        payment.cancel_batch(session, batch, shown=batch.version, by=heidi, at=now())
        session.commit()
    assert (claim.state, advance.state, advance.owed) == ("approved", "paid", 300_00)
    assert moved(session, advance)[1:] == [("settled", -300_00), ("restored", 300_00)]
    assert amounts(session, start(session, claim)) == [200_00]


def test_cash_is_returned_up_to_what_is_owed_and_with_a_reference(session: Session) -> None:
    advance = paid(session, 300_00)
    with pytest.raises(Invalid, match=r"more than the 300\.00"):
        repay(session, advance, 300_01)
    with pytest.raises(NotAllowed):
        repay(session, advance, 1_00, by="alice")
    repay(session, advance, 100_00)
    with pytest.raises(Stale):
        repay(session, advance, 100_00, shown=advance.version - 1)
    repay(session, advance, 200_00)
    assert (advance.state, advance.owed) == ("settled", 0)


def test_an_advance_that_failed_can_be_paid_in_the_next_batch(session: Session) -> None:
    advance = paid(session, 300_00)
    with pytest.raises(Stale):
        balance.pay_out(session, advance.id, on=today(), reference="again", by=1, at=now())
    assert moved(session, advance) == [("paid", 300_00)]


SUMS = st.integers(min_value=1, max_value=500_00)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("claim"), SUMS),
        st.tuples(st.just("repay"), SUMS),
        st.tuples(st.sampled_from(("close", "cancel", "fail", "restore", "pay")), SUMS),
    ),
    max_size=12,
)


@settings(
    max_examples=30, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(STEPS)
def test_no_order_of_events_makes_it_negative_or_pays_twice(
    session: Session, steps: list[tuple[str, int]]
) -> None:
    session.rollback()
    session.execute(update(PriorRequest).values(owed=0, state="settled"))
    session.commit()
    advance, batches, wanted = paid(session, 600_00), [], []
    for what, amount in steps:
        try:
            with session.begin_nested():
                _do(session, advance, what, amount, batches, wanted)
        except Refusal:
            pass
        session.refresh(advance)
        assert advance.owed == sum(each for _kind, each in moved(session, advance)) >= 0
        assert (advance.state == "settled") == (advance.owed == 0)
    assert [kind for kind, _amount in moved(session, advance)].count("paid") == 1
    for claim in wanted:
        settled, to_pay = settling.net(session, claim)
        assert sum(settled.values()) + to_pay == claim.total
    open_sums = select(func.sum(Payment.amount)).where(Payment.state == "paid")
    spent = session.scalar(open_sums.where(Payment.claim_id.in_([c.id for c in wanted]))) or 0
    done = sum(claim.total for claim in wanted if claim.state == "paid")
    gone = -sum(each for kind, each in moved(session, advance) if kind in ("settled", "restored"))
    held = sum(
        sum(settling.net(session, claim)[0].values()) for claim in wanted if claim.state == "paying"
    )
    assert spent + gone == done + held, "what claims were paid and settled is what they cost"


def _do(
    session: Session, advance: PriorRequest, what: str, amount: int, batches: list[Batch],
    wanted: list[Claim],
) -> None:  # fmt: skip
    heidi = person(session, "heidi").id
    if what == "claim":
        claim = claim_of(session, amount)
        batches.append(start(session, claim))
        wanted.append(claim)
    elif what == "repay":
        repay(session, advance, amount)
    elif what == "pay":
        balance.pay_out(session, advance.id, on=today(), reference="x", by=heidi, at=now())
    elif batches and what == "restore":
        balance.restore(
            session, advance.id, wanted[-1].total + 1, claim_id=wanted[-1].id, number="",
            on=today(), by=heidi, at=now(),
        )  # fmt: skip
    elif batches and what == "cancel":
        payment.cancel_batch(session, batches[0], shown=batches[0].version, by=heidi, at=now())
        batches.pop(0)
    elif batches:
        failing = select(Payment.id).where(Payment.batch_id == batches[0].id)
        failed = dict.fromkeys(session.scalars(failing), "no") if what == "fail" else {}
        payment.close_batch(
            session, batches[0], today(), "B", failed, shown=batches[0].version, by=heidi,
            at=now(), today=today(),
        )  # fmt: skip
        batches.pop(0)


@given(
    owed=st.dictionaries(st.integers(1, 5), st.integers(0, 1000), max_size=5),
    wanted=st.dictionaries(st.integers(1, 6), st.integers(0, 1200), max_size=5),
    total=st.integers(0, 3000),
)
def test_the_shares_of_a_claim_never_exceed_it_nor_what_is_owed(
    owed: dict[int, int], wanted: dict[int, int], total: int
) -> None:
    parts = balance.shares(owed, wanted, total)
    assert sum(parts.values()) <= total
    assert all(0 < part <= min(owed[key], wanted.get(key, part)) for key, part in parts.items())
    possible = sum(min(most, wanted.get(key, most)) for key, most in owed.items())
    assert sum(parts.values()) == min(possible, total)


def test_of_many_who_take_from_one_advance_at_once_it_gives_what_is_owed(app: Flask) -> None:
    with writing(app) as session:
        advance_id = paid(session, 500_00).id
        claims = [claim_of(session, 100_00).id for _each in range(MANY)]
    barrier = Barrier(MANY)

    def settle(claim_id: int) -> bool:
        with app.app_context():
            barrier.wait(30)
            begin_writing(db.session())
            heidi = person(db.session(), "heidi").id
            try:
                if claim_id % 2:
                    payment.start_batch(db.session(), [claim_id], by=heidi, at=now())
                else:
                    repay(db.session(), db.session.get_one(PriorRequest, advance_id), 100_00)
                db.session.commit()
            except Refusal:
                db.session.rollback()
                return False
            return True

    with ThreadPoolExecutor(MANY) as pool:
        done = list(pool.map(settle, claims))
    with app.app_context():
        advance = db.session.get_one(PriorRequest, advance_id)
        movements = moved(db.session(), advance)
        assert advance.owed == sum(amount for _kind, amount in movements) >= 0
        settled = sum(-amount for kind, amount in movements if kind == "settled")
        transferred = db.session.scalar(
            select(func.sum(Payment.amount)).where(Payment.claim_id.in_(claims))
        )
        started = sum(ok for ok, claim_id in zip(done, claims, strict=True) if claim_id % 2)
        assert settled + (transferred or 0) == started * 100_00
