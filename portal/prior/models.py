"""What is asked for beforehand: trips (事前申请) and advances (借款). Money is minor units."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Minor
from portal.core.events import Subject

TRIP, ADVANCE = "trip", "advance"
KINDS = (TRIP, ADVANCE)
SHELVES = {"trips": TRIP, "advances": ADVANCE}
"""What addresses call the kinds, in the plural."""

DRAFT, SUBMITTED, RETURNED, APPROVED, REJECTED, WITHDRAWN = (
    "draft",
    "submitted",
    "returned",
    "approved",
    "rejected",
    "withdrawn",
)
PAYING, PAID, SETTLED, CLOSED = "paying", "paid", "settled", "closed"
"""Of advances: being transferred, owed by the claimant, fully cleared. Of trips: closed."""
STATES = (
    DRAFT, SUBMITTED, RETURNED, APPROVED, PAYING, PAID, SETTLED, CLOSED, REJECTED, WITHDRAWN,
)  # fmt: skip
EDITABLE = (DRAFT, RETURNED, WITHDRAWN)
MOVING = {TRIP: (SUBMITTED,), ADVANCE: (SUBMITTED, APPROVED, PAYING)}
"""The states in which somebody else has to move a request, by its kind."""


class PriorRequest(Base):
    """A trip request or an advance, approved by the same engine as claims.

    ``amount`` is the trip's budget or the sum that is advanced. Of an advance, ``owed`` is
    what was paid out and neither settled by claims nor returned; it is never negative.
    """

    __tablename__ = "prior_requests"
    __table_args__ = (
        Index("ix_prior_requests_owner", "owner_id", "kind", "id"),
        Index("ix_prior_requests_state", "kind", "state", "id"),
        CheckConstraint("owed >= 0", name="owed_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    number: Mapped[str | None] = mapped_column(String(28), unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    state: Mapped[str] = mapped_column(String(12), default=DRAFT)
    purpose: Mapped[str] = mapped_column(String(200), default="")
    amount: Mapped[Minor | None]
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    """Of a trip its last day, of an advance the day by which it shall be settled."""
    cities: Mapped[str] = mapped_column(String(200), default="")
    remarks: Mapped[str] = mapped_column(Text, default="")
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("prior_requests.id"), index=True)
    """The trip that an advance is for."""
    typed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)
    beat: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    owed: Mapped[Minor] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None]
    findings: Mapped[list[Any]] = mapped_column(default=list)
    """What was found when it was last submitted."""
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The approver whose question waits for an answer."""
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    """The colleague who filled it for the owner."""

    @property
    def subject(self) -> Subject:
        """The request as events and routes name it."""
        return Subject(self.kind, self.id)

    @property
    def total(self) -> int:
        """The amount, as claims call it; 0 before there is one."""
        return self.amount or 0

    @property
    def shelf(self) -> str:
        """``trips`` or ``advances``, for its address."""
        return f"{self.kind}s"


class Movement(Base):
    """What changed the balance of an advance; the sums add up to what is owed.

    ``kind`` is ``paid`` or ``restored`` (positive), ``settled`` or ``returned`` (negative).
    """

    __tablename__ = "movements"

    id: Mapped[int] = mapped_column(primary_key=True)
    advance_id: Mapped[int] = mapped_column(ForeignKey("prior_requests.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    amount: Mapped[Minor]
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"))
    reference: Mapped[str] = mapped_column(String(80), default="")
    on: Mapped[date]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
