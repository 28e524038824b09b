"""Steps and findings as the pages of claims and requests show them, in the reader's language."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from portal.approvals.models import OPEN, SKIPPED
from portal.core.words import Named, from_data
from portal.policy.findings import findings_from_data
from portal.web.help import help_for
from portal.web.i18n import named, say


class ShownStep(NamedTuple):
    """A step of the route. ``by`` is who decided it, ``why`` the reason it was skipped."""

    name: str
    state: str
    late: bool
    people: tuple[str, ...]
    by: str | None
    opened_at: datetime | None
    due_at: datetime | None
    decided_at: datetime | None
    why: str


def shown_steps(rows: Iterable[Any], at: datetime) -> tuple[ShownStep, ...]:
    """The steps from their rows, of which there is one for each person."""
    return tuple(_steps(rows, at))


def _steps(rows: Iterable[Any], at: datetime) -> Iterator[ShownStep]:
    for _id, of_step in groupby(rows, attrgetter("id")):
        people = list(of_step)
        row = people[0]
        yield ShownStep(
            name=named(Named(row.name_zh, row.name_en)),
            state=row.state,
            late=row.state == OPEN and row.due_at < at,
            people=tuple(each.name for each in people if each.name),
            by=next((each.name for each in people if each.person_id == row.decided_by_id), None),
            opened_at=row.opened_at,
            due_at=row.due_at,
            decided_at=row.decided_at,
            why=say(from_data(row.why)) if row.state == SKIPPED else "",
        )


class ShownFinding(NamedTuple):
    """A finding in the reader's language; ``line`` is None for the whole."""

    line: int | None
    severity: str
    says: str
    help_url: str
    reason: str


def shown_findings(stored: Sequence[Any]) -> tuple[ShownFinding, ...]:
    """The findings from what was kept of them."""
    return tuple(_findings(stored))


def _findings(stored: Sequence[Any]) -> Iterator[ShownFinding]:
    for found in findings_from_data(stored):
        yield ShownFinding(
            found.line, found.severity, say(found.says), help_for(found.rule), found.reason
        )
