"""Legal entities: whose money is spent, and whose name invoices must bear."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.errors import Invalid
from portal.core.events import Subject, record
from portal.core.versions import refuse_stale, version_of
from portal.core.words import words
from portal.people import events, tax_number
from portal.people.directory import belongs_to
from portal.people.directory_fields import understood
from portal.people.models import Company, Department

TEXTS = ("code", "name_zh", "name_en", "tax_id", "prefix", "bank_name", "bank_account")
_PREFIX = re.compile(r"([A-Z][A-Z0-9-]{0,5})?")
"""With it, the numbers of claims have at most 20 signs."""


def companies(session: Session) -> Sequence[Company]:
    """All companies by code. One query."""
    return session.scalars(select(Company).order_by(Company.code)).all()


def main_currency(session: Session) -> str:
    """What rates are into: the currency of the company that was founded first."""
    return session.scalar(select(Company.currency).order_by(Company.id).limit(1)) or "CNY"


def company_of(session: Session, department_id: int) -> int:
    """The id of the company that a department belongs to: its own, else that of the one above.

    Raises ``LookupError`` when not even the topmost department names one.
    """
    seen: set[int] = set()
    current: int | None = department_id
    while current is not None and current not in seen:
        seen.add(current)
        row = session.execute(
            select(Department.parent_id, Department.company_id).where(Department.id == current)
        ).one()
        if row.company_id is not None:
            return int(row.company_id)
        current = row.parent_id
    raise LookupError(f"no company stands above department {department_id}")


def choose(session: Session, code: str, *, topmost: bool) -> int | None:
    """The id of the company with this code, None for that of the department above.

    Raises ``Invalid`` when there is no such company in use, or nothing above to take it from.
    """
    if not code:
        if topmost:
            raise Invalid(words("A department at the top needs a company."), "company")
        return None
    company = session.scalars(select(Company).where(Company.code == code)).one_or_none()
    if company is None or not company.active:
        raise Invalid(words("Choose a company from the list."), "company")
    return company.id


def cells_of(company: Company) -> dict[str, str]:
    """What is known of the company, as a form shows it; ``active`` is ``yes`` or empty."""
    texts = {name: str(getattr(company, name)) for name in TEXTS}
    return {**texts, "active": "yes" if company.active else ""}


def shown_version(company: Company) -> str:
    """What a form carries to ``change``: the state of the company that it shows."""
    return version_of(cells_of(company))


def create(session: Session, cells: Mapping[str, str], *, by: int, at: datetime) -> Company:
    """Take a company in. ``cells`` are as in ``cells_of``; raises ``Invalid``."""
    company = Company()
    _set(session, company, cells)
    session.add(company)
    session.flush()
    record(session, events.COMPANY_CREATED, Subject("company", company.id), by=by, at=at)
    return company


def change(
    session: Session, company: Company, cells: Mapping[str, str], *,
    shown: str, by: int, at: datetime,
) -> list[str]:  # fmt: skip
    """Change a company; the names of what changed.

    Numbers and batches that were made keep what they bear. Raises ``Stale`` when ``shown`` is
    not how it stands now, and ``Invalid``.
    """
    before = cells_of(company)
    refuse_stale(shown, before)
    _set(session, company, cells)
    after = cells_of(company)
    changed = [name for name in before if before[name] != after[name]]
    if changed:
        about = Subject("company", company.id)
        record(session, events.COMPANY_CHANGED, about, by=by, at=at, fields=changed)
    return changed


def _set(session: Session, company: Company, cells: Mapping[str, str]) -> None:
    typed = {name: cells[name].strip() for name in TEXTS}
    for name in ("code", "name_zh", "name_en"):
        if not typed[name]:
            raise Invalid(words("This is needed."), name)
    typed["tax_id"] = tax_number.plain(typed["tax_id"])
    if typed["tax_id"] and typed["tax_id"] != company.tax_id:
        tax_number.check(typed["tax_id"])
    typed["prefix"] = typed["prefix"].upper()
    if not _PREFIX.fullmatch(typed["prefix"]):
        raise Invalid(
            words("A prefix begins with a letter and has at most 6 letters, digits and hyphens."),
            "prefix",
        )
    _check_bank(typed)
    for name in ("code", "tax_id", "prefix"):
        _refuse_taken(session, company, name, typed[name])
    active = bool(cells["active"])
    if not active and company.id is not None and _departments(session, company.id):
        raise Invalid(words("Departments belong to this company. Move them first."), "active")
    for name, value in typed.items():
        setattr(company, name, value)
    company.active = active


def _check_bank(typed: Mapping[str, str]) -> None:
    bank = {name: typed[name] for name in ("bank_name", "bank_account")}
    _values, problems = understood(bank)
    for problem in problems:
        raise Invalid(problem.says, problem.column)


def _refuse_taken(session: Session, company: Company, column: str, value: str) -> None:
    """Each is one company's. Two without a prefix would share one series of numbers."""
    if column == "tax_id" and not value:
        return
    other = session.scalars(select(Company).where(getattr(Company, column) == value)).first()
    if other is not None and other.id != company.id:
        raise Invalid(belongs_to(other.name, other.code), column)


def _departments(session: Session, company_id: int) -> int:
    counted = select(func.count()).where(Department.company_id == company_id)
    return session.scalar(counted) or 0
