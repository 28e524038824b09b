"""Changing the categories of expenses, and reading the rules as tables."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.errors import Invalid
from portal.core.events import record
from portal.core.versions import refuse_stale, version_of
from portal.core.words import Named, words
from portal.policy import events
from portal.policy.events import SUBJECT
from portal.policy.models import CategoryRow, PolicyVersion
from portal.policy.rules import ANY, COMPUTED, OTHER_TIER, Category, Policy
from portal.policy.stamp import renew_stamp

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class Typed:
    """A category as a form holds it; ``parent`` is a code, empty at the top."""

    name_zh: str
    name_en: str
    parent: str = ""
    accounting_code: str = ""
    position: int = 0
    needs_city: bool = False
    needs_nights: bool = False
    needs_attendees: bool = False
    reimbursable: bool = True
    active: bool = True
    computed: str = ""
    needs_project: bool = False
    needs_merchant: bool = False


def typed_of(row: CategoryRow) -> Typed:
    """What is stored, as a form shows it."""
    stored: dict[str, Any] = {
        field.name: getattr(row, field.name) for field in fields(Typed) if field.name != "parent"
    }
    return Typed(parent=row.parent_code or "", **stored)


def shown_version(row: CategoryRow) -> str:
    """What a form carries to ``change``: the state of the category that it shows."""
    return version_of(typed_of(row))


def tops(session: Session) -> Sequence[CategoryRow]:
    """The categories at the top, in their order. One query."""
    found = select(CategoryRow).where(CategoryRow.parent_code.is_(None))
    return session.scalars(found.order_by(CategoryRow.position, CategoryRow.code)).all()


def create(session: Session, code: str, typed: Typed, *, by: int, at: datetime) -> CategoryRow:
    """A new category. Its code never changes. Raises ``Invalid``."""
    plain = code.strip().lower()
    if not CODE.fullmatch(plain):
        raise Invalid(
            words("A code begins with a letter and has only lower-case letters, digits and _."),
            "code",
        )
    if session.get(CategoryRow, plain) is not None:
        raise Invalid(words("There is a category with this code already."), "code")
    row = CategoryRow(code=plain)
    _set(session, row, typed)
    session.add(row)
    renew_stamp(session, at)
    record(session, events.CATEGORY_CREATED, SUBJECT, by=by, at=at, code=plain)
    return row


def change(
    session: Session, row: CategoryRow, typed: Typed, *, shown: str, by: int, at: datetime
) -> list[str]:
    """Change a category; the names of what changed.

    Raises ``Stale`` when ``shown`` is not how it stands now, and ``Invalid``.
    """
    before = typed_of(row)
    refuse_stale(shown, before)
    _set(session, row, typed)
    after = asdict(typed_of(row))
    changed = [name for name, value in asdict(before).items() if value != after[name]]
    if changed:
        renew_stamp(session, at)
        record(
            session, events.CATEGORY_CHANGED, SUBJECT, by=by, at=at, code=row.code, fields=changed
        )
    return changed


def _set(session: Session, row: CategoryRow, typed: Typed) -> None:
    for name in ("name_zh", "name_en"):
        if not getattr(typed, name).strip():
            raise Invalid(words("This is needed."), name)
    if typed.computed not in COMPUTED:
        raise Invalid(words("Choose one of the list."), "computed")
    parent = _parent(session, row, typed.parent)
    for name, value in asdict(typed).items():
        if name != "parent":
            setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.parent_code = parent


def _parent(session: Session, row: CategoryRow, code: str) -> str | None:
    if not code:
        return None
    parent = session.get(CategoryRow, code)
    if parent is None or parent.parent_code is not None or parent.code == row.code:
        raise Invalid(words("Choose a category from the list."), "parent")
    below = select(func.count()).where(CategoryRow.parent_code == row.code)
    if session.scalar(below):
        raise Invalid(
            words("This category has others below it, so it cannot stand below one itself."),
            "parent",
        )
    return parent.code


@dataclass(frozen=True)
class LimitTable:
    """The limits on one category as a table: a row for each tier, an amount for each grade.

    ``tier`` is empty where cities make no difference; amounts are minor units, None where
    there is no limit.
    """

    category: Category
    per: str
    grades: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]


def limit_tables(rules: Policy, grades: Sequence[str]) -> Iterator[LimitTable]:
    """The policy's limits as tables, in its order; ``grades`` is empty where all are alike."""
    every_tier = sorted({*rules.cities.values(), OTHER_TIER})
    for limit in rules.limits:
        category = rules.categories.get(limit.category)
        if category is None:
            continue
        alike = all(set(by_grade) <= {ANY} for by_grade in limit.amounts.values())
        shown = (ANY,) if alike else tuple(grades)
        tiers = [""] if set(limit.amounts) <= {ANY} else every_tier
        rows = tuple((tier, tuple(limit.amount(tier, grade) for grade in shown)) for tier in tiers)
        yield LimitTable(category, limit.per, () if alike else shown, rows)


def published(session: Session, version: int) -> PolicyVersion:
    """A version of the rules as it was written. One query."""
    return session.execute(select(PolicyVersion).where(PolicyVersion.id == version)).scalar_one()


def is_sample(version: PolicyVersion) -> bool:
    """Whether these are the rules that the portal itself came with."""
    return version.created_by_id is None


def names(rules: Policy, codes: Collection[str]) -> list[Named]:
    """The names of these categories, in the policy's order."""
    return [category.name for code, category in rules.categories.items() if code in codes]
