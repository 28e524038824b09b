"""Moving along a route: opening steps, deciding them, ending them.

Every move is a conditional update on the state it was shown, so of several people who
decide at once exactly one succeeds; the others get ``Stale``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Executable, bindparam, func, literal_column, or_, select, update
from sqlalchemy.orm import Session

from portal.approvals.models import (
    APPROVED,
    ENDED,
    OPEN,
    RETURNED,
    SKIPPED,
    WAITING,
    FlowStep,
    Route,
    Step,
    StepPerson,
    UsualWait,
)
from portal.approvals.routing import Earlier, Plan, PlannedStep
from portal.core.db import dialect_of, fetch, table, upsert
from portal.core.errors import Stale
from portal.core.events import Subject
from portal.core.words import to_data, words

WINDOW = 50
"""A running mean forgets what lies more than about this many decisions back."""

SOMEBODY_WAS_FASTER = words(
    "Somebody else has just decided this step. "
    "Your decision was not recorded; what you wrote is kept."
)


_step, _people = table(Step), table(StepPerson)
_the_step = _step.c.id == bindparam("the_step")

# Written out: for a bound value SQLite plans the statement anew each time, as it may decide
# whether a partial index can be used.
_is_open, _is_waiting = (_step.c.state == literal_column(f"'{state}'") for state in (OPEN, WAITING))

DECIDE = (
    update(_step)
    .where(_the_step, _is_open)
    .values(
        state=bindparam("decision"), decided_at=bindparam("now"),
        decided_by_id=bindparam("decider"), comment=bindparam("said"),
    )
    .returning(_step.c.route_id, _step.c.flow_step_id, _step.c.opened_at)
)  # fmt: skip
NEXT = (
    select(Step.id, FlowStep.hours)
    .join(FlowStep, FlowStep.id == Step.flow_step_id)
    .where(Step.route_id == bindparam("route_id"), _is_waiting)
    .order_by(Step.position)
    .limit(1)
)
OPEN_STEP = (
    update(_step)
    .where(_the_step)
    .values(state=OPEN, opened_at=bindparam("now"), due_at=bindparam("due"))
)
START_WAITING = (
    update(_people)
    .where(_people.c.step_id == bindparam("the_step"))
    .values(waiting_since=bindparam("now"))
    .returning(_people.c.person_id)
)
STOP_WAITING = (
    update(_people)
    .where(
        _people.c.step_id.in_(bindparam("step_ids", expanding=True)),
        _people.c.waiting_since.is_not(None),
    )
    .values(waiting_since=None)
    .returning(_people.c.person_id)
)
END = (
    update(_step)
    .where(_step.c.route_id == bindparam("the_route"), or_(_is_open, _is_waiting))
    .values(state=ENDED)
    .returning(_step.c.id)
)


@dataclass(frozen=True)
class Moved:
    """Where the route stands after a move: the step now open, None when it is through.

    ``people`` are those it waits for now, ``waited`` those it waited for until this move.
    """

    step_id: int | None
    people: tuple[int, ...] = ()
    waited: tuple[int, ...] = ()


def start(session: Session, about: Subject, plan: Plan, flow_id: int, amount: int,
          *, at: datetime) -> Moved:  # fmt: skip
    """Store the route of ``plan`` as the subject's next round and open its first step."""
    rounds = session.scalar(
        select(func.max(Route.round)).where(
            Route.subject_kind == about.kind, Route.subject_id == about.id
        )
    )
    route = Route(
        subject_kind=about.kind,
        subject_id=about.id,
        round=(rounds or 0) + 1,
        flow_id=flow_id,
        amount=amount,
        planned_at=at,
        auto=plan.auto is not None,
    )
    session.add(route)
    session.flush()
    steps = [
        _planned(route.id, about, position, planned, at)
        for position, planned in enumerate(plan.steps, start=1)
    ]
    session.add_all(steps)
    session.flush()
    session.add_all(
        StepPerson(step_id=step.id, person_id=person)
        for step, planned in zip(steps, plan.steps, strict=True)
        for person in planned.people
    )
    session.flush()
    return _open_next(session, route.id, at)


