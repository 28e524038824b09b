"""What the travel form (差旅费报销单) shows of a claim beyond the expense form.

Its rows are the claim's lines: a journey with departure and arrival as far as they are known,
everything else with its days and what it was for. The amounts stand in four columns.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, Protocol

from portal.claims.legs import leg_texts

Day = date
"""What a field called ``date`` does not hide."""

TRANSPORT, LODGING, MEALS, OTHER = "transport", "lodging", "meals", "other"
COLUMNS = (TRANSPORT, LODGING, MEALS, OTHER)
COLUMN_OF = {
    "rail": TRANSPORT,
    "flight": TRANSPORT,
    "local_transport": TRANSPORT,
    "mileage": TRANSPORT,
    "lodging": LODGING,
    "meals": MEALS,
    "per_diem": MEALS,
}
"""By category; one of the company's own stands in the last column unless it is a journey."""


class PrintedLeg(NamedTuple):
    """One journey. ``left`` and ``arrived`` are texts; each of the five may be empty."""

    left: str = ""
    origin: str = ""
    arrived: str = ""
    destination: str = ""
    number: str = ""

    @property
    def said(self) -> tuple[str, ...]:
        """All of it, for the check value."""
        return (self.left, self.origin, self.arrived, self.destination, self.number)


class TravelLine(Protocol):
    """What of a line the travel form needs. ``amount`` is minor units."""

    @property
    def category_code(self) -> str: ...

    @property
    def date(self) -> date: ...

    @property
    def ends_on(self) -> Day | None: ...

    @property
    def amount(self) -> int: ...

    @property
    def leg(self) -> PrintedLeg | None: ...


def leg_of(stored: Mapping[str, Any]) -> PrintedLeg | None:
    """The journey kept on a line; None when nothing of it is known."""
    told = leg_texts(stored)
    leg = PrintedLeg(
        left=told["left_at"],
        origin=told["origin"],
        arrived=told["arrived_at"],
        destination=told["destination"],
        number=told["transport_number"],
    )
    return leg if any(leg.said) else None


def column_of(line: TravelLine) -> str:
    """The column that the line's amount stands in."""
    return COLUMN_OF.get(line.category_code, TRANSPORT if line.leg else OTHER)


def column_sums(lines: Iterable[TravelLine]) -> dict[str, int]:
    """The sum of each column, in minor units."""
    sums = dict.fromkeys(COLUMNS, 0)
    for line in lines:
        sums[column_of(line)] += line.amount
    return sums


def travel_days(lines: Iterable[TravelLine]) -> tuple[date, date] | None:
    """The first and the last day of all lines that have one."""
    known = [line for line in lines if line.date != date.min]
    if not known:
        return None
    return min(line.date for line in known), max(line.ends_on or line.date for line in known)
