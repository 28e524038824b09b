"""Who decides, in what order, and why: from what the company drew and who somebody is.

``plan`` is a plain function. It knows no claim: a ``Subject`` is anything with an owner and
an amount, so that other documents can be routed by the same rules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
    """What was approved before a return: by flow step, who did; and up to which amount."""

    approved: Mapping[int, int] = field(default_factory=dict)
    amount: int = 0


class NobodyDecides(LookupError):
    """Neither the step's own people nor the fallback exist: the flow must be mended."""


def plan(
    subject: Subject, flow: DrawnFlow, who: Organisation, earlier: Earlier | None = None
) -> Plan:
    """Work out the route of ``subject``.

    Nobody decides on his own: the owner is left out of every step. A step without people
    falls to the flow's fallback and never passes silently. What was approved before a
    return stands unless the amount has grown since. Raises ``NobodyDecides``.
    """
    if (
        flow.auto_below is not None
        and subject.amount <= flow.auto_below
        and not subject.has_findings
    ):
        limit = Amount(flow.auto_below)
        return Plan((), words("Up to %(limit)s and without findings nobody decides.", limit=limit))
    stands = earlier.approved if earlier and subject.amount <= earlier.amount else {}
    planned: list[PlannedStep] = []
    for drawn in flow.steps:
        planned.append(_planned(drawn, subject, flow, who, planned, stands))
    if not any(not step.skipped for step in planned):
        people = _fallback(flow, subject, who)
        why = words("Every other step was skipped, and somebody has to decide.")
        planned[-1] = PlannedStep(flow.steps[-1], people, why)
    return Plan(tuple(planned))


def _planned(
    drawn: DrawnStep,
    subject: Subject,
    flow: DrawnFlow,
    who: Organisation,
    before: list[PlannedStep],
    stands: Mapping[int, int],
) -> PlannedStep:
    if subject.amount <= drawn.floor:
        why = words("Only needed above %(floor)s.", floor=Amount(drawn.floor))
        return PlannedStep(drawn, (), why, skipped=True)
    found, why = _deciders(drawn, subject, who)
    if found == [subject.owner_id] and not drawn.decider.startswith(ROLE):
        why = words("Skipped: nobody decides on his own claim.")
        return PlannedStep(drawn, (), why, skipped=True)
    people = tuple(person for person in found if person != subject.owner_id)
    if not people:
        people = _fallback(flow, subject, who)
        why = words("Nobody else is there for this step, so it falls to the fallback.")
    alone = {step.people[0] for step in before if len(step.people) == 1 and not step.skipped}
    if set(people) <= alone:
        why = words("Skipped: the same person decides at an earlier step.")
        return PlannedStep(drawn, (), why, skipped=True)
    if drawn.id in stands:
        why = words("Approved before the claim was returned.")
        return PlannedStep(drawn, (stands[drawn.id],), why, approved_before=True)
    return PlannedStep(drawn, people, why)


def _deciders(drawn: DrawnStep, subject: Subject, who: Organisation) -> tuple[list[int], Words]:
    if drawn.decider == LINE_MANAGER:
        manager = who.manager_of(subject.owner_id)
        return _one(manager), words("The claimant's line manager.")
    if drawn.decider == DEPARTMENT_HEAD:
        why = words("The head of the department, above %(floor)s.", floor=Amount(drawn.floor))
        return _one(who.head_of(subject.department_id)), why
    if drawn.decider == COMPANY_HEAD:
        why = words("The head of the company, above %(floor)s.", floor=Amount(drawn.floor))
        return _one(who.company_head()), why
    if drawn.decider.startswith(ROLE):
        holders = list(who.holders_of(drawn.decider.removeprefix(ROLE)))
        return holders, words("One of those who review for finance.")
    raise ValueError(f"a step cannot be decided by {drawn.decider!r}")


def _one(person: int | None) -> list[int]:
    return [] if person is None else [person]


def _fallback(flow: DrawnFlow, subject: Subject, who: Organisation) -> tuple[int, ...]:
    holders = who.holders_of(flow.fallback_role)
    people = tuple(person for person in holders if person != subject.owner_id)
    if not people:
        raise NobodyDecides(f"nobody holds the fallback role {flow.fallback_role!r}")
    return people
