"""Bringing a whole table of people in: first a plan with every problem, then all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal.people.directory import Incorrect, new_person, record_created, write
from portal.people.directory_csv import Rows
from portal.people.directory_fields import COLUMNS, Problem
from portal.people.directory_judge import Entry, Judge, stored_directory
from portal.people.models import Person

AT_ONCE = 500
"""How many people are named in one query: databases bound the number of parameters."""


@dataclass(frozen=True)
class Plan:
    """What an import would do, and everything that keeps it from being done."""

    problems: tuple[Problem, ...]
    created: tuple[Entry, ...]
    updated: tuple[Entry, ...]
    unchanged: int


def plan(session: Session, rows: Rows, *, by: int | None = None) -> Plan:
    """What importing ``rows`` would do. Three queries, whatever the number of rows.

    ``by`` is the id of the person who imports: nobody takes his own access away.
    """
    judge = Judge(stored_directory(session), rows, by)
    entries = judge.entries()
    return Plan(
        problems=tuple(sorted(judge.problems, key=_place)),
        created=tuple(entry for entry in entries if entry.person_id is None),
        updated=tuple(entry for entry in entries if entry.person_id and entry.fields),
        unchanged=sum(1 for entry in entries if entry.person_id and not entry.fields),
    )


def _place(problem: Problem) -> tuple[int, int]:
    known = problem.column in COLUMNS
    return problem.row, COLUMNS.index(problem.column) if known else -1


def apply(session: Session, plan: Plan, *, by: int | None, at: datetime) -> None:
    """Do all of what ``plan`` says, with an event for each person. The caller commits.

    The plan has to be made in the same transaction. Raises ``Incorrect`` when it has
    problems.
    """
    if plan.problems:
        raise Incorrect(plan.problems)
    people = _people(session, plan.updated)
    _free_addresses(session, plan.updated, people)
    created = {entry.number: new_person(entry.values) for entry in plan.created}
    session.add_all(created.values())
    session.flush()
    ids = {number: person.id for number, person in created.items()}
    for entry in plan.created:
        created[entry.number].manager_id = entry.manager_id(ids)
        record_created(session, created[entry.number], by=by, at=at)
    for entry in plan.updated:
        values = dict(entry.values)
        if entry.manager is not None:
            values["manager_id"] = entry.manager_id(ids)
        write(session, people[entry.person_id], values, by=by, at=at)
    session.flush()


def _people(session: Session, entries: tuple[Entry, ...]) -> Mapping[int | None, Person]:
    ids = [entry.person_id for entry in entries]
    found: dict[int | None, Person] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = select(Person).where(Person.id.in_(ids[start : start + AT_ONCE]))
        for person in session.scalars(some.options(selectinload(Person.grants))):
            found[person.id] = person
    return found


def _free_addresses(
    session: Session, entries: tuple[Entry, ...], people: Mapping[int | None, Person]
) -> None:
    """Move people off addresses that others get in the same import."""
    moving: list[Any] = [people[e.person_id] for e in entries if "email" in e.fields]
    for person in moving:
        # No address: whoever reads it in between sees that it is on its way.
        person.email = f"moving {person.id}"
    if moving:
        session.flush()