def _planned(
    route_id: int, about: Subject, position: int, planned: PlannedStep, at: datetime
) -> Step:
    state = SKIPPED if planned.skipped else APPROVED if planned.approved_before else WAITING
    return Step(
        route_id=route_id,
        flow_step_id=planned.drawn.id,
        subject_kind=about.kind,
        subject_id=about.id,
        position=position,
        state=state,
        why=to_data(planned.why),
        decided_by_id=planned.people[0] if planned.approved_before else None,
        decided_at=at if planned.approved_before else None,
    )


def _open_next(session: Session, route_id: int, at: datetime) -> Moved:
    row = fetch(session, NEXT, route_id=route_id).one_or_none()
    if row is None:
        return Moved(None)
    fetch(session, OPEN_STEP, the_step=row.id, now=at, due=at + timedelta(hours=row.hours))
    people = fetch(session, START_WAITING, the_step=row.id, now=at).scalars().all()
    return Moved(row.id, tuple(sorted(people)))


def decide(
    session: Session, step_id: int, decision: str, *, by: int, at: datetime, comment: str = ""
) -> Moved:
    """Decide the open step ``step_id``; ``decision`` is one of the ended states of a step.

    An approval opens the next step; any other decision ends the route. Raises ``Stale``
    when the step is not open any more, or no longer waits for ``by``.
    """
    step = fetch(
        session, DECIDE, the_step=step_id, decision=decision, now=at, decider=by, said=comment
    ).one_or_none()
    waited = _stop_waiting(session, [step_id])
    if step is None or by not in waited:
        raise Stale(SOMEBODY_WAS_FASTER)
    _learn(session, step.flow_step_id, by, at - step.opened_at)
    if decision == APPROVED:
        return replace(_open_next(session, step.route_id, at), waited=waited)
    end(session, step.route_id)
    return Moved(None, waited=waited)


def end(session: Session, route_id: int) -> tuple[int, ...]:
    """End every step of the route that nobody decided; returns whom it waited for."""
    return _stop_waiting(session, fetch(session, END, the_route=route_id).scalars().all())


def _stop_waiting(session: Session, step_ids: Sequence[int]) -> tuple[int, ...]:
    return tuple(fetch(session, STOP_WAITING, step_ids=list(step_ids)).scalars())


def _learn(session: Session, flow_step_id: int, person_id: int, took: timedelta) -> None:
    fetch(
        session, _learning(dialect_of(session)), flow_step_id=flow_step_id, person_id=person_id,
        decisions=1, mean_seconds=int(took.total_seconds()),
    )  # fmt: skip


@cache
def _learning(dialect: str) -> Executable:
    smaller = func.least if dialect == "postgresql" else func.min
    usual = table(UsualWait).c
    insert = upsert(dialect, UsualWait)
    took = insert.excluded.mean_seconds
    return insert.on_conflict_do_update(
        index_elements=["flow_step_id", "person_id"],
        set_={
            "decisions": usual.decisions + 1,
            "mean_seconds": usual.mean_seconds
            + (took - usual.mean_seconds) // smaller(usual.decisions + 1, WINDOW),
        },
    )


def earlier_approvals(session: Session, about: Subject) -> Earlier:
    """Who approved what in the subject's last round, for a route after a return."""
    route = session.scalars(
        select(Route)
        .where(Route.subject_kind == about.kind, Route.subject_id == about.id)
        .order_by(Route.round.desc())
        .limit(1)
    ).first()
    if route is None:
        return Earlier()
    rows = session.execute(
        select(Step.flow_step_id, Step.state, Step.decided_by_id).where(
            Step.route_id == route.id, Step.state.in_((APPROVED, RETURNED))
        )
    ).all()
    returned = next((row for row in rows if row.state == RETURNED), None)
    return Earlier(
        approved={
            row.flow_step_id: row.decided_by_id
            for row in rows
            if row.state == APPROVED and row.decided_by_id
        },
        amount=route.amount,
        returned_step=returned.flow_step_id if returned else None,
        returned_by=returned.decided_by_id if returned else None,
    )
