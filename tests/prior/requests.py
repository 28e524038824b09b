"""Trip requests and advances in any state for tests, made by the rules that pages use."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.approvals.decide import earlier_approvals
from portal.approvals.flow import flow_for
from portal.approvals.routing import Plan, plan
from portal.claims import payment
from portal.claims.models import Batch
from portal.core.clock import day, now
from portal.core.events import Event
from portal.core.money import format_plain
from portal.people.queries import Organisation
from portal.policy.findings import Finding
from portal.prior import drafting, queries, workflow
from portal.prior.access import Seen
from portal.prior.drafting import Typed
from portal.prior.models import ADVANCE, RETURNED, TRIP, PriorRequest
from portal.prior.problems import problems
from tests.claims.stories import ZONE, person, reader

APPROVERS = {TRIP: ("bob",), ADVANCE: ("bob", "carol")}
"""Who approves small requests of alice's."""


def today() -> date:
    return day(now(), ZONE)


def in_days(count: int) -> str:
    """A day from today on, as it is typed."""
    return (today() + timedelta(days=count)).isoformat()


def draft(
    session: Session, kind: str, amount: int = 1_200_00, name: str = "alice", *,
    purpose: str = "Trade fair", starts: int = 5, ends: int = 9, remarks: str = "",
    trip: PriorRequest | None = None,
) -> PriorRequest:  # fmt: skip
    """A draft that nothing is wrong with; ``starts`` and ``ends`` are days from today."""
    owner = person(session, name)
    made = drafting.create(session, kind, by=owner.id, department_id=owner.department_id, at=now())
    typed = Typed(
        purpose=purpose, amount=format_plain(amount), ends_on=in_days(ends), remarks=remarks,
        starts_on=in_days(starts) if kind == TRIP else "", cities="Shanghai",
        trip_id=trip.id if trip else None,
    )  # fmt: skip
    drafting.save(session, made, typed, shown=made.version, at=now())
    return made


def judged(session: Session, request: PriorRequest) -> tuple[list[Finding], Plan]:
    """What is wrong with a request, and its route."""
    overdue = queries.overdue_of(session, request.owner_id, today())
    findings = problems(request, overdue, today=today())
    back = request.state == RETURNED
    earlier = earlier_approvals(session, request.subject) if back else None
    flow = flow_for(session, request.kind)
    return findings, plan(workflow.routed(request, findings), flow, Organisation(session), earlier)


def send(session: Session, request: PriorRequest) -> PriorRequest:
    """Send a draft on its route."""
    findings, planned = judged(session, request)
    workflow.submit(
        session, request, findings, planned, flow_for(session, request.kind),
        shown=request.version, at=now(), on=today(),
    )  # fmt: skip
    session.commit()
    return request


def seen(session: Session, request_id: int, name: str) -> Seen:
    """The request as it stands to one of the cast."""
    found = queries.seen_by(session, request_id, reader(session, name))
    assert found is not None
    return found


def approve(session: Session, request: PriorRequest, *names: str) -> PriorRequest:
    """Approve step after step, each by one of the cast."""
    for name in names:
        looked = seen(session, request.id, name)
        workflow.approve(session, looked, shown=looked.request.version, at=now())
        session.commit()
    return request


def approved(session: Session, kind: str, amount: int = 1_200_00, **more: object) -> PriorRequest:
    """A small request of alice's that everybody approved."""
    sent = send(session, draft(session, kind, amount, **more))  # type: ignore[arg-type]
    return approve(session, sent, *APPROVERS[kind])


def paid(session: Session, amount: int = 1_200_00, **more: object) -> PriorRequest:
    """An advance of alice's that the bank has paid out."""
    advance = approved(session, ADVANCE, amount, **more)
    batch = payment.start_batch(
        session, [], advance_ids=[advance.id], by=person(session, "heidi").id, at=now()
    )
    close(session, batch)
    return advance


def close(session: Session, batch: Batch, failed: dict[int, str] | None = None) -> None:
    """The bank has done it, but for the ``failed``."""
    payment.close_batch(
        session, batch, today(), "B-1", failed or {}, shown=batch.version,
        by=person(session, "heidi").id, at=now(), today=today(),
    )  # fmt: skip
    session.commit()


def waits_for(session: Session, request: PriorRequest) -> list[str]:
    """The names of those a request waits for."""
    found = queries.waiting_names(session, [request]).get(request.id, "")
    return [name.lower() for name in found.split("、") if name]


def happened(session: Session, request: PriorRequest) -> list[str]:
    """The kinds of the request's events in their order."""
    about = (Event.subject_kind == request.kind, Event.subject_id == request.id)
    return list(session.scalars(select(Event.kind).where(*about).order_by(Event.id)))
