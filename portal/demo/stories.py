"""What happens to one claim, told before it happens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portal.approvals.routing import PlannedStep

PICTURE, INVOICE = "picture", "invoice"
"""What proves an expense: a photograph, or the file of an electronic invoice."""

LEFT, ASKED, DISCUSSED, RETURNED, REJECTED, WITHDRAWN = (
    "left", "asked", "discussed", "returned", "rejected", "withdrawn",
)  # fmt: skip


@dataclass(frozen=True)
class Train:
    """A journey by rail; ``leaves`` is a time of day such as ``08:20``."""

    origin: str
    goal: str
    number: str
    leaves: str


@dataclass(frozen=True)
class Expense:
    """One line of a claim. ``proof`` is the kind of its receipt; ``typed`` a misread amount.

    ``amount`` is minor units of ``currency``; 0 where the rules work it out from ``quantity``
    (kilometres) or from the days up to ``ends_on``. ``project`` is a code; ``parts`` are cost
    centre, project and share of each part, such as ``("1200", "ARK", "60%")``. With ``train``
    the invoice is a train ticket.
    """

    spent_on: date
    category: str
    purpose: str
    amount: int
    merchant: str = ""
    proof: str = ""
    city: str = ""
    nights: int | None = None
    attendees: str = ""
    reason: str = ""
    typed: str = ""
    currency: str = "CNY"
    quantity: str = ""
    ends_on: date | None = None
    project: str = ""
    parts: tuple[tuple[str, str, str], ...] = ()
    train: Train | None = None


@dataclass(frozen=True)
class Errand:
    """What a claim is for, and what was spent on it."""

    purpose: str
    expenses: tuple[Expense, ...]


@dataclass(frozen=True)
class Turn:
    """Something other than an approval at a step.

    ``step`` is the step's decider as the flow draws it. ``by_line`` holds objections and
    ``mended`` changed fields, both by the line's place from 0. A question without
    ``answer`` stays open, a returned or withdrawn claim without ``mended`` stays as it is,
    and a step that is ``left`` keeps waiting.
    """

    kind: str
    step: str
    text: str = ""
    by_line: Mapping[int, str] = field(default_factory=dict)
    answer: str = ""
    mended: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


@dataclass
class Story:
    """One claim from its draft on; ``claim_id`` and ``route`` are there once it is played."""

    claimant: str
    starts: datetime
    purpose: str
    expenses: list[Expense]
    turns: list[Turn] = field(default_factory=list)
    paces: list[float] = field(default_factory=list)
    """Hours of work that each decision takes; chance decides when there are no more."""
    sent: bool = True
    deleted: bool = False
    repeats: "Story | None" = None
    template: str = ""
    """The name under which the claimant keeps it as a template."""
    trip: str = ""
    """The purpose of the claimant's trip request that it refers to."""
    filled_by: str = ""
    """The number of the colleague who fills it for the claimant."""
    dropped: bool = False
    """The files come first and fill the lines; what was typed follows."""
    claim_id: int = 0
    route: list[PlannedStep] = field(default_factory=list)


def story(claimant: str, starts: datetime, errand: Errand, **more: Any) -> Story:
    """The story of an errand."""
    return Story(claimant, starts, errand.purpose, list(errand.expenses), **more)
