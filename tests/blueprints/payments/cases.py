"""Approved claims and batches for the tests of payments."""

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.claims import payment
from portal.claims.models import APPROVED, Batch, Claim, Payment
from portal.core.db import begin_writing, db
from portal.core.events import Event
from portal.people.companies import company_of
from portal.people.models import Person

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def person(session: Session, name: str) -> Person:
    return session.scalars(select(Person).where(Person.number == name)).one()


def approved(session: Session, name: str, total: int, purpose: str = "Visit to a client") -> Claim:
    """An approved claim of somebody, over ``total`` fen."""
    number = (session.scalar(select(func.count()).select_from(Claim)) or 0) + 1
    owner = person(session, name)
    at = AT + timedelta(minutes=number)
    claim = Claim(
        number=f"BX2026-{number:06d}", claimant_id=owner.id, department_id=owner.department_id,
            company_id=company_of(session, owner.department_id),
        state=APPROVED, purpose=purpose, total=total, created_at=at, updated_at=at,
        submitted_at=at, decided_at=at, findings=[],
    )  # fmt: skip
    session.add(claim)
    session.flush()
    return claim


def store_approved(app: Flask, *claims: tuple[str, int]) -> list[int]:
    """Approved claims of (name, fen) in the database; their ids."""
    with app.app_context():
        begin_writing(db.session())
        ids = [approved(db.session(), name, total).id for name, total in claims]
        db.session.commit()
    return ids


def store_batch(app: Flask, *claims: tuple[str, int], by: str = "carol") -> int:
    """A batch of such claims made by a payer; its id."""
    ids = store_approved(app, *claims)
    with app.app_context():
        begin_writing(db.session())
        session = db.session()
        batch = payment.start_batch(session, ids, by=person(session, by).id, at=AT)
        session.commit()
        return batch.id


def states(app: Flask) -> list[str]:
    """The states of all claims in the order of their numbers."""
    with app.app_context():
        return list(db.session.scalars(select(Claim.state).order_by(Claim.number)))


def batch_states(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Batch.state).order_by(Batch.id)))


def payments(app: Flask) -> list[tuple[int, str]]:
    """Claim and state of every payment that was ever made."""
    with app.app_context():
        rows = db.session.execute(select(Payment.claim_id, Payment.state).order_by(Payment.id))
        return [(row.claim_id, row.state) for row in rows]


def happened(app: Flask, kind: str) -> int:
    """How many events of a kind there are."""
    with app.app_context():
        return db.session.scalar(select(func.count()).where(Event.kind == kind)) or 0
