"""Parts of pages that are made once never show what belongs to another reader or moment."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
import time_machine
from flask import Flask, g
from jinja2 import DictLoader, Environment, UndefinedError
from markupsafe import Markup
from sqlalchemy import literal, select

from portal.core.db import db
from portal.web.kept_parts import Kept, Parts


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        g.language = "en"
        yield


def parts(**templates: str) -> Parts:
    return Parts(Environment(loader=DictLoader(templates), autoescape=True))


SHOWN = parts(shown="{{ value }}")


def shown(value: Any) -> str:
    return SHOWN.part("shown", value=value)


def test_a_part_is_made_once(english: None) -> None:
    first = shown("Taxi")
    assert first == "Taxi"
    assert shown("Taxi") is first


@pytest.mark.parametrize(
    "name", ["person", "csrf_token", "request", "session", "g", "own_address", "nav", "config"]
)
def test_a_part_cannot_see_who_asks_for_it(english: None, name: str) -> None:
    with pytest.raises(UndefinedError):
        parts(curious=f"{{{{ {name} }}}}").part("curious")


def test_each_language_has_its_own(english: None) -> None:
    of = parts(state="{{ labels.CLAIM_STATES[state] }} {{ _('Amount') }}")
    in_english = of.part("state", state="paid")
    g.language = "zh"
    assert of.part("state", state="paid") == "已付款 金额" != in_english


def test_a_moment_of_this_year_gets_its_year_when_the_year_is_over(english: None) -> None:
    of = parts(since="{{ since|short_moment }}")
    since = datetime(2026, 3, 2, 4, 5, tzinfo=UTC)
    with time_machine.travel(datetime(2026, 7, 1, tzinfo=UTC)):
        assert of.part("since", since=since) == "03-02 12:05"
    with time_machine.travel(datetime(2026, 12, 31, 16, 1, tzinfo=UTC)):
        assert of.part("since", since=since) == "2026-03-02 12:05"


def test_what_is_equal_but_not_the_same_is_not_mixed(english: None) -> None:
    assert [shown(1), shown(True), shown("1"), shown(1)] == ["1", "True", "1", "1"]
    assert [shown((1, 0)), shown((True, False))] == ["(1, 0)", "(True, False)"]
    assert [shown("<b>"), shown(Markup("<b>"))] == ["&lt;b&gt;", "<b>"]


def test_rows_with_other_columns_are_not_mixed(english: None) -> None:
    class Payee(NamedTuple):
        name: str
        city: str

    class Place(NamedTuple):
        city: str
        name: str

    of = parts(name="{{ row.name }}")
    assert of.part("name", row=Payee("Li", "Wuhan")) == "Li"
    assert of.part("name", row=Place("Li", "Wuhan")) == "Wuhan"
    for columns, shown_name in ((("name", "city"), "Li"), (("city", "name"), "Wuhan")):
        named = [
            literal(value).label(name) for name, value in zip(columns, ("Li", "Wuhan"), strict=True)
        ]
        row = db.session.execute(select(*named)).one()
        assert of.part("name", row=row) == shown_name


def test_the_same_values_under_other_names_are_not_mixed(english: None) -> None:
    of = parts(both="{{ a }}-{{ b }}")
    assert (of.part("both", a=1, b=2), of.part("both", b=1, a=2)) == ("1-2", "2-1")


@pytest.mark.parametrize("value", [["a"], {"a": 1}, 1.0, object(), (1, ["a"])])
def test_what_can_change_or_is_ambiguous_is_refused(english: None, value: Any) -> None:
    with pytest.raises(TypeError, match="a kept part takes text"):
        shown(value)


def test_it_forgets_the_oldest_and_keeps_what_is_in_use() -> None:
    kept = Kept(most=10, most_characters=1000)
    for number in range(50):
        kept.put(number, Markup("x"))
        assert kept.get(0) is not None
    assert kept.get(20) is None
    assert len(kept.newer) + len(kept.older) <= 10


def test_it_keeps_no_more_characters_than_it_may() -> None:
    kept = Kept(most=1000, most_characters=100)
    for number in range(50):
        kept.put(number, Markup("x" * 30))
    assert sum(map(len, (*kept.newer.values(), *kept.older.values()))) <= 100
    kept.put("long", Markup("x" * 51))
    assert kept.get("long") is None
