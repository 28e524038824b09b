"""What can happen to a submitted claim. A transition is guards, then one event.

Every transition takes the version that was on the page: a conditional update lets exactly
one of several people through, and the others get ``Stale``.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from portal.approvals import decide as deciding
from portal.approvals import models as approvals
from portal.approvals.conversation import remark
from portal.approvals.flow import DrawnFlow
from portal.approvals.models import Route
from portal.approvals.routing import Plan
from portal.claims import choosing, events
from portal.claims.access import Seen
from portal.claims.changes import snapshot
from portal.claims.models import (
    APPROVED,
    EDITABLE,
    REJECTED,
    RETURNED,
    SUBMITTED,
    WITHDRAWN,
    Claim,
)
from portal.core.db import fetch, table
from portal.core.errors import Invalid, NotAllowed, NotNow, Stale
from portal.core.events import record
from portal.core.notices import notify, quicken
from portal.core.numbers import next_number
from portal.core.words import words
from portal.invoices import registry
from portal.people.models import Company
from portal.people.queries import told_people
from portal.people.roles import Reader
from portal.policy.findings import Finding, findings_to_data, stopping
from portal.policy.rules import Policy

CHANGED = words("This claim has changed since this page was shown.")
NOT_YOURS = words("This step does not wait for you.")


APPROVE = (
    update(table(Claim))
    .where(table(Claim).c.id == bindparam("the_claim"))
    .values(state=APPROVED, decided_at=bindparam("now"))
)


def submit(
    session: Session, claim: Claim, findings: Sequence[Finding], plan: Plan, flow: DrawnFlow,
    *, judged_by: Policy, shown: int, at: datetime, on: date, by: Reader | None = None,
    settles: Mapping[int, int] | None = None,
) -> None:  # fmt: skip
    """Send the claim on its route. ``findings`` and ``plan`` are those of this moment.

    ``by`` is who sends it: the claimant, who need not be named, or who fills it for him; then
    the claimant is told. ``settles`` is how much of which advance the claim shall settle,
    when the claimant was asked.

    Raises ``Invalid`` while a finding stops it or for what cannot be settled,
    ``AlreadyClaimed`` when another claim holds one of its invoices, and ``Stale``.
    """
    stopped = stopping(findings)
    if stopped:
        raise Invalid(
            words("Findings to correct before the claim can be submitted: %(count)s.",
                  count=len(stopped))
        )  # fmt: skip
    resumes = claim.state == RETURNED
    _move(
        session, claim, shown, EDITABLE,
        state=SUBMITTED,
        number=claim.number or _next_number(session, claim, on),
        submitted_at=at,
        updated_at=at,
        policy_version=judged_by.version,
        policy_stamp=judged_by.stamp or None,
        findings=findings_to_data(findings),
    )  # fmt: skip
    if settles is not None:
        choosing.plan_settlement(session, claim, settles)
    keys = [r.invoice.key for r in claim.receipts if r.invoice and r.invoice.key]
    registry.hold(session, keys, claim.id, claim.claimant_id, at=at)
    for line in claim.lines:
        line.objection = ""
    moved = deciding.start(session, claim.subject, plan, flow.id, claim.total, at=at)
    record(
        session, events.SUBMITTED, claim.subject, by=by.id if by else claim.claimant_id, at=at,
        on_behalf_of=claim.claimant_id if by and by.id != claim.claimant_id else None,
        again=resumes, content=snapshot(claim),
        settles={str(advance_id): amount for advance_id, amount in (settles or {}).items()},
    )  # fmt: skip
    if by and by.id != claim.claimant_id:
        tell(session, claim, [claim.claimant_id], events.FILLED_FOR_YOU, at, by.name)
    if plan.auto is not None:
        _move(session, claim, claim.version, (SUBMITTED,), state=APPROVED, decided_at=at)
        record(session, events.AUTO_APPROVED, claim.subject, by=None, at=at)
        tell(session, claim, [claim.claimant_id], events.AUTO_APPROVED, at)
    else:
        tell(session, claim, moved.people, events.SUBMITTED, at)
    quicken(session, [claim.claimant_id])


def approve(session: Session, seen: Seen, *, shown: int, at: datetime, comment: str = "") -> None:
    """Approve the open step. Raises ``Invalid``, ``NotAllowed`` and ``Stale``."""
    comment = remark(comment)
    claim, step_id = decidable(seen)
    _move(session, claim, shown, (SUBMITTED,), updated_at=at, asked_by_id=None)
    moved = deciding.decide(
        session, step_id, approvals.APPROVED, by=seen.reader.id, at=at, comment=comment.strip()
    )
    done = moved.step_id is None
    kind = events.APPROVED if done else events.STEP_APPROVED
    if done:
        fetch(session, APPROVE, the_claim=claim.id, now=at)
        set_committed_value(claim, "state", APPROVED)
        set_committed_value(claim, "decided_at", at)
    record(
        session, kind, claim.subject, by=seen.reader.id, at=at,
        step=step_id, comment=comment.strip(),
    )  # fmt: skip
    if done:
        tell(session, claim, [claim.claimant_id], events.APPROVED, at, seen.reader.name)
    else:
        tell(session, claim, moved.people, events.SUBMITTED, at)
    quicken(session, {claim.claimant_id, *moved.waited})


def return_(
    session: Session, seen: Seen, reason: str, by_line: Mapping[int, str], *, shown: int,
    at: datetime,
) -> None:  # fmt: skip
    """Send the claim back to the claimant with a reason, and one for single lines.

    Raises ``Invalid`` without any reason, ``NotAllowed`` and ``Stale``.
    """
    reason = remark(reason)
    reasons = {
        line: remark(text, f"reason-{line}") for line, text in by_line.items() if text.strip()
    }
    if not reason.strip() and not reasons:
        raise Invalid(words("Say what has to be changed, for the claim or for a line."), "comment")
    claim, step_id = decidable(seen)
    for line in claim.lines:
        line.objection = reasons.get(line.id, "")
    _finish(session, seen, step_id, approvals.RETURNED, RETURNED, reason, shown=shown, at=at)
    record(
        session, events.RETURNED, claim.subject, by=seen.reader.id, at=at, step=step_id,
        comment=reason.strip(), lines={str(line): text for line, text in reasons.items()},
    )  # fmt: skip
    tell(session, claim, [claim.claimant_id], events.RETURNED, at, seen.reader.name)


def reject(session: Session, seen: Seen, reason: str, *, shown: int, at: datetime) -> None:
    """End the claim with a reason. Raises ``Invalid``, ``NotAllowed`` and ``Stale``."""
    reason = remark(reason)
    if not reason.strip():
        raise Invalid(words("Say why the claim is rejected."), "comment")
    claim, step_id = decidable(seen)
    _finish(session, seen, step_id, approvals.REJECTED, REJECTED, reason, shown=shown, at=at)
    record(
        session, events.REJECTED, claim.subject, by=seen.reader.id, at=at, step=step_id,
        comment=reason.strip(),
    )  # fmt: skip
    tell(session, claim, [claim.claimant_id], events.REJECTED, at, seen.reader.name)


def withdraw(session: Session, seen: Seen, *, shown: int, at: datetime) -> None:
    """Take the claim back before its final approval. Raises ``NotAllowed`` and ``Stale``."""
    claim = seen.claim
    if not seen.mine:
        raise NotAllowed(words("Only the claimant can withdraw a claim."))
    _move(session, claim, shown, (SUBMITTED,), state=WITHDRAWN, updated_at=at, asked_by_id=None)
    waited = _end_route(session, claim)
    registry.release(session, claim.id, claim.state)
    record(session, events.WITHDRAWN, claim.subject, by=seen.reader.id, at=at)
    quicken(session, {claim.claimant_id, *waited})


def decidable(seen: Seen) -> tuple[Claim, int]:
    """The claim and its open step when the reader may decide it, else a refusal."""
    if seen.mine:
        raise NotAllowed(words("Nobody decides on their own claim."))
    if seen.claim.entered_by_id == seen.reader.id:
        raise NotAllowed(words("You filled this claim, so somebody else decides on it."))
    if seen.claim.state != SUBMITTED:
        raise Stale(CHANGED)
    if seen.step_id is None:
        raise Stale(NOT_YOURS) if seen.involved else NotAllowed(NOT_YOURS)
    return seen.claim, seen.step_id


def _finish(
    session: Session, seen: Seen, step_id: int, step_state: str, state: str, reason: str,
    *, shown: int, at: datetime,
) -> None:  # fmt: skip
    claim = seen.claim
    _move(
        session, claim, shown, (SUBMITTED,),
        state=state, updated_at=at, asked_by_id=None,
        decided_at=at if state == REJECTED else None,
    )  # fmt: skip
    moved = deciding.decide(
        session, step_id, step_state, by=seen.reader.id, at=at, comment=reason.strip()
    )
    if state == REJECTED:
        registry.release(session, claim.id, claim.state)
    quicken(session, {claim.claimant_id, *moved.waited})


def _end_route(session: Session, claim: Claim) -> tuple[int, ...]:
    route_id = session.scalars(
        select(Route.id)
        .where(Route.subject_kind == "claim", Route.subject_id == claim.id)
        .order_by(Route.round.desc())
        .limit(1)
    ).one()
    return deciding.end(session, route_id)


def _move(session: Session, claim: Claim, shown: int, states: Sequence[str], **values: Any) -> None:
    if claim.version != shown:
        raise Stale(CHANGED)
    statement = _moving(tuple(states), tuple(values))
    named = {f"new_{name}": value for name, value in values.items()}
    moved = fetch(session, statement, the_claim=claim.id, shown=shown, **named).one_or_none()
    if moved is None:
        session.refresh(claim, ["state", "version"])
        if claim.version == shown:
            raise NotNow(words("This cannot be done with the claim as it is now."))
        raise Stale(CHANGED)
    for name, value in {**values, **moved._mapping}.items():
        set_committed_value(claim, name, value)


@cache
def _moving(states: tuple[str, ...], names: tuple[str, ...]) -> Executable:
    """The conditional update of a claim in one of ``states``, built once for each kind."""
    columns = table(Claim).c
    return (
        update(table(Claim))
        .where(
            columns.id == bindparam("the_claim"),
            columns.version == bindparam("shown"),
            columns.state.in_(states),
        )
        .values(
            version=columns.version + 1,
            beat=columns.beat + 1,
            **{name: bindparam(f"new_{name}", type_=columns[name].type) for name in names},
        )
        .returning(columns.version, columns.beat)
    )


def _next_number(session: Session, claim: Claim, on: date) -> str:
    prefix = session.get_one(Company, claim.company_id).prefix
    return next_number(session, f"{prefix}BX{on.year}")


def tell(
    session: Session, claim: Claim, people: Iterable[int], kind: str, at: datetime, who: str = ""
) -> None:
    """Tell people what happened to the claim."""
    notify(
        session, told_people(session, people), kind, claim.subject, at=at,
        number=claim.number, purpose=claim.purpose, total=claim.total, who=who,
    )  # fmt: skip
