"""Judging each row of an import against the file and against the portal. Asks no database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.words import Words, words
from portal.people.directory import (
    ADMIN_STAYS,
    CIRCLE,
    FIELDS,
    KEEP_YOUR_ROLE,
    NOT_YOURSELF,
    OWN_MANAGER,
    belongs_to,
    no_department,
)
from portal.people.directory_csv import Rows
from portal.people.directory_fields import Problem, understood
from portal.people.models import Department, Person, RoleGrant
from portal.people.roles import ADMIN

CIRCLE_SHOWN = 6


@dataclass(frozen=True)
class Stored:
    """A person as the portal knows him; ``manager`` is the manager's number or empty."""

    id: int
    name: str
    email: str
    manager: str
    roles: frozenset[str]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Directory:
    """Everybody by number, and the departments' ids by code."""

    people: Mapping[str, Stored]
    departments: Mapping[str, int]


@dataclass(frozen=True)
class Entry:
    """What one row does: takes somebody in, or changes ``fields`` of ``person_id``.

    ``manager`` is the manager's number, empty for nobody, None when the file does not say.
    """

    row: int
    number: str
    name: str
    values: Mapping[str, Any]
    person_id: int | None
    fields: tuple[str, ...]
    manager: str | None
    stored_manager_id: int | None

    def manager_id(self, created: Mapping[str, int]) -> int | None:
        """The manager's id, once those who come with the file have theirs."""
        return created.get(self.manager or "", self.stored_manager_id)


def stored_directory(session: Session) -> Directory:
    """The whole directory. Three queries."""
    departments = session.execute(select(Department.code, Department.id)).all()
    grants: dict[int, set[str]] = {}
    for person_id, role in session.execute(select(RoleGrant.person_id, RoleGrant.role)):
        grants.setdefault(person_id, set()).add(role)
    rows = session.execute(select(Person.__table__)).mappings().all()
    numbers = {row["id"]: row["number"] for row in rows}
    people = {
        row["number"]: Stored(
            id=row["id"],
            name=row["name"],
            email=row["email"],
            manager=numbers.get(row["manager_id"], ""),
            roles=frozenset(grants.get(row["id"], ())),
            values=dict(row),
        )
        for row in rows
    }
    return Directory(people, {row.code: row.id for row in departments})


