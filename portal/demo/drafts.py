"""Drafts of the demo company: stored whole, as saving and attaching would leave them.

The pages save with every few keystrokes and every file. A year of that would take most of the
time of a first start, and nothing of it is ever seen: drafts have no events but their first.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.claims import drafting, events, receipts
from portal.claims.computing import parse_part
from portal.claims.models import Claim, Line, Receipt, Split
from portal.claims.pricing import price
from portal.claims.receipts import Upload, stored
from portal.core.events import record
from portal.demo import seasons
from portal.demo.people import Colleague
from portal.demo.receipts import Drawer
from portal.demo.stories import Expense, Story
from portal.people.companies import company_of
from portal.policy.queries import current_policy

Projects = Mapping[str, int]
"""The ids of projects by their codes."""


def write(
    session: Session, story: Story, who: Colleague, drawer: Drawer, projects: Projects,
    at: datetime, entered_by: int | None = None,
) -> Claim:  # fmt: skip
    """A draft by ``who`` of what ``story`` tells, with the receipts that ``drawer`` makes."""
    if story.dropped:
        return _filled(session, story, who, drawer, at)
    person = who.person
    lines = [_line(place, each, projects) for place, each in enumerate(story.expenses, start=1)]
    claim = Claim(
        claimant_id=person.id,
        department_id=person.department_id,
        company_id=company_of(session, person.department_id),
        entered_by_id=entered_by,
        purpose=story.purpose,
        total=sum(line.amount or 0 for line in lines),
        lines=lines,
        created_at=at,
        updated_at=at,
        findings=[],
    )
    session.add(claim)
    session.flush()
    claim.receipts = [
        _receipt(drawer.upload(expense, place, who), lines[place], at)
        for place, expense in enumerate(story.expenses)
        if expense.proof
    ]
    session.flush()
    if any(map(_worked_out, story.expenses)) or any(each.invoice for each in claim.receipts):
        day = seasons.day_of(at)
        price(session, claim, current_policy(session, day), on=day)
    copied = {"copied": True} if story.repeats else {}
    record(
        session, events.CREATED, claim.subject, by=entered_by or person.id, at=at,
        on_behalf_of=person.id if entered_by else None, **copied,
    )  # fmt: skip
    return claim


def _filled(session: Session, story: Story, who: Colleague, drawer: Drawer, at: datetime) -> Claim:
    """A draft whose lines are filled by the files that were dropped on it."""
    person = who.person
    claim = drafting.create(session, by=person.id, department_id=person.department_id, at=at)
    for place, expense in enumerate(story.expenses):
        line = drafting.new_line(session, claim) if place else claim.lines[0]
        if expense.proof:
            upload = drawer.upload(expense, place, who)
            receipts.attach(session, claim, upload, line, shown=claim.version, at=at)
    return claim


def _worked_out(expense: Expense) -> bool:
    """Whether the amount follows from rates, rules or shares."""
    computed = expense.quantity or expense.ends_on
    return bool(computed or expense.parts or expense.currency != "CNY")


def _line(place: int, expense: Expense, projects: Projects) -> Line:
    known = None if expense.typed or _worked_out(expense) else expense.amount
    return Line(
        position=place,
        spent_on=expense.spent_on,
        category=expense.category,
        purpose=expense.purpose,
        amount=known,
        original=None if expense.typed else expense.amount or None,
        currency=expense.currency,
        quantity=Decimal(expense.quantity) if expense.quantity else None,
        ends_on=expense.ends_on,
        merchant=expense.merchant,
        city=expense.city,
        nights=expense.nights,
        attendees=expense.attendees,
        reason=expense.reason,
        project_id=projects.get(expense.project),
        splits=[
            Split(
                position=position, cost_centre=cost_centre, project_id=projects.get(project),
                share=parse_part(share, expense.currency).share, amount=0,
            )
            for position, (cost_centre, project, share) in enumerate(expense.parts, start=1)
        ],
        typed={"amount": expense.typed} if expense.typed else {},
    )  # fmt: skip


def _receipt(upload: Upload, line: Line, at: datetime) -> Receipt:
    invoice = stored(upload.read[0]) if upload.read else None
    if invoice is not None:
        line.merchant = invoice.seller or ""
    return Receipt(
        line_id=line.id,
        sha256=upload.sha256,
        filename=upload.accepted.filename,
        media_type=upload.accepted.media_type,
        size=len(upload.accepted.data),
        pages=upload.accepted.pages,
        added_at=at,
        invoice=invoice,
    )
