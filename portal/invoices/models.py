"""Invoices as read from files, and which claim holds which."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Minor


class Invoice(Base):
    """What was read from one file. Amounts are minor units of the yuan; None was not read."""

    __tablename__ = "invoices"
    __table_args__ = (Index("ix_invoices_alike", "issued_on", "total"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(12))
    key: Mapped[str | None] = mapped_column(String(40), index=True)
    code: Mapped[str | None] = mapped_column(String(20))
    number: Mapped[str | None] = mapped_column(String(40), index=True)
    issued_on: Mapped[date | None]
    seller: Mapped[str | None] = mapped_column(String(200))
    seller_tax_id: Mapped[str | None] = mapped_column(String(40))
    buyer: Mapped[str | None] = mapped_column(String(200))
    buyer_tax_id: Mapped[str | None] = mapped_column(String(40))
    net: Mapped[Minor | None]
    tax: Mapped[Minor | None]
    total: Mapped[Minor | None] = mapped_column(index=True)
    unread: Mapped[list[Any]]
    kind: Mapped[str] = mapped_column(String(12), default="other")
    """``digital``, ``vat``, ``rail``, ``flight``, ``toll`` or ``other``."""
    special: Mapped[bool | None]
    """A special invoice (专票), whose tax the company recovers; None: not known."""
    page: Mapped[int | None]
    """Which page of the file, when it holds several invoices."""
    sources: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By value: where in the file it was read."""
    disagreements: Mapped[list[Any]] = mapped_column(default=list)
    """Where another source of the same file says otherwise: field, source and value."""
    items: Mapped[list[Any]] = mapped_column(default=list)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What tickets and itineraries say besides: passenger, from, to, train or flight."""


class InvoiceHold(Base):
    """One invoice, one claim: the primary key makes a second holder impossible.

    ``share`` is 0 unless finance allowed the invoice for one more claim; each allowance
    opens one further share.
    """

    __tablename__ = "invoice_holds"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    share: Mapped[int] = mapped_column(primary_key=True, default=0)
    claim_id: Mapped[int] = mapped_column(index=True)
    held_at: Mapped[datetime]


class InvoiceAllowance(Base):
    """Finance lets one person claim an invoice that another claim holds, with a reason."""

    __tablename__ = "invoice_allowances"
    __table_args__ = (UniqueConstraint("key", "share"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40))
    share: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class InvoiceCheck(Base):
    """That somebody verified an invoice with the tax platform (验真), and what it said."""

    __tablename__ = "invoice_checks"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), index=True)
    port: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(12))
    """``genuine``, ``void``, ``red`` (offset by a credit note) or ``unknown``."""
    note: Mapped[str] = mapped_column(String(200), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
