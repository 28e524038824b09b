"""Named reads about payments, each a fixed number of queries, in a stable order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from portal.claims.list_queries import LISTED
from portal.claims.models import APPROVED, Batch, Claim, Payment
from portal.claims.queries import PAGE
from portal.core.db import Rows
from portal.people.models import Person
from portal.prior.models import ADVANCE, PriorRequest

WAITING_PAGE = 100
"""Claims on a page of those that wait for money: enough for one batch."""


def _sum(column: Any) -> Any:
    """A sum of minor units; PostgreSQL would answer with a decimal."""
    return cast(func.sum(column), BigInteger)


def to_pay(session: Session, after: tuple[datetime, int] | None = None) -> Rows:
    """Approved claims that wait for money, oldest approval first, and one row more if there are.

    ``after`` pages by key: the moment of approval and the id of the last claim seen.
    """
    found = _payable().order_by(Claim.decided_at, Claim.id).limit(WAITING_PAGE + 1)
    if after:
        moment, claim_id = after
        found = found.where(
            or_(
                Claim.decided_at > moment,
                and_(Claim.decided_at == moment, Claim.id > claim_id),
            )
        )
    return session.execute(found).all()


def chosen_to_pay(session: Session, claim_ids: Sequence[int]) -> Rows:
    """Those of the claims that are approved and wait for money, by number."""
    return session.execute(_payable().where(Claim.id.in_(claim_ids)).order_by(Claim.number)).all()


def _payable() -> Any:
    return (
        select(*LISTED, Claim.claimant_id, Claim.company_id, Claim.decided_at,
               Person.name.label("claimant"), Person.bank_name, Person.bank_account)
        .join(Person, Person.id == Claim.claimant_id)
        .where(Claim.state == APPROVED)
    )  # fmt: skip


def that_settle(session: Session) -> Rows:
    """Approved claims whose claimants owe advances, in the order of ``to_pay``. One query.

    Only of these less than the total is paid; every other claim is paid in full.
    """
    owes = (
        PriorRequest.owner_id == Claim.claimant_id,
        PriorRequest.kind == ADVANCE,
        PriorRequest.owed > 0,
    )
    found = select(
        Claim.id, Claim.state, Claim.claimant_id, Claim.company_id, Claim.currency, Claim.total
    ).where(Claim.state == APPROVED, exists().where(*owes))
    return session.execute(found.order_by(Claim.decided_at, Claim.id)).all()


def advances_to_pay(session: Session, chosen: Sequence[int] | None = None) -> Rows:
    """Approved advances that wait for money, oldest approval first; or the ``chosen`` ones."""
    found = (
        select(PriorRequest.id, PriorRequest.number, PriorRequest.purpose, PriorRequest.currency,
               PriorRequest.amount, PriorRequest.owner_id, PriorRequest.decided_at,
               Person.name.label("owner"), Person.bank_name, Person.bank_account)
        .join(Person, Person.id == PriorRequest.owner_id)
        .where(PriorRequest.kind == ADVANCE, PriorRequest.state == APPROVED)
        .order_by(PriorRequest.decided_at, PriorRequest.id)
        .limit(WAITING_PAGE)
    )  # fmt: skip
    if chosen is not None:
        found = found.where(PriorRequest.id.in_(chosen))
    return session.execute(found).all()


def waiting_sum(session: Session) -> tuple[int, int]:
    """How many claims and advances wait for money, and what they come to in minor units."""
    claims = select(func.count(), _sum(Claim.total)).where(Claim.state == APPROVED)
    advances = select(func.count(), _sum(PriorRequest.amount)).where(
        PriorRequest.kind == ADVANCE, PriorRequest.state == APPROVED
    )
    rows = [session.execute(each).one() for each in (claims, advances)]
    return sum(row[0] for row in rows), sum(int(row[1] or 0) for row in rows)


def batches(session: Session, before: int | None = None) -> Rows:
    """Batches with their makers, newest first, and one row more if there are.

    ``total`` is what the bank transfers, ``gross`` what the claims and advances come to.
    """
    of_batch = Payment.batch_id == Batch.id
    gross = (
        select(_sum(func.coalesce(Claim.total, Payment.amount)))
        .select_from(Payment)
        .outerjoin(Claim, Claim.id == Payment.claim_id)
        .where(of_batch)
    )
    found = (
        select(
            Batch, Person.name.label("maker"),
            select(func.count()).where(of_batch).scalar_subquery().label("claims"),
            select(_sum(Payment.amount)).where(of_batch).scalar_subquery().label("total"),
            gross.scalar_subquery().label("gross"),
        )
        .join(Person, Person.id == Batch.created_by_id)
        .order_by(Batch.id.desc())
        .limit(PAGE + 1)
    )  # fmt: skip
    return session.execute(found.where(Batch.id < before) if before else found).all()


def batch_with_names(session: Session, batch_id: int) -> Any:
    """A batch and who made it. One query."""
    return session.execute(
        select(Batch, Person.name.label("maker"))
        .join(Person, Person.id == Batch.created_by_id)
        .where(Batch.id == batch_id)
    ).one_or_none()


def payments_of(session: Session, batch_id: int) -> Rows:
    """The payments of a batch by the number of claim or advance. One query."""
    number = func.coalesce(Claim.number, PriorRequest.number)
    return session.execute(
        select(Payment.id, Payment.amount, Payment.state, Payment.reason, Payment.claim_id,
               Payment.advance_id, number.label("number"),
               func.coalesce(Claim.total, Payment.amount).label("total"),
               func.coalesce(Claim.claimant_id, PriorRequest.owner_id).label("claimant_id"),
               func.coalesce(Claim.purpose, PriorRequest.purpose).label("purpose"),
               Payment.payee.label("name"), Payment.bank_name, Payment.bank_account)
        .outerjoin(Claim, Claim.id == Payment.claim_id)
        .outerjoin(PriorRequest, PriorRequest.id == Payment.advance_id)
        .where(Payment.batch_id == batch_id)
        .order_by(number)
    ).all()  # fmt: skip
