"""An ordinary year of the demo company: who claims what, when, and what goes wrong."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from portal.approvals.flow import LINE_MANAGER, ROLE
from portal.demo import sayings, seasons
from portal.demo.expenses import HABITS, WEIGHTS, Spender, phone, trip
from portal.demo.people import Colleague
from portal.demo.stories import (
    ASKED,
    DISCUSSED,
    REJECTED,
    RETURNED,
    WITHDRAWN,
    Errand,
    Expense,
    Story,
    Turn,
    story,
)
from portal.people.roles import FINANCE

FINANCE_REVIEW = ROLE + FINANCE
DAYS = 365
CLAIMS = 535
ZEAL = {"SALES": 3.0, "MKT": 1.8, "CS": 1.3, "RD": 0.9, "HR": 0.8, "FIN": 0.5, "HQ": 0.7}
"""How often people of a department claim, compared."""
PHONE_BILLS = ("alice", "bob", "1105", "1112", "1302", "1602", "dan")
QUIET_DAYS = 45
"""How long before today alice claims nothing by chance: her story is told elsewhere."""


def ordinary_year(rng: Random, colleagues: dict[str, Colleague], today: date) -> Iterator[Story]:
    """Stories up to the day before ``today``, by chance from ``rng``, in the order of time."""
    days = [today - timedelta(days=back) for back in range(DAYS, 0, -1)]
    starts = sorted(rng.choices(days, [seasons.busyness(day) for day in days], k=CLAIMS))
    people = list(colleagues.values())
    zeal = [ZEAL[each.department] for each in people]
    away: set[tuple[str, date]] = set()
    for day in starts:
        who = rng.choices(people, zeal)[0]
        while not who.here_on(day) or (
            who.person.number == "alice" and (today - day).days < QUIET_DAYS
        ):
            who = rng.choices(people, zeal)[0]
        yield _told(rng, who, day, _errand(rng, who, day, away))


def phone_bills(rng: Random, colleagues: dict[str, Colleague], today: date) -> Iterator[Story]:
    """The monthly phone bill of a few people, each copied from the month before."""
    for number in PHONE_BILLS:
        who = colleagues[number]
        earlier: Story | None = None
        for month in range(12, 0, -1):
            day = seasons.next_workday(today - timedelta(days=30 * month - rng.randint(0, 4)))
            if day >= today:
                continue
            bill = phone(rng, _spender(who), day - timedelta(days=rng.randint(0, 3)))
            keeps = number == "alice" and earlier is None
            earlier = story(
                number, _hour(rng, day), bill, repeats=earlier,
                template="每月话费" if keeps else "",
            )  # fmt: skip
            yield earlier


def _spender(who: Colleague) -> Spender:
    return Spender(who.person.grade, who.english)


def _hour(rng: Random, day: date) -> datetime:
    return seasons.at(day, rng.uniform(9.1, 18.8) if day.weekday() < 5 else rng.uniform(10, 17))


def _errand(rng: Random, who: Colleague, day: date, away: set[tuple[str, date]]) -> Errand:
    """Something the person may have done before ``day``, and in one place at a time."""
    for _ in range(8):
        habit = rng.choices(HABITS, WEIGHTS[who.department])[0]
        last = day - timedelta(days=rng.randint(0, 9))
        if habit is not trip:
            while last.weekday() >= 5 and rng.random() < 0.8:
                last -= timedelta(days=1)
        errand = habit(rng, _spender(who), last)
        days = {(who.person.number, each.spent_on) for each in errand.expenses}
        if habit is not trip:
            return errand
        if not days & away:
            away |= days
            return errand
    return HABITS[1](rng, _spender(who), day)


def _told(rng: Random, who: Colleague, day: date, errand: Errand) -> Story:
    told = story(who.person.number, _hour(rng, day), errand)
    fate = rng.random()
    if fate < 0.012:
        told.deleted = True
    elif fate < 0.02:
        told.sent = False
    elif fate < 0.30:
        told.turns.append(_turn(rng, who, errand.expenses))
    return told


def _turn(rng: Random, who: Colleague, expenses: tuple[Expense, ...]) -> Turn:
    kind = rng.choices((RETURNED, REJECTED, WITHDRAWN, ASKED, DISCUSSED), (9, 3, 3, 6, 5))[0]
    step = LINE_MANAGER if rng.random() < 0.55 else FINANCE_REVIEW
    english = who.english
    if kind == REJECTED:
        return Turn(kind, step, rng.choice(sayings.REJECTED).to(english))
    if kind in (ASKED, DISCUSSED):
        exchange = rng.choice(sayings.QUESTIONS if kind == ASKED else sayings.REMARKS)
        return Turn(kind, step, exchange[0].to(english), answer=exchange[1].to(english))
    place = rng.randrange(len(expenses))
    objection, answer = rng.choice(sayings.OBJECTIONS)
    mended = {place: {"reason": answer.to(english)}} if rng.random() < 0.85 else {}
    if kind == WITHDRAWN:
        return Turn(kind, LINE_MANAGER, mended=mended if rng.random() < 0.5 else {})
    text = rng.choice(sayings.RETURNED).to(english)
    return Turn(kind, step, text, {place: objection.to(english)}, mended=mended)
