"""Categories and calendar as they stood: a copy for every change, kept for good.

A claim names its version of the rules and the stamp of these, so that it can be explained by what
it was judged by however often either changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.errors import Missing
from portal.core.words import Named, Words, words
from portal.policy.differences import Difference
from portal.policy.models import CalendarDay, CategoryRow, PolicyEdition
from portal.policy.rules import COMPUTED, Category, Day

MOST_SHOWN = 50

Rows = list[dict[str, Any]]

FIELDS: Mapping[str, Words] = {
    "name_zh": words("Chinese name"),
    "name_en": words("English name"),
    "parent_code": words("belongs to"),
    "accounting_code": words("accounting code"),
    "position": words("place in the list"),
    "needs_city": words("needs a city"),
    "needs_nights": words("needs the number of nights"),
    "needs_attendees": words("needs the attendees"),
    "needs_project": words("needs a project"),
    "needs_merchant": words("needs the merchant"),
    "reimbursable": words("is paid"),
    "active": words("can be chosen"),
    "computed": words("how the amount comes about"),
}
WAYS: Mapping[str, Words] = dict(
    zip(
        COMPUTED,
        (words("typed"), words("kilometres × rate"), words("days × allowance"),
         words("quantity × price")),
        strict=True,
    )
)  # fmt: skip
YES, NO = words("yes"), words("no")
HOLIDAY, WORKED = words("holiday"), words("worked")
NEW_CATEGORY = words("new category")


@dataclass(frozen=True)
class Edition:
    """What stood from one moment on, until the next edition."""

    id: int
    stamp: str
    since: datetime


def keep(session: Session, stamp: str, at: datetime) -> None:
    """Keep a copy of categories and calendar as they are now. The caller has flushed."""
    days = session.scalars(select(CalendarDay).order_by(CalendarDay.day))
    rows = session.scalars(select(CategoryRow).order_by(CategoryRow.code))
    session.add(
        PolicyEdition(
            stamp=stamp,
            since=at,
            categories=[{"code": row.code} | {name: getattr(row, name) for name in FIELDS}
                        for row in rows],
            calendar=[
                {"day": one.day.isoformat(), "works": one.works, "name_zh": one.name_zh,
                 "name_en": one.name_en}
                for one in days
            ],
        )
    )  # fmt: skip
    session.flush()


def edition(session: Session, stamp: str) -> PolicyEdition:
    """The copy with this stamp. Raises ``Missing``. One query."""
    found = session.scalar(select(PolicyEdition).where(PolicyEdition.stamp == stamp))
    if found is None:
        raise Missing(words("There is no such version of the rules."))
    return found


def history(session: Session) -> list[Edition]:
    """The last editions, newest first. One query."""
    rows = session.execute(
        select(PolicyEdition.id, PolicyEdition.stamp, PolicyEdition.since)
        .order_by(PolicyEdition.id.desc())
        .limit(MOST_SHOWN)
    )
    return [Edition(*row) for row in rows]


def changes(session: Session, edition_id: int) -> tuple[PolicyEdition, list[Difference]]:
    """An edition, and how it differs from the one before it. Raises ``Missing``."""
    both = session.scalars(
        select(PolicyEdition)
        .where(PolicyEdition.id <= edition_id)
        .order_by(PolicyEdition.id.desc())
        .limit(2)
    ).all()
    if not both or both[0].id != edition_id:
        raise Missing(words("There is no such version of the rules."))
    before: tuple[Rows, Rows] = ([], [])
    if len(both) == 2:
        before = (both[1].categories, both[1].calendar)
    return both[0], differences(before, (both[0].categories, both[0].calendar))


def differences(before: tuple[Rows, Rows], after: tuple[Rows, Rows]) -> list[Difference]:
    """Every category and day that differs between two copies, the categories first."""
    return [*_of_categories(before[0], after[0]), *_of_days(before[1], after[1])]


def _of_categories(before: Rows, after: Rows) -> Iterable[Difference]:
    old = {row["code"]: row for row in before}
    names = {row["code"]: _name(row) for row in (*before, *after)}
    for row in after:
        code, name = row["code"], Words("%(name)s", {"name": _name(row)})
        was = old.get(code)
        if was is None:
            yield Difference(("categories", code), (name,), None, NEW_CATEGORY)
            continue
        for field, label in FIELDS.items():
            if was.get(field) != row.get(field):
                yield Difference(
                    ("categories", code, field), (name, label),
                    _value(field, was.get(field), names), _value(field, row.get(field), names),
                )  # fmt: skip


def _of_days(before: Rows, after: Rows) -> Iterable[Difference]:
    old, new = ({row["day"]: row for row in rows} for rows in (before, after))
    for day in sorted({*old, *new}):
        was, now = old.get(day), new.get(day)
        if was != now:
            what = Words("%(text)s %(name)s", {"text": day, "name": _name(now or was or {})})
            yield Difference(("calendar", day), (what,), _day(was), _day(now))


def _name(row: Mapping[str, Any]) -> Named:
    return Named(row.get("name_zh", ""), row.get("name_en", ""))


def _value(field: str, value: Any, names: Mapping[str, Named]) -> Words | None:
    if isinstance(value, bool):
        return YES if value else NO
    if field == "computed":
        return WAYS.get(value)
    if field == "parent_code":
        return Words("%(name)s", {"name": names.get(value, value)}) if value else None
    return Words("%(text)s", {"text": str(value)}) if value not in ("", None) else None


def _day(row: Mapping[str, Any] | None) -> Words | None:
    if row is None:
        return None
    return WORKED if row["works"] else HOLIDAY


def categories_from(rows: Iterable[Mapping[str, Any]]) -> list[Category]:
    """Categories from rows or a copy of them, each parent directly before its children."""
    ordered = sorted(rows, key=lambda row: (row["position"], row["code"]))
    tops = [row for row in ordered if row["parent_code"] is None]
    return [
        _category(row)
        for top in tops
        for row in [top, *(each for each in ordered if each["parent_code"] == top["code"])]
    ]


def _category(row: Mapping[str, Any]) -> Category:
    return Category(
        code=row["code"],
        name=_name(row),
        parent=row["parent_code"],
        accounting_code=row["accounting_code"],
        needs_city=row["needs_city"],
        needs_nights=row["needs_nights"],
        needs_attendees=row["needs_attendees"],
        reimbursable=row["reimbursable"],
        active=row["active"],
        computed=row["computed"],
        needs_project=row["needs_project"],
        needs_merchant=row["needs_merchant"],
    )


def days_from(rows: Iterable[Mapping[str, Any]]) -> dict[date, Day]:
    """The calendar from a copy of it."""
    return {date.fromisoformat(row["day"]): Day(row["works"], _name(row)) for row in rows}
