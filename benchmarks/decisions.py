"""How many decisions a second are acknowledged when many people decide at once.

Every approver's pages are opened before the clock starts; then every decision is one POST with
the CSRF token and the one-time key of its own page, on kept-alive connections.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.databases import Measured
from benchmarks.pages import signed_in
from benchmarks.server import Server
from benchmarks.speed import database_of
from benchmarks.visitor import Visitor
from benchmarks.wire import form_of, post, send_all
from portal.approvals.models import Step, StepPerson
from portal.claims import events
from portal.core.events import Event
from portal.people.models import Person

CONNECTIONS = 16


@dataclass(frozen=True)
class Decisions:
    """``counted`` is what the database holds of them afterwards; times are milliseconds."""

    per_second: float
    p50: float
    p95: float
    acknowledged: int
    refused: int
    counted: int
    client_share: float
    """Processor time the client itself took, as a part of one core."""


def waiting_for(session: Session, people: int, each: int) -> dict[str, list[int]]:
    """Claims on which different people could decide now, by employee number."""
    rows = session.execute(
        select(Person.number, Step.subject_id)
        .join(StepPerson, StepPerson.person_id == Person.id)
        .join(Step, Step.id == StepPerson.step_id)
        .where(StepPerson.waiting_since.is_not(None), Step.position == 1)
        .order_by(Person.id.desc(), StepPerson.waiting_since)
    )
    found: dict[str, list[int]] = {}
    for number, claim in rows:
        if number != "bob" and len(found.setdefault(number, [])) < each:
            found[number].append(claim)
    return dict(list(found.items())[:people])


def decide(server: Server, measured: Measured, people: int, each: int) -> Decisions:
    """Let ``people`` approvers decide on ``each`` claims of their own, all at once."""
    with database_of(measured) as session:
        waiting = waiting_for(session, people, each)
        before = _approvals(session)
    piles: list[list[bytes]] = [[] for _ in range(CONNECTIONS)]
    for place, (number, claims) in enumerate(waiting.items()):
        visitor = signed_in(server.port, number)
        piles[place % CONNECTIONS] += [approval(visitor, claim) for claim in claims]
    answers, times, seconds, spent = send_all(server.port, piles)
    with database_of(measured) as session:
        counted = _approvals(session) - before
    times.sort()
    done = answers[303]
    return Decisions(
        done / seconds, times[len(times) // 2], times[int(len(times) * 0.95)], done,
        sum(answers.values()) - done, counted, spent / seconds,
    )  # fmt: skip


def _approvals(session: Session) -> int:
    kinds = (events.STEP_APPROVED, events.APPROVED)
    last = select(func.max(Event.id)).scalar_subquery()
    recent = select(func.count()).where(Event.kind.in_(kinds), Event.id > last - 200_000)
    return session.scalar(recent) or 0


def approval(visitor: Visitor, claim: int) -> bytes:
    """The whole request by which the visitor approves a claim as it is shown now."""
    fields = form_of(visitor.get(f"/claims/{claim}"))
    return post(visitor, f"/approvals/{claim}/decide", {**fields, "decision": "approve"})
