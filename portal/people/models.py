"""Departments, people, what they may do, and where they are signed in."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base
from portal.core.words import Named

AT_ONCE, DAILY, PORTAL_ONLY = "at_once", "daily", "portal_only"
GRADES = ("staff", "manager", "director")
"""From the lowest to the highest; limits differ by grade."""


class Company(Base):
    """A legal entity (公司主体): whose money it is, and whose name invoices must bear."""

    __tablename__ = "companies"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    tax_id: Mapped[str] = mapped_column(String(40), default="")
    """Unified social credit code; empty: invoices are checked by the name alone."""
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    prefix: Mapped[str] = mapped_column(String(8), default="")
    """Begins the numbers of its documents, such as ``SH-``."""
    bank_name: Mapped[str] = mapped_column(String(120), default="")
    bank_account: Mapped[str] = mapped_column(String(40), default="")
    active: Mapped[bool] = mapped_column(default=True)

    @property
    def name(self) -> Named:
        """The name in both languages."""
        return Named(self.name_zh, self.name_en)


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
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"))
    """None: the company of the department above."""

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
    subject: Mapped[str | None] = mapped_column(String(300), unique=True)
    """``issuer subject`` of the identity provider (OpenID Connect) they signed in with."""

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


class DirectoryEntry(Base):
    """What the directory that provisions people (SCIM 2.0) calls one of them."""

    __tablename__ = "directory_entries"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    user_name: Mapped[str] = mapped_column(String(254), unique=True)
    external_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    given_name: Mapped[str] = mapped_column(String(120), default="")
    family_name: Mapped[str] = mapped_column(String(120), default="")
    """The portal itself knows whole names only: which part comes first differs."""
    department: Mapped[str] = mapped_column(String(120), default="")
    """As the directory writes it, which may be its code or its name in either language."""
    deleted: Mapped[bool] = mapped_column(default=False)
    """The directory has deleted the person, who is nothing but inactive here."""


class Deputy(Base):
    """Who may fill claims for whom (代填): allowed by that person or an administrator."""

    __tablename__ = "deputies"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    since: Mapped[datetime]


class Project(Base):
    """What costs are booked on beside the cost centre; ``owner`` answers for its budget."""

    __tablename__ = "projects"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    active: Mapped[bool] = mapped_column(default=True)

    @property
    def name(self) -> Named:
        """The name in both languages."""
        return Named(self.name_zh, self.name_en)


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
