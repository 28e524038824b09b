"""Exchange rates: everybody reads them, finance enters them."""

from flask import Flask
from sqlalchemy import select

from portal.core.events import Event
from portal.rates.models import ExchangeRate
from tests.browser import Visitor
from tests.claims.stories import person, writing


def enter(carol: Visitor, **more: str) -> Visitor:
    fields = {"currency": "usd", "on": "2026-11-20", "rate": "7.1234", "source": "BOC", **more}
    return carol.go("/rates/new").send("rate-form", **fields)


def test_it_works(carol: Visitor, alice: Visitor) -> None:
    enter(carol).sees("Entered.", "USD", "2026-11-20", "7.1234", "BOC", "Carol")
    alice.go("/rates/").sees("USD", "7.1234").misses("Enter a rate")
    alice.go("/rates/?currency=EUR").misses("7.1234")


def test_only_finance_enters(alice: Visitor) -> None:
    assert alice.go("/rates/new").status == 404
    assert alice.post("/rates/new", {"currency": "USD"}).status == 404


def test_who_entered_it_and_when_is_an_event(carol: Visitor, app: Flask) -> None:
    enter(carol)
    with writing(app) as session:
        event = session.scalars(select(Event).where(Event.kind == "rate_entered")).one()
        assert event.actor_id == person(session, "carol").id
        assert (event.data["currency"], event.data["rate"]) == ("USD", "7.1234")


def test_what_is_wrong_is_said_at_its_field_and_kept(carol: Visitor, app: Flask) -> None:
    enter(carol, rate="seven").sees("Rate: Type a rate such as 7.1234")
    assert carol.status == 422
    enter(carol, currency="CNY").sees("Currency: This is the company's own currency")
    enter(carol, on="2200-01-01").sees("From: A rate begins at most a month from now.")
    enter(carol, on="soon").sees("is not a day")
    with writing(app) as session:
        assert session.scalars(select(ExchangeRate)).all() == []


def test_a_later_entry_of_the_same_day_replaces_none(carol: Visitor, app: Flask) -> None:
    enter(carol)
    enter(carol, rate="7.2")
    with writing(app) as session:
        assert len(session.scalars(select(ExchangeRate)).all()) == 2
