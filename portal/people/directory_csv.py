"""People as a table in a CSV file, as programs for tables write and open it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from portal.core.sheets import as_csv, plain_cell, read_csv
from portal.core.words import words
from portal.people.directory_fields import COLUMNS, Problem
from portal.people.models import Department, Person, RoleGrant

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 50_000
REQUIRED = ("number", "email", "name", "department")
"""The columns that every file has. Others may be left out and then stay as they are."""


@dataclass(frozen=True)
class Rows:
    """A file as read: each row's cells by column, and what is wrong with the file's form.

    Rows are numbered as a table program shows them, the heading being row 1.
    """

    cells: tuple[tuple[int, Mapping[str, str]], ...]
    problems: tuple[Problem, ...] = ()


def read(data: bytes) -> Rows:
    """The rows of a CSV file in UTF-8 (with or without BOM) or GB18030.

    Raises ``Invalid`` for what is no such file at all; wrong columns and ragged rows are
    problems in the result.
    """
    lines = read_csv(data, most_bytes=MOST_BYTES, most_rows=MOST_ROWS)
    heading = [name.strip().lower() for name in lines[0]]
    while heading and not heading[-1]:
        heading.pop()
    problems = _problems_of(heading)
    rows: list[tuple[int, Mapping[str, str]]] = []
    for place, line in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in line):
            continue
        cells = line[: len(heading)]
        if len(cells) < len(heading) or any(line[len(heading) :]):
            says = words("This row has %(count)s cells; the heading has %(expected)s.",
                         count=len(line), expected=len(heading))  # fmt: skip
            problems.append(Problem("", says, place))
        known = zip(heading, cells, strict=False)
        rows.append((place, {name: plain_cell(cell) for name, cell in known if name in COLUMNS}))
    return Rows(tuple(rows), tuple(problems))


def _problems_of(heading: list[str]) -> list[Problem]:
    missing = [name for name in REQUIRED if name not in heading]
    problems = [Problem(name, words("This column is missing."), 1) for name in missing]
    for place, name in enumerate(heading):
        if name not in COLUMNS:
            says = words("There is no column of this name; there are %(known)s.",
                         known=" / ".join(COLUMNS))  # fmt: skip
            problems.append(Problem(name[:40], says, 1))
        elif name in heading[:place]:
            problems.append(Problem(name, words("This column appears twice."), 1))
    return problems


def export(session: Session) -> bytes:
    """Everybody by number, as a file that ``read`` accepts unchanged. One query."""
    manager = aliased(Person)
    roles = (
        select(func.aggregate_strings(RoleGrant.role, " "))
        .where(RoleGrant.person_id == Person.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Person.number, Person.email, Person.name, Department.code, manager.number,
            Person.grade, Person.language, Person.hired_on, Person.active, roles,
            Person.bank_name, Person.bank_account,
        )
        .join(Department, Department.id == Person.department_id)
        .outerjoin(manager, manager.id == Person.manager_id)
        .order_by(Person.number)
    )  # fmt: skip
    return as_csv([COLUMNS, *(tuple(map(_shown, row)) for row in rows)])


def _shown(value: object) -> str:
    if value is True or value is False:
        return "yes" if value else "no"
    return "" if value is None else str(value)
