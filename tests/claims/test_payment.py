"""Paying: each claim once, by somebody else, and on record."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.claims import events, payment
from portal.claims.models import Batch, Claim, Payment
from portal.core.errors import Invalid, NotAllowed, NotNow, Stale
from portal.core.events import Event
from portal.core.notices import Beat, Notice, write_beats
from tests.blueprints.payments.cases import AT, approved, person

TODAY = date(2026, 3, 4)
LATER = AT + timedelta(days=1)


def payer(session: Session, name: str = "carol") -> int:
    return person(session, name).id


def batch_of(session: Session, *names: str) -> tuple[Batch, list[Claim]]:
    claims = [approved(session, name, 100_00 * n) for n, name in enumerate(names, start=1)]
    made = payment.start_batch(session, [c.id for c in claims], by=payer(session), at=AT)
    return made, claims


def close(
    session: Session, batch: Batch, failed: dict[int, str] | None = None, *, by: str = "carol",
    paid_on: date = TODAY, reference: str = "B-0417", shown: int = 1,
) -> None:  # fmt: skip
    payment.close_batch(
        session, batch, paid_on, reference, failed or {},
        shown=shown, by=payer(session, by), at=LATER, today=TODAY,
    )  # fmt: skip


def payment_ids(session: Session, batch: Batch) -> list[int]:
    found = select(Payment.id).where(Payment.batch_id == batch.id).order_by(Payment.claim_id)
    return list(session.scalars(found))


def told(session: Session, name: str) -> list[str]:
    wanted = Notice.person_id == payer(session, name)
    session.commit()
    return list(session.scalars(select(Notice.kind).where(wanted).order_by(Notice.id)))


def recorded(session: Session, claim: Claim) -> list[str]:
    session.commit()
    about = (Event.subject_kind == "claim", Event.subject_id == claim.id)
    return list(session.scalars(select(Event.kind).where(*about).order_by(Event.id)))


def test_a_batch_takes_its_claims_off_the_list(session: Session) -> None:
    batch, claims = batch_of(session, "alice", "dan")
    assert [claim.state for claim in claims] == ["paying", "paying"]
    assert [row.amount for row in payment.transfers(session, batch)] == [100_00, 200_00]


def test_a_claim_joins_one_batch_and_the_second_payer_is_told_which(session: Session) -> None:
    _batch, [claim] = batch_of(session, "alice")
    with pytest.raises(Stale, match=str(claim.number)):
        payment.start_batch(session, [claim.id], by=payer(session, "heidi"), at=AT)


def test_a_batch_with_one_lost_claim_is_not_made_at_all(session: Session) -> None:
    _batch, [lost] = batch_of(session, "alice")
    free = approved(session, "dan", 50_00)
    session.commit()
    with pytest.raises(Stale):
        payment.start_batch(session, [free.id, lost.id], by=payer(session), at=AT)
    session.rollback()
    session.refresh(free)
    assert free.state == "approved"


def test_nobody_pays_his_own_claim(session: Session) -> None:
    own = approved(session, "carol", 10_00)
    with pytest.raises(NotAllowed):
        payment.start_batch(session, [own.id], by=payer(session, "carol"), at=AT)


def test_nobody_closes_a_batch_with_his_own_claim(session: Session) -> None:
    batch, _claims = batch_of(session, "heidi", "alice")
    with pytest.raises(NotAllowed, match="another payer"):
        close(session, batch, by="heidi")


def test_a_claim_without_bank_account_stops_the_batch_by_name(session: Session) -> None:
    person(session, "dan").bank_account = "  "
    claims = [approved(session, "alice", 1), approved(session, "dan", 2)]
    with pytest.raises(Invalid, match="Dan"):
        payment.start_batch(session, [c.id for c in claims], by=payer(session), at=AT)


@pytest.mark.parametrize(("claims", "says"), [(0, "at least one"), (501, "at most 500")])
def test_a_batch_has_a_size(session: Session, claims: int, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        payment.start_batch(session, range(1, claims + 1), by=payer(session), at=AT)


def test_closing_pays_all_but_the_failed_and_tells_their_claimants(session: Session) -> None:
    batch, [paid, failed] = batch_of(session, "alice", "dan")
    close(session, batch, {payment_ids(session, batch)[1]: "account closed"})
    assert (paid.state, failed.state, batch.state) == ("paid", "approved", "closed")
    assert told(session, "alice") == [events.PAID]
    assert told(session, "dan") == [events.PAYMENT_FAILED]
    assert recorded(session, paid) == [events.PAYMENT_STARTED, events.PAID]
    assert recorded(session, failed) == [events.PAYMENT_STARTED, events.PAYMENT_FAILED]


def test_a_failed_claim_can_be_paid_in_the_next_batch(session: Session) -> None:
    batch, [claim] = batch_of(session, "alice")
    close(session, batch, {payment_ids(session, batch)[0]: "account closed"})
    second = payment.start_batch(session, [claim.id], by=payer(session), at=LATER)
    close(session, second)
    assert claim.state == "paid"
    states = select(Payment.state).where(Payment.claim_id == claim.id).order_by(Payment.id)
    assert list(session.scalars(states)) == ["failed", "paid"]


def test_a_batch_is_closed_once(session: Session) -> None:
    batch, [claim] = batch_of(session, "alice")
    close(session, batch)
    with pytest.raises(Stale, match="Nothing was paid twice"):
        close(session, batch, shown=1)
    with pytest.raises(Stale):
        close(session, batch, shown=2)
    assert recorded(session, claim).count(events.PAID) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"paid_on": date(2026, 3, 5)}, "paid_on"),
        ({"paid_on": date(2025, 3, 4)}, "paid_on"),
        ({"reference": "  "}, "reference"),
        ({"failed": {0: "not of this batch"}}, "failed"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    session: Session, wrong: dict[str, object], field: str
) -> None:
    batch, [claim] = batch_of(session, "alice")
    with pytest.raises(Invalid) as refused:
        close(session, batch, **wrong)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert claim.state == "paying"


def test_a_failed_payment_needs_a_reason(session: Session) -> None:
    batch, _claims = batch_of(session, "alice")
    with pytest.raises(Invalid, match="why the payment failed"):
        close(session, batch, {payment_ids(session, batch)[0]: " "})


def test_a_cancelled_batch_gives_its_claims_back(session: Session) -> None:
    batch, [claim] = batch_of(session, "alice")
    payment.cancel_batch(session, batch, shown=1, by=payer(session), at=LATER)
    assert (claim.state, batch.state) == ("approved", "cancelled")
    assert recorded(session, claim) == [events.PAYMENT_STARTED, events.PAYMENT_CANCELLED]
    payment.start_batch(session, [claim.id], by=payer(session, "heidi"), at=LATER)
    assert claim.state == "paying"


def test_a_paid_batch_is_not_cancelled_and_a_cancelled_one_not_paid(session: Session) -> None:
    paid, _claims = batch_of(session, "alice")
    close(session, paid)
    with pytest.raises(Stale):
        payment.cancel_batch(session, paid, shown=2, by=payer(session), at=LATER)
    undone, _claims = batch_of(session, "dan")
    payment.cancel_batch(session, undone, shown=1, by=payer(session), at=LATER)
    with pytest.raises(Stale):
        close(session, undone, shown=2)


def test_the_bank_gets_no_file_of_a_closed_batch(session: Session) -> None:
    batch, _claims = batch_of(session, "alice")
    payment.note_export(session, batch, by=payer(session), at=AT)
    close(session, batch)
    with pytest.raises(NotNow, match="pay once more"):
        payment.note_export(session, batch, by=payer(session), at=LATER)


def test_open_pages_of_the_claimants_notice_every_move(session: Session) -> None:
    alice = payer(session, "alice")
    batch, [claim] = batch_of(session, "alice")
    write_beats(session)
    beats = [(claim.beat, session.get_one(Beat, alice, populate_existing=True).count)]
    payment.cancel_batch(session, batch, shown=1, by=payer(session), at=LATER)
    write_beats(session)
    beats.append((claim.beat, session.get_one(Beat, alice, populate_existing=True).count))
    assert beats[1][0] > beats[0][0]
    assert beats[1][1] > beats[0][1]
