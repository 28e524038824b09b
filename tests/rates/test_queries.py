"""Which rate is in force: asked for one day or for many, the answer is the same."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.core.clock import now
from portal.rates.editing import NewRate, store
from portal.rates.models import ExchangeRate
from portal.rates.queries import known_currencies, rate_on, rates_in_force

START = date(2026, 11, 1)
moments = st.tuples(st.sampled_from(["USD", "JPY"]), st.integers(0, 12))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(moments, max_size=12), st.sets(moments, max_size=8))
def test_many_days_are_answered_as_single_ones(
    session: Session, entered: list[tuple[str, int]], asked: set[tuple[str, int]]
) -> None:
    session.execute(delete(ExchangeRate))
    for place, (code, day) in enumerate(entered):
        new = NewRate(code, START + timedelta(days=day), Decimal(place + 1))
        store(session, [new], base="CNY", by=None, at=now() + timedelta(seconds=place))
    needs = {(code, START + timedelta(days=day)) for code, day in asked}
    found = rates_in_force(session, "CNY", needs)
    for code, day in needs:
        alone = rate_on(session, code, "CNY", day)
        assert found.get((code, day)) is alone


def test_the_companys_currency_comes_first(session: Session) -> None:
    for code in ("USD", "EUR"):
        store(session, [NewRate(code, START, Decimal(7))], base="CNY", by=None, at=now())
    assert known_currencies(session, "CNY") == ["CNY", "EUR", "USD"]
