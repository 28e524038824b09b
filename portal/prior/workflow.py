"""What can happen to a submitted request. A transition is guards, then one event.

Every transition takes the version that was on the page: a conditional update lets exactly
one of several people through, and the others get ``Stale``.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.approvals import decide as deciding
from portal.approvals import models as approvals
from portal.approvals.conversation import remark
from portal.approvals.flow import DrawnFlow
from portal.approvals.models import Route
from portal.approvals.routing import Plan, Subject
from portal.core.errors import Invalid, NotAllowed, NotNow, Stale
from portal.core.events import record
from portal.core.notices import notify, quicken
from portal.core.numbers import next_number
from portal.core.words import words
from portal.people.models import Company
from portal.people.queries import told_people
from portal.people.roles import Reader
from portal.policy.findings import Finding, findings_to_data, stopping
from portal.prior import access, events
from portal.prior.access import Seen
from portal.prior.models import (
    ADVANCE,
    APPROVED,
    CLOSED,
    EDITABLE,
    REJECTED,
    RETURNED,
    SUBMITTED,
    TRIP,
    WITHDRAWN,
    PriorRequest,
)

LETTERS = {TRIP: "TR", ADVANCE: "JK"}

CHANGED = words("This request has changed since this page was shown.")
NOT_YOURS = words("This step does not wait for you.")


def routed(request: PriorRequest, findings: Sequence[Finding]) -> Subject:
    """The request as the router sees it. Amounts are minor units."""
    return Subject(
        owner_id=request.owner_id, department_id=request.department_id,
        amount=request.amount or 0, has_findings=bool(findings),
        filled_by=request.entered_by_id,
    )  # fmt: skip


def submit(
    session: Session, request: PriorRequest, findings: Sequence[Finding], plan: Plan,
    flow: DrawnFlow, *, shown: int, at: datetime, on: date, by: Reader | None = None,
) -> None:  # fmt: skip
    """Send the request on its route. ``findings`` and ``plan`` are those of this moment.

    ``by`` is who sends it: who asks for it, who need not be named, or who fills it for him;
    then who asks for it is told.

    Raises ``Invalid`` while a finding stops it, and ``Stale``.
    """
    if stopping(findings):
        raise Invalid(
            words("Findings to correct before the request can be submitted: %(count)s.",
                  count=len(stopping(findings)))
        )  # fmt: skip
    again = request.state == RETURNED
    number = request.number or _number(session, request, on)
    _move(
        session, request, shown, EDITABLE,
        state=SUBMITTED, number=number, submitted_at=at, updated_at=at, decided_at=None,
        findings=findings_to_data(findings),
    )  # fmt: skip
    amount = request.amount or 0
    moved = deciding.start(session, request.subject, plan, flow.id, amount, at=at)
    deputy = by if by and by.id != request.owner_id else None
    record(
        session, events.SUBMITTED, request.subject, by=deputy.id if deputy else request.owner_id,
        at=at, on_behalf_of=request.owner_id if deputy else None,
        again=again, purpose=request.purpose, total=amount,
    )  # fmt: skip
    if deputy:
        tell(session, request, [request.owner_id], events.FILLED_FOR_YOU, at, deputy.name)
    if moved.step_id is None:
        _move(session, request, request.version, (SUBMITTED,), state=APPROVED, decided_at=at)
        record(session, events.APPROVED, request.subject, by=None, at=at, comment="")
        tell(session, request, [request.owner_id], events.APPROVED, at)
    else:
        tell(session, request, moved.people, events.SUBMITTED, at)
    quicken(session, [request.owner_id])


def approve(session: Session, seen: Seen, *, shown: int, at: datetime, comment: str = "") -> None:
    """Approve the open step. Raises ``Invalid``, ``NotAllowed`` and ``Stale``."""
    said = remark(comment)
    request, step_id = decidable(seen)
    _move(session, request, shown, (SUBMITTED,), updated_at=at, asked_by_id=None)
    moved = deciding.decide(
        session, step_id, approvals.APPROVED, by=seen.reader.id, at=at, comment=said
    )
    done = moved.step_id is None
    if done:
        _move(session, request, request.version, (SUBMITTED,), state=APPROVED, decided_at=at)
    kind = events.APPROVED if done else events.STEP_APPROVED
    record(session, kind, request.subject, by=seen.reader.id, at=at, step=step_id, comment=said)
    if done:
        tell(session, request, [request.owner_id], events.APPROVED, at, seen.reader.name)
    else:
        tell(session, request, moved.people, events.SUBMITTED, at)
    quicken(session, {request.owner_id, *moved.waited})


def return_(session: Session, seen: Seen, reason: str, *, shown: int, at: datetime) -> None:
    """Send the request back. Raises ``Invalid`` without a reason, ``NotAllowed``, ``Stale``."""
    said = remark(reason)
    if not said:
        raise Invalid(words("Say what has to be changed."), "comment")
    _end(session, seen, approvals.RETURNED, RETURNED, events.RETURNED, said, shown=shown, at=at)


def reject(session: Session, seen: Seen, reason: str, *, shown: int, at: datetime) -> None:
    """End the request. Raises ``Invalid`` without a reason, ``NotAllowed`` and ``Stale``."""
    said = remark(reason)
    if not said:
        raise Invalid(words("Say why the request is rejected."), "comment")
    _end(session, seen, approvals.REJECTED, REJECTED, events.REJECTED, said, shown=shown, at=at)


def withdraw(session: Session, seen: Seen, *, shown: int, at: datetime) -> None:
    """Take the request back. Raises ``NotAllowed`` and ``Stale``."""
    request = seen.request
    if not seen.mine:
        raise NotAllowed(words("Only who asked for it can withdraw a request."))
    waited: tuple[int, ...] = ()
    states = (SUBMITTED, APPROVED) if request.kind == ADVANCE else (SUBMITTED,)
    _move(session, request, shown, states, state=WITHDRAWN, updated_at=at, asked_by_id=None)
    route_id = session.scalar(
        select(Route.id)
        .where(Route.subject_kind == request.kind, Route.subject_id == request.id)
        .order_by(Route.round.desc())
        .limit(1)
    )
    if route_id is not None:
        waited = deciding.end(session, route_id)
    record(session, events.WITHDRAWN, request.subject, by=seen.reader.id, at=at)
    quicken(session, {request.owner_id, *waited})


def close(session: Session, seen: Seen, *, shown: int, at: datetime) -> None:
    """End an approved trip: no further claim refers to it. ``NotAllowed``, ``Stale``."""
    if not access.may_close(seen):
        raise NotAllowed(words("Only who asked for an approved trip can close it."))
    _move(session, seen.request, shown, (APPROVED,), state=CLOSED, updated_at=at)
    record(session, events.CLOSED, seen.request.subject, by=seen.reader.id, at=at)
    quicken(session, [seen.request.owner_id])


def remind(
    session: Session, request_id: int, people: Iterable[int], step_id: int, *, at: datetime
) -> None:
    """Remind those a late step waits for."""
    request = session.get_one(PriorRequest, request_id)
    record(session, events.REMINDED, request.subject, by=None, at=at, step=step_id)
    tell(session, request, people, events.REMINDED, at)


def tell(
    session: Session, request: PriorRequest, people: Iterable[int], kind: str, at: datetime,
    who: str = "",
) -> None:  # fmt: skip
    """Tell people what happened to the request."""
    notify(
        session, told_people(session, people), kind, request.subject, at=at,
        number=request.number, purpose=request.purpose, total=request.amount, who=who,
    )  # fmt: skip


def decidable(seen: Seen) -> tuple[PriorRequest, int]:
    """The request and its open step when the reader may decide it, else a refusal."""
    if seen.mine:
        raise NotAllowed(words("Nobody decides on their own request."))
    if seen.request.entered_by_id == seen.reader.id:
        raise NotAllowed(words("You filled this request, so somebody else decides on it."))
    if seen.request.state != SUBMITTED:
        raise Stale(CHANGED)
    if seen.step_id is None:
        raise Stale(NOT_YOURS) if seen.involved else NotAllowed(NOT_YOURS)
    return seen.request, seen.step_id


def _end(
    session: Session, seen: Seen, step_state: str, state: str, kind: str, said: str,
    *, shown: int, at: datetime,
) -> None:  # fmt: skip
    request, step_id = decidable(seen)
    decided_at = at if state == REJECTED else None
    _move(
        session, request, shown, (SUBMITTED,),
        state=state, updated_at=at, decided_at=decided_at, asked_by_id=None,
    )  # fmt: skip
    moved = deciding.decide(session, step_id, step_state, by=seen.reader.id, at=at, comment=said)
    record(session, kind, request.subject, by=seen.reader.id, at=at, step=step_id, comment=said)
    tell(session, request, [request.owner_id], kind, at, seen.reader.name)
    quicken(session, {request.owner_id, *moved.waited})


def _move(
    session: Session, request: PriorRequest, shown: int, states: Sequence[str], **values: Any
) -> None:
    session.flush()
    moved = session.execute(
        update(PriorRequest)
        .where(
            PriorRequest.id == request.id,
            PriorRequest.version == shown,
            PriorRequest.state.in_(states),
        )
        .values(version=PriorRequest.version + 1, beat=PriorRequest.beat + 1, **values)
        .returning(PriorRequest)
        .execution_options(populate_existing=True)
    ).first()
    if moved is None:
        session.refresh(request, ["state", "version"])
        if request.version == shown:
            raise NotNow(words("This cannot be done with the request as it is now."))
        raise Stale(CHANGED)


def _number(session: Session, request: PriorRequest, on: date) -> str:
    prefix = session.get_one(Company, request.company_id).prefix
    return next_number(session, f"{prefix}{LETTERS[request.kind]}{on.year}")
