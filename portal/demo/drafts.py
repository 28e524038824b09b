"""Drafts of the demo company: stored whole, as saving and attaching would leave them.

The pages save with every few keystrokes and every file. A year of that would take most of the
time of a first start, and nothing of it is ever seen: drafts have no events but their first.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.claims import events
from portal.claims.models import Claim, Line, Receipt
from portal.claims.receipts import Upload, stored
from portal.core.events import record
from portal.demo.expenses import Expense
from portal.demo.receipts import Drawer
from portal.demo.stories import Story
from portal.people.companies import company_of
from portal.people.models import Person


def write(session: Session, story: Story, who: Person, drawer: Drawer, at: datetime) -> Claim:
    """A draft by ``who`` of what ``story`` tells, with the receipts that ``drawer`` makes."""
    lines = [_line(place, expense) for place, expense in enumerate(story.expenses, start=1)]
    claim = Claim(
        claimant_id=who.id,
        department_id=who.department_id,
        company_id=company_of(session, who.department_id),
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
        _receipt(drawer.upload(expense, place), lines[place].id, at)
        for place, expense in enumerate(story.expenses)
        if expense.proof
    ]
    session.flush()
    copied = {"copied": True} if story.repeats else {}
    record(session, events.CREATED, claim.subject, by=who.id, at=at, **copied)
    return claim


def _line(place: int, expense: Expense) -> Line:
    return Line(
        position=place,
        spent_on=expense.spent_on,
        category=expense.category,
        purpose=expense.purpose,
        amount=None if expense.typed else expense.amount,
        original=None if expense.typed else expense.amount,
        city=expense.city,
        nights=expense.nights,
        attendees=expense.attendees,
        reason=expense.reason,
        typed={"amount": expense.typed} if expense.typed else {},
    )


def _receipt(upload: Upload, line_id: int, at: datetime) -> Receipt:
    return Receipt(
        line_id=line_id,
        sha256=upload.sha256,
        filename=upload.accepted.filename,
        media_type=upload.accepted.media_type,
        size=len(upload.accepted.data),
        pages=upload.accepted.pages,
        added_at=at,
        invoice=stored(upload.read[0]) if upload.read else None,
    )
