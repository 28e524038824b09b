"""The demo company: its books balance, its cast is there, and its past mails nobody."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import demo
from portal.claims import events, models
from portal.claims.inbox_queries import inbox
from portal.claims.models import Batch, Claim, Line, Payment, Receipt, Settlement, Template
from portal.claims.payment_queries import to_pay
from portal.core.events import Event, broken_links
from portal.core.files import Store
from portal.core.jobs import Job
from portal.core.notices import Notice
from portal.invoices.models import Invoice
from portal.invoices.readers import read
from portal.people.models import PORTAL_ONLY, Department, Person
from portal.people.queries import Organisation
from tests.demo.conftest import TODAY, person

CAST = ("alice", "bob", "carol", "dan", "erin", "frank", "grace", "admin")


STATE_AFTER = {
    events.CREATED: models.DRAFT,
    events.SUBMITTED: models.SUBMITTED,
    events.STEP_APPROVED: models.SUBMITTED,
    events.AUTO_APPROVED: models.APPROVED,
    events.APPROVED: models.APPROVED,
    events.RETURNED: models.RETURNED,
    events.REJECTED: models.REJECTED,
    events.WITHDRAWN: models.WITHDRAWN,
    events.PAYMENT_STARTED: models.PAYING,
    events.PAYMENT_FAILED: models.APPROVED,
    events.PAID: models.PAID,
}


def test_the_events_of_each_claim_lead_to_its_state(session: Session) -> None:
    told: dict[int, str] = {}
    rows = session.execute(
        select(Event.subject_id, Event.kind).where(Event.subject_kind == "claim").order_by(Event.id)
    )
    for claim_id, kind in rows:
        told[claim_id] = STATE_AFTER.get(kind, told.get(claim_id, ""))
        if kind == events.DELETED:
            del told[claim_id]
    stored = {row.id: row.state for row in session.execute(select(Claim.id, Claim.state))}
    assert told == stored


def test_the_log_is_whole_and_in_the_order_of_time(session: Session) -> None:
    assert list(broken_links(session)) == []
    moments = session.scalars(select(Event.at).order_by(Event.id)).all()
    assert moments == sorted(moments)
    assert moments[-1] < datetime(2026, 11, 23, 16, tzinfo=UTC), "nothing happens after the eve"


def test_each_total_is_the_sum_of_its_lines(session: Session) -> None:
    wrong = session.execute(
        select(Claim.id, Claim.total, func.sum(Line.amount))
        .join(Line, Line.claim_id == Claim.id)
        .group_by(Claim.id)
        .having(Claim.total != func.coalesce(func.sum(Line.amount), 0))
    ).all()
    assert wrong == []


def test_every_paid_claim_is_paid_once_and_in_full(session: Session) -> None:
    paid: dict[int, list[int]] = defaultdict(list)
    for payment in session.scalars(select(Payment).where(Payment.state == models.PAYMENT_PAID)):
        if payment.claim_id is not None:
            paid[payment.claim_id].append(payment.amount)
    settled: Counter[int] = Counter()
    for each in session.scalars(select(Settlement)):
        settled[each.claim_id] += each.settled or 0
    claims = session.scalars(select(Claim).where(Claim.state == models.PAID)).all()
    assert {claim.id: [claim.total - settled[claim.id]] for claim in claims} == paid
    assert len(claims) > 450
    states = Counter(session.scalars(select(Payment.state)))
    assert states[models.PAYMENT_FAILED] >= 1, "a payment that failed belongs to the history"
    assert session.scalars(select(Batch.state)).all().count(models.BATCH_OPEN) >= 1


def test_there_is_a_year_of_claims_in_every_state(session: Session) -> None:
    states = Counter(session.scalars(select(Claim.state)))
    assert set(states) == set(models.STATES)
    assert 600 <= states.total() <= 720
    first = session.scalar(select(func.min(Claim.created_at)))
    assert first is not None
    assert first < datetime(2026, 1, 1, tzinfo=UTC)
    weekend = [
        moment
        for moment in session.scalars(select(Claim.created_at))
        if (moment + timedelta(hours=8)).weekday() >= 5
    ]
    assert 0 < len(weekend) < states.total() * 0.1


def test_nobody_decided_or_paid_his_own_claim(session: Session) -> None:
    decisions = (events.STEP_APPROVED, events.APPROVED, events.RETURNED, events.REJECTED)
    own = session.execute(
        select(Event.id)
        .join(Claim, Claim.id == Event.subject_id)
        .where(
            Event.subject_kind == "claim",
            Event.kind.in_((*decisions, events.PAID)),
            Event.actor_id == Claim.claimant_id,
        )
    ).all()
    assert own == []


@pytest.mark.parametrize("name", CAST)
def test_the_cast_can_sign_in_by_short_name(session: Session, name: str) -> None:
    found = person(session, name)
    assert found.email == f"{name}@demo.example"
    assert found.password_hash == "hash"


def test_the_cast_stands_where_the_stories_need_it(session: Session) -> None:
    who = Organisation(session)
    ids = {name: person(session, name).id for name in CAST}
    alice, dan = person(session, "alice"), person(session, "dan")
    assert who.manager_of(ids["alice"]) == ids["bob"]
    assert who.company_head() == ids["grace"]
    assert alice.department_id != dan.department_id
    assert ids["carol"] in {*who.holders_of("finance")} & {*who.holders_of("payer")}
    assert len([*who.holders_of("finance")]) == len([*who.holders_of("payer")]) == 2
    assert ids["erin"] in [*who.holders_of("support")]
    assert [*who.holders_of("trainer")] == [ids["frank"]]
    assert [*who.holders_of("admin")] == [ids["admin"]]
    assert [*who.holders_of("auditor")]


def test_the_company_has_sixty_people_in_six_departments(session: Session) -> None:
    people = session.scalars(select(Person)).all()
    assert 55 <= len(people) <= 65
    below = session.scalars(select(Department).where(Department.parent_id.is_not(None))).all()
    assert len(below) == 6
    assert all(department.head_id for department in below)
    assert {each.grade for each in people} == {"staff", "manager", "director"}
    assert {each.language for each in people} == {"zh", "en"}
    assert len({each.bank_account for each in people}) == len(people)


def test_alice_has_a_claim_of_every_kind(session: Session) -> None:
    alice = person(session, "alice")
    claims = session.scalars(select(Claim).where(Claim.claimant_id == alice.id)).all()
    assert {claim.state for claim in claims} == set(models.STATES)
    assert any(claim.asked_by_id for claim in claims), "one question waits for her answer"
    objections = [line.objection for claim in claims for line in claim.lines if line.objection]
    assert len(objections) >= 2
    draft = max((c for c in claims if c.state == models.DRAFT), key=lambda claim: claim.id)
    assert [line.typed for line in draft.lines if line.typed] == [{"amount": "1O2.00"}]
    templates = select(func.count()).where(Template.owner_id == alice.id)
    assert session.scalar(templates) == 2


def test_inboxes_are_full_and_some_of_it_is_late(session: Session) -> None:
    now = datetime(2026, 11, 24, 2, tzinfo=UTC)
    bobs = inbox(session, person(session, "bob").id)
    carols = inbox(session, person(session, "carol").id)
    assert 7 <= len(bobs) <= 12
    assert 8 <= len(carols) <= 16
    assert {bool(row.findings) for row in bobs} == {True, False}
    assert {row.due_at < now for row in bobs} == {True, False}
    assert len(to_pay(session)) >= 3


def test_the_worker_finds_no_mail_of_the_past(session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(Job)) == 0
    assert session.scalars(select(Person.notices_by).distinct()).all() != [PORTAL_ONLY]
    unmailed = (
        select(func.count(Notice.id))
        .join(Person, Person.id == Notice.person_id)
        .where(Notice.mailed_at.is_(None), Person.notices_by != PORTAL_ONLY)
    )
    assert session.scalar(unmailed) == 0
    old = datetime(2026, 10, 24, tzinfo=UTC)
    unread = select(Notice.id).where(Notice.read_at.is_(None), Notice.at < old)
    assert session.scalars(unread).all() == []


def test_receipts_are_kept_and_invoices_read_back(session: Session, store: Store) -> None:
    receipts = session.scalars(select(Receipt)).all()
    assert {len(store.read(sha)) > 0 for sha in {each.sha256 for each in receipts}} == {True}
    digital = [each for each in receipts if each.invoice_id]
    assert len(digital) >= 30
    assert len(set(session.scalars(select(Invoice.key)))) == len(digital)
    for receipt in digital:
        line = session.get_one(Line, receipt.line_id)
        said = read(store.read(receipt.sha256), receipt.media_type)[0]
        assert (said.total, said.issued_on, said.unread) == (line.amount, line.spent_on, ())
        assert said.number is not None
        assert len(said.number) == 20


def test_it_refuses_a_database_with_people(session: Session, store: Store) -> None:
    assert not demo.is_empty(session)
    with pytest.raises(ValueError, match="empty"):
        demo.load(session, store, today=TODAY, password_hash="hash")
