"""Claims, their lines and receipts, and how they are paid. Money is minor units."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, Minor
from portal.core.events import Subject
from portal.invoices.models import Invoice
from portal.prior.models import PriorRequest

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


EXPENSE, TRAVEL = "expense", "travel"
"""Kinds of claims: which form they print as, 费用报销单 or 差旅费报销单."""


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
    policy_stamp: Mapped[str | None] = mapped_column(String(32))
    """Which categories and calendar it was judged by, besides the version of the rules."""
    findings: Mapped[list[Any]] = mapped_column(default=list)
    """What the policy found at submission; a draft is judged anew at each look."""
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The approver whose question the claimant has not answered yet."""
    editor: Mapped[str] = mapped_column(String(64), default="")
    """The page that saved the draft last: it never conflicts with itself."""
    kind: Mapped[str] = mapped_column(String(12), default=EXPENSE)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    """The colleague who filled it for the claimant."""
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("prior_requests.id"), index=True)
    """The approved trip request that it refers to."""

    lines: Mapped[list["Line"]] = relationship(
        order_by="Line.position, Line.id", cascade="all, delete-orphan", passive_deletes=True
    )
    receipts: Mapped[list["Receipt"]] = relationship(
        order_by="Receipt.id", cascade="all, delete-orphan", passive_deletes=True
    )
    trip: Mapped[PriorRequest | None] = relationship()

    @property
    def subject(self) -> Subject:
        """The claim as events and routes name it."""
        return Subject("claim", self.id)


class Line(Base):
    """One expense. ``typed`` keeps, by field, what could not be understood yet."""

    __tablename__ = "lines"
    __table_args__ = (Index("ix_lines_merchant", "merchant", "id"),)

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
    merchant: Mapped[str] = mapped_column(String(200), default="")
    guess: Mapped[str] = mapped_column(String(40), default="")
    """The category that was guessed; as long as it is the category, the page says so."""
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    original: Mapped[Minor | None]
    """The sum in minor units of ``currency``; ``amount`` is what it comes to for the claim."""
    rate: Mapped[Decimal | None]
    """Units of the claim's currency for one unit of ``currency``, as used."""
    rate_on: Mapped[date | None]
    quantity: Mapped[Decimal | None]
    """Kilometres, days or pieces where the category is computed."""
    unit_price: Mapped[Minor | None]
    ends_on: Mapped[date | None]
    """The last day of what lasts several: a trip, a stay, an allowance."""
    tax: Mapped[Minor | None]
    """Tax that the company recovers of this line."""
    leg: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Of a journey: departure and arrival with time and place, and the transport's number."""
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))

    splits: Mapped[list["Split"]] = relationship(
        order_by="Split.position", cascade="all, delete-orphan", passive_deletes=True
    )


class Split(Base):
    """A part of a line that another cost centre or project bears.

    With ``share`` (hundredths of a per cent) the amount follows the line; without, it was
    typed. The parts of a line always add up to it.
    """

    __tablename__ = "splits"
    __table_args__ = (UniqueConstraint("line_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id", ondelete="CASCADE"))
    position: Mapped[int]
    cost_centre: Mapped[str] = mapped_column(String(40), default="")
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    share: Mapped[int | None]
    amount: Mapped[Minor]


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
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"), index=True)

    page: Mapped[int | None]
    """The page of the file that proves the line, when the file holds several invoices."""

    invoice: Mapped[Invoice | None] = relationship()


class Reading(Base):
    """A file on its way: received and kept, waiting to be read into a line."""

    __tablename__ = "readings"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id", ondelete="CASCADE"), index=True)
    line_id: Mapped[int | None] = mapped_column(ForeignKey("lines.id", ondelete="SET NULL"))
    """The line that was chosen for it; None: its invoice decides."""
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    filename: Mapped[str] = mapped_column(String(160))
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    pages: Mapped[int | None]
    added_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What became of it, see ``portal.claims.intake``; empty while it waits."""


class Settlement(Base):
    """How much of an advance a claim shall settle (核销); it happens when the claim is paid."""

    __tablename__ = "settlements"

    claim_id: Mapped[int] = mapped_column(
        ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True
    )
    advance_id: Mapped[int] = mapped_column(
        ForeignKey("prior_requests.id"), primary_key=True, index=True
    )
    amount: Mapped[Minor]
    """What the claimant wants settled."""
    settled: Mapped[Minor | None]
    """What was settled at payment, None before."""


class Template(Base):
    """A claim to start from again: what comes back every month."""

    __tablename__ = "templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]


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
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose account pays: claims of several companies are never in one batch."""

    @property
    def subject(self) -> Subject:
        """The batch as events name it."""
        return Subject("batch", self.id)


class Payment(Base):
    """One claim's or advance's money in one batch, with the account as it was then.

    The indexes allow one payment that has not failed. ``amount`` is what the bank transfers:
    a claim's total without what settles advances, never below zero.
    """

    __tablename__ = "payments"
    __table_args__ = (
        Index(
            "uq_payments_once", "claim_id", unique=True,
            sqlite_where=NOT_FAILED, postgresql_where=NOT_FAILED,
        ),
        Index(
            "uq_payments_advance_once", "advance_id", unique=True,
            sqlite_where=NOT_FAILED, postgresql_where=NOT_FAILED,
        ),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("(claim_id IS NULL) <> (advance_id IS NULL)", name="one_document"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), index=True)
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"), index=True)
    advance_id: Mapped[int | None] = mapped_column(ForeignKey("prior_requests.id"), index=True)
    amount: Mapped[Minor]
    payee: Mapped[str] = mapped_column(String(120), default="")
    bank_name: Mapped[str] = mapped_column(String(120), default="")
    bank_account: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[str] = mapped_column(String(12), default=PAYMENT_PENDING)
    reason: Mapped[str] = mapped_column(String(200), default="")
