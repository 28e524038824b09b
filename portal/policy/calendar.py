"""The company's calendar: holidays, and weekend days that are worked instead (调休).

The State Council announces each year's days late in the year before. A library brings what
was announced when it was made; whatever differs is typed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, extract, select
from sqlalchemy.orm import Session

from portal.core.errors import Invalid, Missing, NotNow
from portal.core.events import record
from portal.core.words import Named, words
from portal.policy import events
from portal.policy.events import SUBJECT
from portal.policy.models import CalendarDay
from portal.policy.stamp import renew_stamp

FIRST_YEAR, LAST_YEAR = 2015, 2100
LONGEST_NAME = 80
IN_BRACKETS = re.compile(r"\s*[（(].*?[）)]")
IN_LIEU = Named("调休放假", "Day off in lieu")
WORKED = Named("调休上班", "Worked in lieu")


@dataclass(frozen=True)
class KnownDay:
    """A day as the library knows it."""

    day: date
    works: bool
    name: Named


def published(year: int) -> list[KnownDay]:
    """The days of a year that are not what their weekday says, as far as they are known.

    Holidays of a year that is not announced yet follow from the law and the moon; its
    working weekend days are not known then, so that no day ``works``.
    """
    # Reading the library's tables takes a tenth of a second that only this function needs.
    from holidays import country_holidays

    if not FIRST_YEAR <= year <= LAST_YEAR:
        return []
    chinese = country_holidays("CN", years=year, language="zh_CN")
    english = country_holidays("CN", years=year, language="en_US")
    free = [
        KnownDay(day, False, _named(chinese[day], english[day]))
        for day in chinese
        if day.year == year
    ]
    worked = [KnownDay(day, True, WORKED) for day in chinese.weekend_workdays if day.year == year]
    return sorted((*free, *worked), key=lambda known: known.day)


def _named(chinese: str, english: str) -> Named:
    if chinese.startswith("休息日"):
        return IN_LIEU
    return Named(IN_BRACKETS.sub("", chinese), IN_BRACKETS.sub("", english))


def is_announced(days: Iterable[KnownDay]) -> bool:
    """Whether the working weekend days of the year are known, too."""
    return any(known.works for known in days)


def days_of(session: Session, year: int) -> Sequence[CalendarDay]:
    """The stored days of a year in their order. One query."""
    of_year = select(CalendarDay).where(
        CalendarDay.day >= date(year, 1, 1), CalendarDay.day <= date(year, 12, 31)
    )
    return session.scalars(of_year.order_by(CalendarDay.day)).all()


def years(session: Session) -> list[int]:
    """The years of which something is stored. One query."""
    found = select(extract("year", CalendarDay.day)).distinct()
    return sorted(int(year) for year in session.scalars(found))


def store(session: Session, days: Iterable[KnownDay]) -> int:
    """Store the days that are not there yet; those that are stay as they were typed."""
    wanted = list(days)
    there = set(session.scalars(select(CalendarDay.day)))
    new = [known for known in wanted if known.day not in there]
    session.add_all(
        CalendarDay(day=known.day, works=known.works, name_zh=known.name.zh, name_en=known.name.en)
        for known in new
    )
    return len(new)


def fill(session: Session, year: int, *, by: int, at: datetime) -> tuple[int, bool]:
    """Bring in what is known of a year: how many days were new, and whether it is announced.

    Raises ``NotNow`` for a year of which nothing is known.
    """
    days = published(year)
    if not days:
        raise NotNow(words("Nothing is known of the year %(year)s. Type its days.", year=str(year)))
    new = store(session, days)
    if new:
        renew_stamp(session, at)
        record(session, events.CALENDAR_FILLED, SUBJECT, by=by, at=at, year=year, days=new)
    return new, is_announced(days)


def add(
    session: Session, day: date, *, works: bool, name_zh: str, name_en: str, by: int, at: datetime
) -> None:
    """Store a holiday, or a weekend day that is worked. Raises ``Invalid``."""
    if works and day.weekday() < 5:
        raise Invalid(
            words("This is a working day anyway: only a weekend day can become one."), "day"
        )
    if not name_zh.strip() or not name_en.strip():
        missing = "name_zh" if not name_zh.strip() else "name_en"
        raise Invalid(words("This is needed."), missing)
    if session.get(CalendarDay, day) is not None:
        raise Invalid(words("This day is in the calendar already. Remove it first."), "day")
    session.add(
        CalendarDay(
            day=day, works=works,
            name_zh=name_zh.strip()[:LONGEST_NAME], name_en=name_en.strip()[:LONGEST_NAME],
        )
    )  # fmt: skip
    renew_stamp(session, at)
    record(
        session, events.CALENDAR_DAY_ADDED, SUBJECT, by=by, at=at,
        day=day.isoformat(), works=works, name=name_en.strip()[:LONGEST_NAME],
    )  # fmt: skip


def remove(session: Session, day: date, *, by: int, at: datetime) -> None:
    """Take a day out of the calendar. Raises ``Missing``."""
    found = session.execute(
        delete(CalendarDay).where(CalendarDay.day == day).returning(CalendarDay.day)
    ).first()
    if found is None:
        raise Missing(words("This day is not in the calendar."))
    renew_stamp(session, at)
    record(session, events.CALENDAR_DAY_REMOVED, SUBJECT, by=by, at=at, day=day.isoformat())
