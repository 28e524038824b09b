"""Invoices as read from files, and which claim holds which."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Minor


class Invoice(Base):
    """What was read from one file. Amounts are minor units of the yuan; None was not read."""

    __tablename__ = "invoices"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(12))
    key: Mapped[str | None] = mapped_column(String(40), index=True)
    code: Mapped[str | None] = mapped_column(String(20))
    number: Mapped[str | None] = mapped_column(String(40))
    issued_on: Mapped[date | None]
    seller: Mapped[str | None] = mapped_column(String(200))
    seller_tax_id: Mapped[str | None] = mapped_column(String(40))
    buyer: Mapped[str | None] = mapped_column(String(200))
    buyer_tax_id: Mapped[str | None] = mapped_column(String(40))
    net: Mapped[Minor | None]
    tax: Mapped[Minor | None]
    total: Mapped[Minor | None]
    unread: Mapped[list[Any]]


class InvoiceHold(Base):
    """One invoice, one claim: the primary key makes a second holder impossible."""

    __tablename__ = "invoice_holds"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    claim_id: Mapped[int] = mapped_column(index=True)
    held_at: Mapped[datetime]
