"""Exchange rates from a CSV file: a dry run that names every problem, then all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.errors import Invalid
from portal.core.events import Subject, record
from portal.core.sheets import plain_cell, read_csv
from portal.core.words import Words, words
from portal.rates import events
from portal.rates.editing import NewRate, store, understood
from portal.rates.models import ExchangeRate

MOST_BYTES = 1024 * 1024
MOST_ROWS = 20_000
COLUMNS = ("currency", "on", "rate", "source")
REQUIRED = ("currency", "on", "rate")


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row; the heading is row 1, ``column`` empty for the whole row."""

    row: int
    column: str
    says: Words


@dataclass(frozen=True)
class Plan:
    """What an import would do: nothing as long as there are problems."""

    new: tuple[NewRate, ...]
    unchanged: int
    problems: tuple[Problem, ...]


class Incorrect(Invalid):
    """A file with problems is not imported."""

    def __init__(self, planned: Plan):
        super().__init__(words("The file has problems."), "file")
        self.planned = planned


def plan(session: Session, data: bytes, *, base: str, today: date) -> Plan:
    """Judge a CSV file in UTF-8 or GB18030. Raises ``Invalid`` for what is none at all."""
    rows, problems = _rows(data)
    found: list[NewRate] = []
    seen: dict[tuple[str, date], int] = {}
    for number, cells in rows:
        try:
            new = understood(
                cells["currency"], cells["on"], cells["rate"], cells.get("source", ""),
                base=base, today=today,
            )  # fmt: skip
        except Invalid as refusal:
            problems.append(Problem(number, refusal.field or "", refusal.words))
            continue
        earlier = seen.setdefault((new.currency, new.on), number)
        if earlier != number:
            says = words("Row %(row)s has a rate of the same currency and day.", row=earlier)
            problems.append(Problem(number, "on", says))
        found.append(new)
    known = _in_force(session, base, found)
    fresh = tuple(new for new in found if known.get((new.currency, new.on)) != new.rate)
    return Plan(fresh, len(found) - len(fresh), tuple(sorted(problems, key=lambda one: one.row)))


def apply(session: Session, planned: Plan, *, base: str, by: int, at: datetime) -> int:
    """Store all new rates; how many there were. Raises ``Incorrect`` when one is wrong."""
    if planned.problems:
        raise Incorrect(planned)
    if planned.new:
        rows = store(session, planned.new, base=base, by=by, at=at)
        record(
            session, events.RATES_IMPORTED, Subject("rate", rows[-1].id), by=by, at=at,
            rates=len(rows),
        )  # fmt: skip
    return len(planned.new)


def _rows(data: bytes) -> tuple[list[tuple[int, Mapping[str, str]]], list[Problem]]:
    """The rows by their numbers, and what is wrong with the file's form."""
    lines = read_csv(data, most_bytes=MOST_BYTES, most_rows=MOST_ROWS)
    heading = [name.strip().lower() for name in lines[0]]
    missing = [name for name in REQUIRED if name not in heading]
    if missing:
        raise Invalid(
            words("The first row has to name the columns: %(columns)s.", columns=", ".join(COLUMNS))
        )
    rows: list[tuple[int, Mapping[str, str]]] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in line):
            continue
        if len(line) != len(heading):
            says = words("This row has %(count)s cells; the heading has %(expected)s.",
                         count=len(line), expected=len(heading))  # fmt: skip
            problems.append(Problem(number, "", says))
            continue
        rows.append((number, dict(zip(heading, map(plain_cell, line), strict=True))))
    return rows, problems


def _in_force(session: Session, base: str, new: list[NewRate]) -> dict[tuple[str, date], object]:
    """The rates that begin on the days of ``new``, the last entered of each day. One query."""
    if not new:
        return {}
    days = [each.on for each in new]
    rows = session.execute(
        select(ExchangeRate.currency, ExchangeRate.on, ExchangeRate.rate)
        .where(
            ExchangeRate.base == base,
            ExchangeRate.currency.in_({each.currency for each in new}),
            ExchangeRate.on.between(min(days), max(days)),
        )
        .order_by(ExchangeRate.entered_at, ExchangeRate.id)
    )
    return {(currency, on): rate for currency, on, rate in rows}
