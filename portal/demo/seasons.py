"""When the demo company works: its hours, its holidays and its busy weeks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
OPENS, CLOSES = 9.0, 18.0

NEW_YEAR = {
    2024: date(2024, 2, 10),
    2025: date(2025, 1, 29),
    2026: date(2026, 2, 17),
    2027: date(2027, 2, 6),
    2028: date(2028, 1, 26),
    2029: date(2029, 2, 13),
    2030: date(2030, 2, 3),
    2031: date(2031, 1, 23),
    2032: date(2032, 2, 11),
    2033: date(2033, 1, 31),
    2034: date(2034, 2, 19),
    2035: date(2035, 2, 8),
}
"""The first day of the lunar year; a year not listed has no Spring Festival break here."""


def is_holiday(day: date) -> bool:
    """Spring Festival, Labour Day and National Day; make-up working days are left out."""
    new_year = NEW_YEAR.get(day.year)
    if new_year and -1 <= (day - new_year).days <= 6:
        return True
    return (day.month, day.day) in {(1, 1), (5, 1), (5, 2), (5, 3)} or (
        day.month == 10 and day.day <= 7
    )


def is_workday(day: date) -> bool:
    """Monday to Friday, without holidays."""
    return day.weekday() < 5 and not is_holiday(day)


def busyness(day: date) -> float:
    """How many claims are written on ``day``, beside an ordinary working day's 1."""
    if is_holiday(day):
        return 0.04
    if day.weekday() >= 5:
        return 0.12
    weight = 1.0
    if day.month % 3 == 0 and day.day >= 20:
        weight = 1.8
    elif day.day >= 25:
        weight = 1.3
    elif day.month == 8:
        weight = 0.8
    new_year = NEW_YEAR.get(day.year)
    if new_year and -10 <= (day - new_year).days <= 14:
        weight *= 0.6
    return weight


def at(day: date, hour: float) -> datetime:
    """The moment ``hour`` (9.5 is half past nine in Shanghai) of ``day``, in UTC."""
    return (datetime.combine(day, time(), ZONE) + timedelta(hours=hour)).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """The day of ``moment`` in Shanghai."""
    return moment.astimezone(ZONE).date()


def workdays_before(day: date, count: int) -> date:
    """The ``count``-th working day before ``day``."""
    while count:
        day -= timedelta(days=1)
        count -= is_workday(day)
    return day


def next_workday(day: date) -> date:
    """``day``, or the first working day after it."""
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def after(moment: datetime, hours: float) -> datetime:
    """The moment when ``hours`` of work have passed since ``moment``."""
    local = moment.astimezone(ZONE)
    day = local.date()
    hour = local.hour + local.minute / 60 + local.second / 3600
    while True:
        if is_workday(day) and hour < CLOSES:
            hour = max(hour, OPENS)
            if hour + hours <= CLOSES:
                return at(day, hour + hours)
            hours -= CLOSES - hour
        day, hour = day + timedelta(days=1), OPENS
