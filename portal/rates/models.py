"""Exchange rates as the company entered or imported them."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class ExchangeRate(Base):
    """From ``on`` one unit of ``currency`` is worth ``rate`` units of ``base`` (ISO 4217).

    A rate is never changed: a later row for the same day replaces it for new claims, and a
    claim keeps the rate it used.
    """

    __tablename__ = "exchange_rates"
    __table_args__ = (UniqueConstraint("currency", "base", "on", "entered_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(String(3))
    base: Mapped[str] = mapped_column(String(3))
    on: Mapped[date]
    rate: Mapped[Decimal]
    source: Mapped[str] = mapped_column(String(80), default="")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    entered_at: Mapped[datetime]
