"""Reading and starting the stored policy.

A version never changes, and categories and calendar carry a stamp that changes with them: each
process keeps the policy that it made of them, and asks only whether it is still the one.
"""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.core.db import fetch, table
from portal.core.errors import Missing
from portal.core.words import Named, words
from portal.policy import calendar, portable
from portal.policy.editions import categories_from, days_from, edition
from portal.policy.models import CalendarDay, CategoryRow, PolicyStamp, PolicyVersion
from portal.policy.rules import Category, Day, Policy, policy
from portal.policy.stamp import renew_stamp

SAMPLE = Path(__file__).with_name("sample.toml")
MOST_KEPT = 16

_version = table(PolicyVersion)
STAMP = select(PolicyStamp.stamp).where(PolicyStamp.id == 1).scalar_subquery()
NEWEST_FIRST = (PolicyVersion.valid_from.desc(), PolicyVersion.id.desc())
IN_FORCE = (
    select(PolicyVersion.id, PolicyVersion.created_at, STAMP.label("stamp"))
    .where(PolicyVersion.valid_from <= bindparam("on"))
    .order_by(*NEWEST_FIRST)
    .limit(1)
)
VERSION = select(PolicyVersion.id, PolicyVersion.created_at, STAMP.label("stamp")).where(
    PolicyVersion.id == bindparam("version")
)

_policies: dict[tuple[Any, ...], Policy] = {}
_categories: dict[str, tuple[Category, ...]] = {}


def current_policy(session: Session, on: date) -> Policy:
    """The rules in force on a day. One query, three more after something changed."""
    found = fetch(session, IN_FORCE, on=on).one()
    return _of(session, found, found.stamp)


def policy_of(session: Session, version: int, stamp: str = "") -> Policy:
    """The rules of a version, with the categories and the calendar of a ``stamp``.

    They are today's without one. Raises ``Missing``.
    """
    found = fetch(session, VERSION, version=version).one_or_none()
    if found is None:
        raise Missing(words("There is no such version of the rules."))
    return _of(session, found, stamp or found.stamp)


def judging_by(session: Session, rules: Mapping[str, Any]) -> Policy:
    """Rules that are not in force, such as a draft, as a policy."""
    return policy(0, rules, categories(session), days_off(session))


def _of(session: Session, found: Any, stamp: str) -> Policy:
    key = (found.id, found.created_at, stamp)
    kept = _policies.get(key)
    if kept is None:
        rules = session.scalar(select(_version.c.rules).where(_version.c.id == found.id))
        assert rules is not None
        if stamp == found.stamp:
            kinds, days = categories(session), days_off(session)
        else:
            then = edition(session, stamp)
            kinds, days = categories_from(then.categories), days_from(then.calendar)
        kept = _keep(_policies, key, policy(found.id, rules, kinds, days, stamp=stamp or ""))
    return kept


def _keep(kept: dict[Any, Any], key: object, value: Any) -> Any:
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[key] = value
    return value


def categories(session: Session) -> list[Category]:
    """All categories, each group's parent directly before its children. One or two queries."""
    stamp = session.scalar(select(STAMP)) or ""
    kept = _categories.get(stamp)
    if kept is None:
        kept = _keep(_categories, stamp, tuple(_stored_categories(session)))
    return list(kept)


def _stored_categories(session: Session) -> list[Category]:
    rows = session.execute(select(CategoryRow.__table__)).mappings()
    return categories_from(dict(row) for row in rows)


def days_off(session: Session) -> dict[date, Day]:
    """The company's calendar. One query."""
    rows = session.execute(select(CalendarDay.__table__)).all()
    return {row.day: Day(row.works, Named(row.name_zh, row.name_en)) for row in rows}


def start_with_sample(session: Session, at: datetime) -> None:
    """Give a new installation the sample policy. The caller commits."""
    text = SAMPLE.read_text(encoding="utf-8")
    rows, rules = portable.read_sample(text)
    for position, row in enumerate(rows):
        session.add(
            CategoryRow(
                code=row["code"],
                parent_code=row.get("parent"),
                name_zh=row["zh"],
                name_en=row["en"],
                accounting_code=row["accounting_code"],
                position=position,
                needs_city=row.get("needs_city", False),
                needs_nights=row.get("needs_nights", False),
                needs_attendees=row.get("needs_attendees", False),
                reimbursable=row.get("reimbursable", True),
                computed=row.get("computed", ""),
            )
        )
    calendar.store(session, calendar.published(at.year))
    session.add(PolicyVersion(valid_from=date(2000, 1, 1), created_at=at, rules=rules))
    renew_stamp(session, at)
