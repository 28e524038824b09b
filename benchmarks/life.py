"""One claim while it is invented."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.claims.models import DRAFT


@dataclass
class Life:
    """A claim while it is invented; the row as it is at last."""

    id: int
    owner: int
    created: datetime
    purpose: str
    lines: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    state: str = DRAFT
    number: str | None = None
    total: int = 0
    version: int = 2
    updated: datetime | None = None
    sent: datetime | None = None
    decided: datetime | None = None
    paid: datetime | None = None

    @property
    def about(self) -> tuple[str, int]:
        """The claim as events name it."""
        return ("claim", self.id)

    @property
    def saying(self) -> dict[str, Any]:
        """What notices tell of the claim."""
        return {"number": self.number, "purpose": self.purpose, "total": self.total, "who": ""}

    def moves(self, state: str, at: datetime) -> None:
        """The claim is in ``state`` from ``at`` on."""
        self.state, self.updated = state, at
        self.version += 1
