"""The company's policy as stored: categories as rows, rules as dated documents."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class CategoryRow(Base):
    """A kind of expense. ``code`` never changes: claims refer to it."""

    __tablename__ = "categories"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("categories.code"))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    accounting_code: Mapped[str] = mapped_column(String(40), default="")
    position: Mapped[int] = mapped_column(default=0)
    needs_city: Mapped[bool] = mapped_column(default=False)
    needs_nights: Mapped[bool] = mapped_column(default=False)
    needs_attendees: Mapped[bool] = mapped_column(default=False)
    reimbursable: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)


class PolicyVersion(Base):
    """The rules from one day on. A version is never changed; a later one follows it."""

    __tablename__ = "policy_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    valid_from: Mapped[date]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    rules: Mapped[dict[str, Any]]
