"""Submitted claims for bookkeeping: a row for each line, or for each part of a line in parts.

Read in chunks, so that years of claims need no more memory than a page of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Executable, Integer, and_, bindparam, func, select
from sqlalchemy.orm import Session

from portal.claims.list_queries import NARROWED, SENT, Filter
from portal.claims.models import (
    PAYMENT_FAILED,
    Batch,
    Claim,
    Line,
    Payment,
    Receipt,
    Split,
)
from portal.core.db import Rows, fetch
from portal.core.money import allocate
from portal.core.words import Amount, Named
from portal.invoices.models import Invoice
from portal.people.models import Company, Department, Person, Project
from portal.policy.models import CategoryRow

CHUNK = 500
"""Claims that are read at a time."""


class Booked(NamedTuple):
    """A line, or a part of one, as it is booked.

    ``original``, ``amount`` and ``tax`` of the parts of a line add up to those of the line;
    ``amount`` and ``tax`` are in the claim's currency. ``rate`` is None where none was needed.
    ``cost_centre`` is the department's where the claimant gave none for the whole line.
    ``batch`` and what follows are those of the payment that has not failed.
    """

    number: str
    company: Named
    claimant: str
    claimant_number: str
    department: Named
    cost_centre: str
    project: Named | None
    category: Named
    accounting_code: str
    spent_on: date | None
    purpose: str
    original: Amount | None
    rate: Decimal | None
    amount: Amount | None
    tax: Amount | None
    invoices: str
    state: str
    submitted_at: datetime
    approved_at: datetime | None
    paid_on: date | None
    batch: int | None
    reference: str


CLAIMS = (
    select(
        Claim.id, Claim.number, Claim.state, Claim.currency, Claim.submitted_at, Claim.decided_at,
        Person.name.label("claimant"), Person.number.label("claimant_number"),
        Company.name_zh.label("company_zh"), Company.name_en.label("company_en"),
        Department.name_zh, Department.name_en, Department.cost_centre,
        Batch.id.label("batch"), Batch.paid_on, Batch.reference,
    )
    .join(Person, Person.id == Claim.claimant_id)
    .join(Company, Company.id == Claim.company_id)
    .join(Department, Department.id == Claim.department_id)
    .outerjoin(Payment, and_(Payment.claim_id == Claim.id, Payment.state != PAYMENT_FAILED))
    .outerjoin(Batch, Batch.id == Payment.batch_id)
    .where(*SENT)
    .order_by(Claim.id.desc())
    .limit(bindparam("most", type_=Integer))
)  # fmt: skip
LINES = (
    select(
        Line.claim_id, Line.id, Line.spent_on, Line.category, Line.purpose, Line.currency,
        Line.original, Line.rate, Line.amount, Line.tax, Line.cost_centre,
        CategoryRow.name_zh, CategoryRow.name_en, CategoryRow.accounting_code,
        Split.id.label("part"), Split.amount.label("part_amount"),
        Split.cost_centre.label("part_cost_centre"),
        Project.name_zh.label("project_zh"), Project.name_en.label("project_en"),
    )
    .outerjoin(CategoryRow, CategoryRow.code == Line.category)
    .outerjoin(Split, Split.line_id == Line.id)
    .outerjoin(Project, Project.id == func.coalesce(Split.project_id, Line.project_id))
    .where(Line.claim_id.in_(bindparam("claim_ids", expanding=True)))
    .order_by(Line.claim_id, Line.position, Line.id, Split.position)
)  # fmt: skip
"""A row for each part, and one for a line as a whole."""
INVOICES = (
    select(Receipt.line_id, func.coalesce(Invoice.key, Invoice.number).label("number"))
    .join(Invoice, Invoice.id == Receipt.invoice_id)
    .where(Receipt.claim_id.in_(bindparam("claim_ids", expanding=True)))
    .order_by(Receipt.id)
)


def booked(session: Session, wanted: Filter) -> Iterator[Booked]:
    """Every line of everybody's submitted claims, newest claim first.

    Three queries for each ``CHUNK`` of claims.
    """
    while True:
        claims = fetch(session, _narrowed(wanted.asked), most=CHUNK, **wanted.values).all()
        yield from _booked(session, claims)
        if len(claims) < CHUNK:
            return
        wanted = replace(wanted, before=claims[-1].id)


@cache
def _narrowed(asked: tuple[str, ...]) -> Executable:
    return CLAIMS.where(*(NARROWED[name] for name in asked))


def _booked(session: Session, claims: Rows) -> Iterator[Booked]:
    if not claims:
        return
    ids = [claim.id for claim in claims]
    lines: dict[int, list[Any]] = {}
    for line in fetch(session, LINES, claim_ids=ids):
        lines.setdefault(line.claim_id, []).append(line)
    numbers: dict[int, dict[str, None]] = {}
    for row in fetch(session, INVOICES, claim_ids=ids):
        if row.number:
            numbers.setdefault(row.line_id, {})[row.number] = None
    for claim in claims:
        for line_id, parts in groupby(lines.get(claim.id, ()), attrgetter("id")):
            yield from _line(claim, list(parts), ", ".join(numbers.get(line_id, ())))


def _line(claim: Any, parts: Rows, invoices: str) -> Iterator[Booked]:
    line = parts[0]
    in_parts = line.part is not None
    amounts = [each.part_amount if in_parts else each.amount for each in parts]
    foreign, whole = line.currency != claim.currency, line.cost_centre or claim.cost_centre
    originals = _shared(line.original if foreign else line.amount, amounts)
    for part, amount, original, tax in zip(
        parts, amounts, originals, _shared(line.tax, amounts), strict=True
    ):
        yield Booked(
            number=claim.number,
            company=Named(claim.company_zh, claim.company_en),
            claimant=claim.claimant,
            claimant_number=claim.claimant_number,
            department=Named(claim.name_zh, claim.name_en),
            cost_centre=part.part_cost_centre if in_parts else whole,
            project=Named(part.project_zh, part.project_en) if part.project_zh else None,
            category=Named(line.name_zh or line.category, line.name_en or line.category),
            accounting_code=line.accounting_code or "",
            spent_on=line.spent_on,
            purpose=line.purpose,
            original=_amount(original, line.currency),
            rate=line.rate if foreign else None,
            amount=_amount(amount, claim.currency),
            tax=_amount(tax, claim.currency),
            invoices=invoices,
            state=claim.state,
            submitted_at=claim.submitted_at,
            approved_at=claim.decided_at,
            paid_on=claim.paid_on,
            batch=claim.batch,
            reference=claim.reference or "",
        )


def _amount(minor: int | None, currency: str) -> Amount | None:
    return None if minor is None else Amount(minor, currency)


def _shared(total: int | None, amounts: Sequence[int | None]) -> Iterable[int | None]:
    """``total`` over the parts of a line as its amount is, adding up to the last unit."""
    if total is None or len(amounts) == 1:
        return [total] * len(amounts)
    weights = [max(amount or 0, 0) for amount in amounts]
    # A returned claim may be half typed: its first part stands for all.
    return allocate(total, weights if any(weights) else [1] + [0] * (len(weights) - 1))
