"""The company's policy as stored: categories as rows, rules as dated documents."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
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
    computed: Mapped[str] = mapped_column(String(12), default="")
    """How the amount comes about: typed (empty), ``mileage``, ``per_diem`` or ``quantity``."""
    needs_project: Mapped[bool] = mapped_column(default=False)
    needs_merchant: Mapped[bool] = mapped_column(default=False)


class CalendarDay(Base):
    """A holiday on a weekday (法定节假日), or a weekend day that is worked (调休上班)."""

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    name_zh: Mapped[str] = mapped_column(String(80), default="")
    name_en: Mapped[str] = mapped_column(String(80), default="")


class PolicyStamp(Base):
    """A new text with every change of categories or calendar, so that both are kept in memory."""

    __tablename__ = "policy_stamps"

    id: Mapped[int] = mapped_column(primary_key=True)
    stamp: Mapped[str] = mapped_column(String(32))


class PolicyEdition(Base):
    """A copy of all categories and the calendar, as they stood from one moment on."""

    __tablename__ = "policy_editions"

    id: Mapped[int] = mapped_column(primary_key=True)
    stamp: Mapped[str] = mapped_column(String(32), unique=True)
    since: Mapped[datetime]
    categories: Mapped[list[Any]]
    calendar: Mapped[list[Any]]


class PolicyVersion(Base):
    """The rules from one day on. A version is never changed; a later one follows it."""

    __tablename__ = "policy_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    valid_from: Mapped[date]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    rules: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(String(400), default="")
    """Why it was changed, in the words of whoever changed it."""
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The second person, where the company wants two."""
    based_on: Mapped[int | None] = mapped_column(ForeignKey("policy_versions.id"))


OPEN = text("published_as IS NULL AND discarded_at IS NULL")


class PolicyDraft(Base):
    """Rules that are being written and judge nothing yet.

    It stands on the newest version and is published as the next one; the index allows a
    single open draft, so that no change is lost to another one.
    """

    __tablename__ = "policy_drafts"
    __table_args__ = (
        Index(
            "uq_policy_drafts_open", "based_on", unique=True,
            sqlite_where=OPEN, postgresql_where=OPEN,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    based_on: Mapped[int] = mapped_column(ForeignKey("policy_versions.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    """Who changed it last: where the company wants two people, another one publishes it."""
    valid_from: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(400), default="")
    rules: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Set while the draft waits for a second person."""
    published_as: Mapped[int | None] = mapped_column(ForeignKey("policy_versions.id"))
    discarded_at: Mapped[datetime | None]
