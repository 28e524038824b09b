"""Who decides, in what order, and why: from what the company drew and who somebody is.

``plan`` is a plain function. It knows no claim: a ``Subject`` is anything with an owner and
an amount, so that other documents can be routed by the same rules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from portal.approvals.flow import (
    COMPANY_HEAD,
    DEPARTMENT_HEAD,
    LINE_MANAGER,
    ROLE,
    DrawnFlow,
    DrawnStep,
)
from portal.core.words import Amount, Words, words


@dataclass(frozen=True)
class Subject:
    """What is routed: whose it is, how much (minor units), and whether it has findings."""

    owner_id: int
    department_id: int
    amount: int
    has_findings: bool = False
    filled_by: int | None = None
    """Who filled it for the owner, and so does not decide on it either."""

    @property
    def left_out(self) -> frozenset[int | None]:
        """Who decides at no step."""
        return frozenset((self.owner_id, self.filled_by))


class Organisation(Protocol):
    """Who is who. Every answer leaves out people who are no longer active."""

    def manager_of(self, person_id: int) -> int | None: ...

    def head_of(self, department_id: int) -> int | None: ...

    def company_head(self) -> int | None: ...

    def holders_of(self, role: str) -> Iterable[int]: ...


@dataclass(frozen=True)
class PlannedStep:
    """A step with the people who may decide it, any one of them; nobody when skipped."""

    drawn: DrawnStep
    people: tuple[int, ...]
    why: Words
    skipped: bool = False
    approved_before: bool = False


@dataclass(frozen=True)
class Plan:
    """The route of one subject. ``auto`` says why nobody has to decide, when so."""

    steps: tuple[PlannedStep, ...]
    auto: Words | None = None

    @property
    def needed(self) -> tuple[PlannedStep, ...]:
        """The steps somebody still has to decide."""
        return tuple(s for s in self.steps if not s.skipped and not s.approved_before)


@dataclass(frozen=True)
class Earlier:
    """What happened before a return.

    ``approved`` says by flow step who approved, ``amount`` up to which sum (minor units);
    ``returned_step`` and ``returned_by`` who sent it back, and so looks at it again.
    """

    approved: Mapping[int, int] = field(default_factory=dict)
    amount: int = 0
    returned_step: int | None = None
    returned_by: int | None = None


class NobodyDecides(LookupError):
    """Neither the step's own people nor the fallback exist: the flow must be mended."""


def plan(
    subject: Subject, flow: DrawnFlow, who: Organisation, earlier: Earlier | None = None
) -> Plan:
    """Work out the route of ``subject``.

    Nobody decides on his own: the owner is left out of every step, and so is who filled it
    for him. A step without people falls to the flow's fallback and never passes silently. What
    was returned goes back to
    whoever returned it, however small it became; what was approved before stands unless
    the amount has grown since. Raises ``NobodyDecides``.
    """
    auto = _auto(subject, flow) if earlier is None else None
    if auto is not None:
        return Plan((), auto)
    if earlier and subject.amount > earlier.amount:
        earlier = None
    planned: list[PlannedStep] = []
    for drawn in flow.steps:
        planned.append(_planned(drawn, subject, flow, who, planned, earlier or Earlier()))
    result = Plan(tuple(planned))
    return result if result.needed else _somebody_decides(result, flow, subject, who)


def _auto(subject: Subject, flow: DrawnFlow) -> Words | None:
    if flow.auto_below is None or subject.amount > flow.auto_below or subject.has_findings:
        return None
    limit = Amount(flow.auto_below)
    return words("Up to %(limit)s, without findings, it is approved automatically.", limit=limit)


def _somebody_decides(planned: Plan, flow: DrawnFlow, subject: Subject, who: Organisation) -> Plan:
    steps = list(planned.steps)
    for place in reversed(range(len(steps))):
        if steps[place].approved_before:
            why = words("Approved before, and looks at what changed since.")
            steps[place] = replace(steps[place], approved_before=False, why=why)
            return Plan(tuple(steps))
    why = words("Every other step was skipped, and somebody has to decide.")
    steps[-1] = PlannedStep(flow.steps[-1], _fallback(flow, subject, who), why)
    return Plan(tuple(steps))


def _planned(
    drawn: DrawnStep,
    subject: Subject,
    flow: DrawnFlow,
    who: Organisation,
    before: list[PlannedStep],
    earlier: Earlier,
) -> PlannedStep:
    found, why = _deciders(drawn, subject, who)
    if drawn.id == earlier.returned_step and earlier.returned_by in found:
        why = words("Returned it, and looks at it again.")
        return PlannedStep(drawn, (earlier.returned_by,), why)
    if drawn.floor and subject.amount <= drawn.floor:
        why = words("Only needed above %(floor)s.", floor=Amount(drawn.floor))
        return PlannedStep(drawn, (), why, skipped=True)
    if found == [subject.owner_id] and not drawn.decider.startswith(ROLE):
        why = words("Skipped: nobody decides on what is their own.")
        return PlannedStep(drawn, (), why, skipped=True)
    people = tuple(person for person in found if person not in subject.left_out)
    if not people:
        people = _fallback(flow, subject, who)
        why = words("Nobody else is there for this step, so it goes to the fallback approver.")
    alone = {step.people[0] for step in before if len(step.people) == 1 and not step.skipped}
    if set(people) <= alone:
        why = words("Skipped: the same person decides at an earlier step.")
        return PlannedStep(drawn, (), why, skipped=True)
    if drawn.id in earlier.approved:
        why = words("Approved before it was returned.")
        return PlannedStep(drawn, (earlier.approved[drawn.id],), why, approved_before=True)
    return PlannedStep(drawn, people, why)


def _deciders(drawn: DrawnStep, subject: Subject, who: Organisation) -> tuple[list[int], Words]:
    if drawn.decider == LINE_MANAGER:
        manager = who.manager_of(subject.owner_id)
        return _one(manager), words("The line manager of the person it is for.")
    if drawn.decider == DEPARTMENT_HEAD:
        why = words("The head of the department, above %(floor)s.", floor=Amount(drawn.floor))
        return _one(who.head_of(subject.department_id)), why
    if drawn.decider == COMPANY_HEAD:
        why = words("The head of the company, above %(floor)s.", floor=Amount(drawn.floor))
        return _one(who.company_head()), why
    if drawn.decider.startswith(ROLE):
        holders = list(who.holders_of(drawn.decider.removeprefix(ROLE)))
        return holders, words("Any one of the finance reviewers.")
    raise ValueError(f"a step cannot be decided by {drawn.decider!r}")


def _one(person: int | None) -> list[int]:
    return [] if person is None else [person]


def _fallback(flow: DrawnFlow, subject: Subject, who: Organisation) -> tuple[int, ...]:
    holders = who.holders_of(flow.fallback_role)
    people = tuple(person for person in holders if person not in subject.left_out)
    if not people:
        raise NobodyDecides(f"nobody holds the fallback role {flow.fallback_role!r}")
    return people
