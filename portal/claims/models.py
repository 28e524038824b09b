"""Claims, their lines and receipts, and how they are paid. Money is minor units."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, Minor
from portal.core.events import Subject
from portal.invoices.models import Invoice

DRAFT, SUBMITTED, RETURNED, APPROVED, PAYING, PAID, REJECTED, WITHDRAWN = (
    "draft",
    "submitted",
    "returned",
    "approved",
    "paying",
    "paid",
    "rejected",
    "withdrawn",
)
STATES = (DRAFT, SUBMITTED, RETURNED, APPROVED, PAYING, PAID, REJECTED, WITHDRAWN)
EDITABLE = (DRAFT, RETURNED, WITHDRAWN)
MOVING = (SUBMITTED, APPROVED, PAYING)
"""States in which something can still change by somebody else's doing."""


class Claim(Base):
    """What an employee submits.

    ``version`` grows with every change that a decision must have seen; ``beat`` also with
    those it need not, such as comments, so that open pages notice them.
    """

    __tablename__ = "claims"
    __table_args__ = (
        Index("ix_claims_claimant", "claimant_id", "id"),
        Index("ix_claims_claimant_state", "claimant_id", "state", "id"),
        Index("ix_claims_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(20), unique=True)
    claimant_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    state: Mapped[str] = mapped_column(String(12), default=DRAFT)
    purpose: Mapped[str] = mapped_column(String(200), default="")
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    total: Mapped[Minor] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    beat: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    policy_version: Mapped[int | None]
    findings: Mapped[list[Any]] = mapped_column(default=list)
    """What the policy found at submission; a draft is judged anew at each look."""
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The approver whose question the claimant has not answered yet."""
    editor: Mapped[str] = mapped_column(String(64), default="")
    """The page that saved the draft last: it never conflicts with itself."""

    lines: Mapped[list["Line"]] = relationship(
        order_by="Line.position, Line.id", cascade="all, delete-orphan", passive_deletes=True
    )
    receipts: Mapped[list["Receipt"]] = relationship(
        order_by="Receipt.id", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def subject(self) -> Subject:
        """The claim as events and routes name it."""
        return Subject("claim", self.id)


class Line(Base):
    """One expense. ``typed`` keeps, by field, what could not be understood yet."""

    __tablename__ = "lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    spent_on: Mapped[date | None]
    category: Mapped[str] = mapped_column(String(40), default="")
    purpose: Mapped[str] = mapped_column(String(200), default="")
    amount: Mapped[Minor | None]
    city: Mapped[str] = mapped_column(String(60), default="")
    nights: Mapped[int | None]
    attendees: Mapped[str] = mapped_column(Text, default="")
    cost_centre: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    objection: Mapped[str] = mapped_column(Text, default="")
    """Why an approver returned this line; cleared by the next submission."""
    typed: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Receipt(Base):
    """A file that proves a line. The bytes are kept under ``sha256`` outside the web root."""

    __tablename__ = "receipts"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id", ondelete="CASCADE"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id", ondelete="CASCADE"), index=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    filename: Mapped[str] = mapped_column(String(160))
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    pages: Mapped[int | None]
    added_at: Mapped[datetime]
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"))

    invoice: Mapped[Invoice | None] = relationship()


class Template(Base):
    """A claim to start from again: what comes back every month."""

    __tablename__ = "templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]


class Counter(Base):
    """The last number given out, by year."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]


BATCH_OPEN, BATCH_CLOSED = "open", "closed"
PAYMENT_PENDING, PAYMENT_PAID, PAYMENT_FAILED = "pending", "paid", "failed"
NOT_FAILED = text("state <> 'failed'")


class Batch(Base):
    """Approved claims that are paid together."""

    __tablename__ = "batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(12), default=BATCH_OPEN)
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    exported_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    paid_on: Mapped[date | None]
    reference: Mapped[str] = mapped_column(String(80), default="")

    @property
    def subject(self) -> Subject:
        """The batch as events name it."""
        return Subject("batch", self.id)


class Payment(Base):
    """One claim's money in one batch, with the account as it was when the batch was made.

    The index allows one payment that has not failed.
    """

    __tablename__ = "payments"
    __table_args__ = (
        Index(
            "uq_payments_once", "claim_id", unique=True,
            sqlite_where=NOT_FAILED, postgresql_where=NOT_FAILED,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), index=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), index=True)
    amount: Mapped[Minor]
    payee: Mapped[str] = mapped_column(String(120), default="")
    bank_name: Mapped[str] = mapped_column(String(120), default="")
    bank_account: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[str] = mapped_column(String(12), default=PAYMENT_PENDING)
    reason: Mapped[str] = mapped_column(String(200), default="")
