"""Departments, people, what they may do, and where they are signed in."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base
from portal.core.words import Named

AT_ONCE, DAILY, PORTAL_ONLY = "at_once", "daily", "portal_only"
GRADES = ("staff", "manager", "director")
"""From the lowest to the highest; limits differ by grade."""


class Department(Base):
    __tablename__ = "departments"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    head_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id", use_alter=True, name="fk_departments_head_id_people")
    )
    cost_centre: Mapped[str] = mapped_column(String(40), default="")

    @property
    def name(self) -> Named:
        """The name in both languages."""
        return Named(self.name_zh, self.name_en)


class Person(Base):
    """An employee. Nobody is ever deleted: their claims stay; ``active`` ends."""

    __tablename__ = "people"
    __table_args__ = (Index("ix_people_name", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"), index=True)
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    grade: Mapped[str] = mapped_column(String(20), default="staff")
    language: Mapped[str] = mapped_column(String(5), default="zh")
    hired_on: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)
    notices_by: Mapped[str] = mapped_column(String(20), default=AT_ONCE)
    bank_name: Mapped[str] = mapped_column(String(120), default="")
    bank_account: Mapped[str] = mapped_column(String(40), default="")
    password_hash: Mapped[str | None] = mapped_column(String(200))

    department: Mapped[Department] = relationship(foreign_keys=[department_id])
    manager: Mapped["Person | None"] = relationship(foreign_keys=[manager_id], remote_side=[id])
    grants: Mapped[list["RoleGrant"]] = relationship(cascade="all, delete-orphan")


class RoleGrant(Base):
    __tablename__ = "role_grants"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True, index=True)


class SignIn(Base):
    """One signed-in browser. The cookie names it; ending the row ends the browser's access."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    shared: Mapped[bool] = mapped_column(default=False)
    address: Mapped[str] = mapped_column(String(45), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")
    ended_at: Mapped[datetime | None]


class MailedToken(Base):
    """A single-use link sent by mail: an invitation or a password reset."""

    __tablename__ = "mailed_tokens"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Throttle(Base):
    """Failed sign-ins of one account from one address, or of one address."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime]
    blocked_until: Mapped[datetime | None]