@dataclass
class Judge:
    """Goes through the rows once; ``problems`` grows on the way."""

    directory: Directory
    rows: Rows
    by: int | None
    problems: list[Problem] = field(default_factory=list)

    def entries(self) -> list[Entry]:
        """What each row does, as far as it can be understood."""
        self.problems += self.rows.problems
        read = [(row, *understood(cells)) for row, cells in self.rows.cells]
        for row, _values, found in read:
            self.problems += [Problem(problem.column, problem.says, row) for problem in found]
        judged = [(row, values) for row, values, _found in read if "number" in values]
        self._twice(judged)
        self._addresses(judged)
        entries = [self._entry(row, values) for row, values in judged]
        self._circles(entries)
        self._administrators(entries)
        return entries

    def _say(self, row: int, column: str, says: Words) -> None:
        self.problems.append(Problem(column, says, row))

    def _twice(self, judged: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
        for column in ("number", "email"):
            first: dict[str, int] = {}
            for row, values in judged:
                earlier = first.setdefault(values.get(column, f"row {row}"), row)
                if earlier != row:
                    self._say(row, column, words("Row %(row)s has the same.", row=earlier))

    def _addresses(self, judged: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
        """Find e-mail addresses that others keep, and remember who has which after all."""
        emails = {number: person.email for number, person in self.directory.people.items()}
        emails |= {values["number"]: values["email"] for _r, values in judged if "email" in values}
        owners = {email: number for number, email in emails.items()}
        in_file = {values["number"] for _row, values in judged}
        kept = {email: number for number, email in emails.items() if number not in in_file}
        for row, values in judged:
            owner = kept.get(values.get("email", ""))
            if owner is not None:
                name = self.directory.people[owner].name
                self._say(row, "email", belongs_to(name, owner))
        self.owners, self.numbers = owners, emails.keys()

    def _entry(self, row: int, given: Mapping[str, Any]) -> Entry:
        values = dict(given)
        number = values["number"]
        stored = self.directory.people.get(number)
        code = values.pop("department", None)
        if code is not None:
            values["department_id"] = self.directory.departments.get(code)
            if values["department_id"] is None:
                self._say(row, "department", no_department(code))
        manager = self._manager(row, values.pop("manager", None))
        manager_stored = self.directory.people.get(manager or "")
        return Entry(
            row=row,
            number=number,
            name=values.get("name", stored.name if stored else ""),
            values=values,
            person_id=stored.id if stored else None,
            fields=tuple(_differing(stored, values, manager)) if stored else (),
            manager=manager,
            stored_manager_id=manager_stored.id if manager_stored else None,
        )

    def _manager(self, row: int, typed: str | None) -> str | None:
        if not typed or typed in self.numbers:
            return typed
        number = self.owners.get(typed.lower())
        if number is None:
            says = words(
                "There is nobody with the number or e-mail “%(typed)s”, "
                "neither in the portal nor in this file.",
                typed=typed[:60],
            )
            self._say(row, "manager", says)
        return number

    def _circles(self, entries: Sequence[Entry]) -> None:
        above = {number: person.manager for number, person in self.directory.people.items()}
        above |= {entry.number: entry.manager for entry in entries if entry.manager is not None}
        names = {number: person.name for number, person in self.directory.people.items()}
        names |= {entry.number: entry.name for entry in entries}
        circle_of = {number: circle for circle in circles(above) for number in circle}
        for entry in entries:
            circle = circle_of.get(entry.number)
            if circle is None or entry.manager is None:
                continue
            if len(circle) == 1:
                self._say(entry.row, "manager", OWN_MANAGER)
                continue
            start = circle.index(entry.number)
            turned = [names[number] for number in circle[start:] + circle[:start]]
            shown = turned[:CIRCLE_SHOWN] + (["…"] if len(turned) > CIRCLE_SHOWN else [])
            told = " → ".join([*shown, turned[0]])
            self._say(entry.row, "manager", words(CIRCLE.text, circle=told))

    def _administrators(self, entries: Sequence[Entry]) -> None:
        """Refuse what takes the importing person's access, or everybody's."""
        stay = {
            number for number, person in self.directory.people.items()
            if ADMIN in person.roles and person.values["active"]
        }  # fmt: skip
        gone: list[tuple[Entry, str]] = []
        for entry in entries:
            leaves = not entry.values.get("active", True)
            loses = ADMIN not in entry.values.get("roles", {ADMIN})
            if entry.number in stay and (leaves or loses):
                gone.append((entry, "active" if leaves else "roles"))
            elif ADMIN in entry.values.get("roles", ()) and not leaves:
                stay.add(entry.number)
        stay -= {entry.number for entry, _column in gone}
        for entry, column in gone:
            if entry.person_id == self.by:
                self._say(entry.row, column, NOT_YOURSELF if column == "active" else KEEP_YOUR_ROLE)
            elif not stay:
                self._say(entry.row, column, ADMIN_STAYS)


def _differing(stored: Stored, values: Mapping[str, Any], manager: str | None) -> Iterator[str]:
    for name in FIELDS:
        if name in values and values[name] != stored.values[name]:
            yield name
    if manager is not None and manager != stored.manager:
        yield "manager_id"
    if values.get("roles", stored.roles) != stored.roles:
        yield "roles"


def circles(above: Mapping[str, str]) -> list[list[str]]:
    """The circles in who is above whom; each person in at most one. Takes linear time."""
    found: list[list[str]] = []
    done: set[str] = set()
    for start in above:
        path: list[str] = []
        place: dict[str, int] = {}
        current = start
        while current and current not in done and current not in place:
            place[current] = len(path)
            path.append(current)
            current = above.get(current, "")
        if current in place:
            found.append(path[place[current] :])
        done.update(path)
    return found
