"""Filling a trip request or an advance. Saving never refuses: what is wrong becomes a finding."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.core.days import parse_day
from portal.core.errors import Invalid, Stale
from portal.core.events import record
from portal.core.money import parse_amount
from portal.core.text import typed as typed_text
from portal.core.words import Words, words
from portal.people.companies import company_of
from portal.people.models import Company, Project
from portal.prior import events
from portal.prior.models import ADVANCE, EDITABLE, TRIP, PriorRequest

LENGTHS = {"purpose": 200, "cities": 200, "remarks": 2000}
LONGEST_UNREAD = 60
PARSED = ("amount", "starts_on", "ends_on")
"""Fields that are more than text."""

CHANGED_ELSEWHERE = words(
    "This request was changed in another window since this page was shown. "
    "What you typed is kept below; look at it and save again."
)


@dataclass(frozen=True)
class Typed:
    """A request as it was typed. ``project_id`` and ``trip_id`` are what was chosen."""

    purpose: str = ""
    amount: str = ""
    starts_on: str = ""
    ends_on: str = ""
    cities: str = ""
    remarks: str = ""
    project_id: int | None = None
    trip_id: int | None = None


COPIED = ("purpose", "amount", "cities", "remarks", "project_id")
"""What of a request is worth repeating: no days, and no trip that is over."""


def create(
    session: Session, kind: str, *, by: int, department_id: int, at: datetime,
    entered_by: int | None = None, **copied: Any,
) -> PriorRequest:  # fmt: skip
    """A new draft of ``kind`` of the owner ``by``, in the currency of its company.

    ``entered_by`` is the colleague who fills it for him, None when he does so himself;
    ``copied`` what another request said already.
    """
    company = session.get_one(Company, company_of(session, department_id))
    request = PriorRequest(
        kind=kind, owner_id=by, department_id=department_id, company_id=company.id,
        currency=company.currency, typed={}, created_at=at, updated_at=at, findings=[],
        entered_by_id=entered_by, **copied,
    )  # fmt: skip
    session.add(request)
    session.flush()
    record(
        session, events.CREATED, request.subject, by=entered_by or by, at=at,
        on_behalf_of=by if entered_by else None, **({"copied": True} if copied else {}),
    )  # fmt: skip
    return request


def copy(session: Session, old: PriorRequest, *, department_id: int, at: datetime) -> PriorRequest:
    """A new draft of the same owner that says what ``old`` said, but for its days.

    An amount in another currency than that of the owner's company now is left out, and so
    is a project that has ended.
    """
    copied = {name: getattr(old, name) for name in COPIED}
    copied["project_id"] = _existing_project(session, old.project_id)
    made = create(session, old.kind, by=old.owner_id, department_id=department_id, at=at, **copied)
    if made.currency != old.currency:
        made.amount = None
    return made


def save(
    session: Session, request: PriorRequest, typed: Typed, *, shown: int, at: datetime
) -> None:
    """Store what was typed. ``shown`` is the version on the page.

    Text that is no amount or no day is kept as typed. Raises ``Stale`` when the draft was
    changed since, and then changes nothing.
    """
    _take_version(session, request, shown, at)
    for name, most in LENGTHS.items():
        setattr(request, name, typed_text(getattr(typed, name)).strip()[:most])
    kept: dict[str, str] = {}
    for name in PARSED:
        text = typed_text(getattr(typed, name)).strip()
        value: Any = None
        if text:
            try:
                value = _parse(request, name, text)
            except Invalid:
                kept[name] = text[:LONGEST_UNREAD]
        setattr(request, name, value)
    request.typed = kept
    request.project_id = _existing_project(session, typed.project_id)
    request.trip_id = _own_trip(session, request, typed.trip_id)


def delete(
    session: Session, request: PriorRequest, *, shown: int, at: datetime, by: int | None = None
) -> None:
    """Delete a draft for good. Raises ``Stale``."""
    _take_version(session, request, shown, at)
    record(
        session, events.DELETED, request.subject, by=by or request.owner_id, at=at,
        purpose=request.purpose, total=request.amount or 0,
    )  # fmt: skip
    session.delete(request)


def misread(request: PriorRequest) -> dict[str, Words]:
    """For each field whose text could not be understood, what is wrong with it."""
    wrong: dict[str, Words] = {}
    for name, text in request.typed.items():
        try:
            _parse(request, name, text)
        except Invalid as refusal:
            wrong[name] = refusal.words
    return wrong


def _parse(request: PriorRequest, name: str, text: str) -> Any:
    return parse_amount(text, request.currency) if name == "amount" else parse_day(text)


def _existing_project(session: Session, project_id: int | None) -> int | None:
    if project_id is None:
        return None
    return session.scalar(select(Project.id).where(Project.id == project_id, Project.active))


def _own_trip(session: Session, request: PriorRequest, trip_id: int | None) -> int | None:
    """The trip an advance is for, when it is one of the same person."""
    if trip_id is None or request.kind != ADVANCE:
        return None
    return session.scalar(
        select(PriorRequest.id).where(
            PriorRequest.id == trip_id,
            PriorRequest.kind == TRIP,
            PriorRequest.owner_id == request.owner_id,
        )
    )


def _take_version(session: Session, request: PriorRequest, shown: int, at: datetime) -> None:
    taken = session.execute(
        update(PriorRequest)
        .where(
            PriorRequest.id == request.id,
            PriorRequest.version == shown,
            PriorRequest.state.in_(EDITABLE),
        )
        .values(version=PriorRequest.version + 1, beat=PriorRequest.beat + 1, updated_at=at)
        .returning(PriorRequest)
        .execution_options(populate_existing=True)
    ).first()
    if taken is None:
        raise Stale(CHANGED_ELSEWHERE)
