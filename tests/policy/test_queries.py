"""The rules kept in memory: asked for once, and never out of date."""

from datetime import date

from sqlalchemy.orm import Session

from portal.core.clock import now
from portal.policy import calendar, editing, queries
from portal.policy.models import CategoryRow
from tests.blueprints.conftest import CountQueries, count_queries

__all__ = ["count_queries"]
TODAY = date(2026, 3, 20)


def test_the_rules_cost_one_query_as_long_as_nothing_changes(
    session: Session, count_queries: CountQueries
) -> None:
    first = queries.current_policy(session, TODAY)
    with count_queries() as asked:
        assert queries.current_policy(session, TODAY) is first
    assert len(asked) == 1, asked


def test_a_changed_category_counts_at_once(session: Session) -> None:
    before = queries.current_policy(session, TODAY)
    row = session.get_one(CategoryRow, "office")
    typed = editing.typed_of(row)
    changed = editing.Typed(**{**vars(typed), "name_en": "Paper and pens", "needs_merchant": True})
    editing.change(session, row, changed, shown=editing.shown_version(row), by=1, at=now())
    after = queries.current_policy(session, TODAY)
    assert after.categories["office"].name.en == "Paper and pens"
    assert after.categories["office"].needs_merchant
    assert before.categories["office"].name.en == "Office supplies"
    session.rollback()
    assert queries.current_policy(session, TODAY).categories["office"].name.en == "Office supplies"


def test_a_changed_calendar_counts_at_once(session: Session) -> None:
    monday = date(2026, 11, 2)
    assert not queries.current_policy(session, TODAY).is_holiday(monday)
    calendar.add(session, monday, works=False, name_zh="甲", name_en="A", by=1, at=now())
    assert queries.current_policy(session, TODAY).is_holiday(monday)
    calendar.remove(session, monday, by=1, at=now())
    assert not queries.current_policy(session, TODAY).is_holiday(monday)


def test_the_official_days_of_a_year_are_those_that_were_announced() -> None:
    days = {known.day: known.works for known in calendar.published(2026)}
    worked = sorted(day for day, works in days.items() if works)
    assert [day.isoformat()[5:] for day in worked] == [
        "01-04", "02-14", "02-28", "05-09", "09-20", "10-10",
    ]  # fmt: skip
    assert days[date(2026, 10, 7)] is False
    assert calendar.published(1900) == []
