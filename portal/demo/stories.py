"""What happens to one claim, told before it happens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.approvals.routing import PlannedStep
from portal.demo.expenses import Errand, Expense

LEFT, ASKED, DISCUSSED, RETURNED, REJECTED, WITHDRAWN = (
    "left", "asked", "discussed", "returned", "rejected", "withdrawn",
)  # fmt: skip


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
    claim_id: int = 0
    route: list[PlannedStep] = field(default_factory=list)


def story(claimant: str, starts: datetime, errand: Errand, **more: Any) -> Story:
    """The story of an errand."""
    return Story(claimant, starts, errand.purpose, list(errand.expenses), **more)
