"""Categories and calendar as they stood when a claim was judged."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from portal.core.clock import now
from portal.core.errors import Missing
from portal.policy import calendar, editing, editions, queries
from portal.policy.models import CategoryRow

TODAY = date(2026, 3, 20)


def rename(session: Session, name: str) -> None:
    row = session.get_one(CategoryRow, "office")
    typed = replace(editing.typed_of(row), name_en=name, needs_merchant=True)
    editing.change(session, row, typed, shown=editing.shown_version(row), by=1, at=now())


def said(session: Session) -> list[tuple[str, ...]]:
    """What the last edition changed, as its place and what was and is there."""
    _edition, found = editions.changes(session, editions.history(session)[0].id)
    return [(*one.place, str(one.before), str(one.after)) for one in found]


def test_a_claim_is_explained_by_the_categories_of_its_time(session: Session) -> None:
    then = queries.current_policy(session, TODAY)
    rename(session, "Paper and pens")
    assert queries.policy_of(session, then.version).categories["office"].needs_merchant
    again = queries.policy_of(session, then.version, then.stamp)
    assert again.categories == then.categories
    assert again.calendar == then.calendar
    with pytest.raises(Missing):
        queries.policy_of(session, then.version, "never was")


def test_every_change_of_a_category_says_what_was_there_before(session: Session) -> None:
    rename(session, "Paper and pens")
    assert said(session) == [
        ("categories", "office", "name_en", "Office supplies", "Paper and pens"),
        ("categories", "office", "needs_merchant", "no", "yes"),
    ]


def test_a_day_of_the_calendar_comes_and_goes_in_the_history(session: Session) -> None:
    day = date(2026, 11, 2)
    calendar.add(session, day, works=False, name_zh="厂庆", name_en="Jubilee", by=1, at=now())
    assert said(session) == [("calendar", "2026-11-02", "None", "holiday")]
    calendar.remove(session, day, by=1, at=now())
    assert said(session) == [("calendar", "2026-11-02", "holiday", "None")]
