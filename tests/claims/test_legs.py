"""The leg of a journey: times as people type them, and which lines are journeys."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from portal.claims.drafting import misread, repeated
from portal.claims.legs import has_leg, parse_time
from portal.claims.models import Line
from portal.claims.typed_lines import TypedLine, fill
from portal.core.errors import Invalid
from portal.core.words import Named
from portal.policy.rules import Category, Policy

DAY = date(2026, 3, 31)
NAME = Named("名", "Name")
POLICY = Policy(
    version=1,
    categories={
        one.code: one
        for one in (
            Category("travel", NAME),
            Category("rail", NAME, "travel"),
            Category("sleeper", NAME, "rail", needs_city=True),
            Category("ferry", NAME, "travel"),
            Category("lodging", NAME, "travel", needs_city=True),
            Category("local_transport", NAME, "travel"),
            Category("mileage", NAME, "travel", computed="mileage"),
            Category("office", NAME),
        )
    },
)


def filled(**typed: str) -> Line:
    line = Line(typed={}, currency="CNY", splits=[])
    values: dict[str, Any] = {"spent_on": DAY.isoformat(), "category": "rail", **typed}
    fill(line, replace(TypedLine(1), **values), set(), ())
    return line


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("2026-03-30 22:10", "2026-03-30 22:10"),
        ("2026/3/30 8:05", "2026-03-30 08:05"),
        ("2026年3月30日8点05分", "2026-03-30 08:05"),
        ("2026-03-30T22:10", "2026-03-30 22:10"),
        ("２０２６－０３－３０　２２：１０", "2026-03-30 22:10"),
        ("2026-03-30", "2026-03-30"),
        ("8:05", "2026-03-31 08:05"),
        ("20260330 22:10", "2026-03-30 22:10"),
    ],
)
def test_times_are_understood_as_people_type_them(text: str, kept: str) -> None:
    line = filled(left_at=text)
    assert (line.leg, misread(line)) == ({"left_at": kept}, {})


@pytest.mark.parametrize("text", ["early", "25:00", "2026-03-3122:10", "2026-02-30 8:00", "8:5"])
def test_what_is_no_time_is_kept_as_typed_and_explained(text: str) -> None:
    line = filled(left_at=text, origin="上海")
    assert (line.leg, line.typed) == ({"from": "上海"}, {"left_at": text})
    assert "left_at" in misread(line)


def test_a_time_alone_needs_the_day_of_the_line() -> None:
    line = filled(left_at="8:05", spent_on="")
    assert line.typed == {"left_at": "8:05"}
    assert "left_at" in misread(line)


def test_an_arrival_is_on_the_day_of_departure_unless_that_cannot_be() -> None:
    leg = {"left_at": "2026-03-30 22:10"}
    assert parse_time("arrived_at", "23:50", leg, DAY) == "2026-03-30 23:50"
    assert parse_time("arrived_at", "2026-03-31 6:30", leg, DAY) == "2026-03-31 06:30"
    with pytest.raises(Invalid, match="before the departure"):
        parse_time("arrived_at", "6:30", leg, DAY)


def test_east_of_the_date_line_a_flight_arrives_before_it_left() -> None:
    line = filled(left_at="2026-03-31 13:00", arrived_at="2026-03-31 09:00")
    assert line.leg["arrived_at"] == "2026-03-31 09:00"


@pytest.mark.parametrize(
    ("category", "journey"),
    [("rail", True), ("sleeper", True), ("ferry", True), ("lodging", False), ("office", False),
     ("local_transport", False), ("mileage", False), ("", False), ("gone", False)],
)  # fmt: skip
def test_a_journey_is_known_by_its_category(category: str, journey: bool) -> None:
    assert has_leg(category, POLICY) == journey


def test_places_and_number_repeat_and_times_do_not() -> None:
    whole: dict[str, Any] = {
        "from": "上海虹桥", "left_at": "2026-03-31 08:05", "to": "北京南",
        "arrived_at": "2026-03-31 12:40", "number": "G102",
    }  # fmt: skip
    line = filled()
    line.leg = whole
    assert repeated(line)["leg"] == {"from": "上海虹桥", "to": "北京南", "number": "G102"}
