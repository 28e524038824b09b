from flask import Flask

from tests.browser import Visitor


def test_it_works(alice: Visitor) -> None:
    alice.go("/policy/calendar?year=2026").sees(
        "2026-10-01", "National Day", "2026-10-10", "Working day"
    )
    assert not alice.find("form#new-day")


def test_it_refuses_a_stranger(alice: Visitor) -> None:
    for path in ("", "/remove", "/fill"):
        assert alice.post(f"/policy/calendar{path}", {"day": "2026-10-01"}).status == 404


def test_a_day_is_added_and_removed(carol: Visitor) -> None:
    carol.go("/policy/calendar?year=2026")
    carol.send("new-day", day="2026-12-24", name_zh="公司放假", name_en="Company day")
    carol.sees("Saved.", "2026-12-24", "Company day")
    carol.post("/policy/calendar/remove", {"day": "2026-12-24"})
    carol.sees("2026-12-24 is an ordinary day again.").misses("Company day")
    assert carol.post("/policy/calendar/remove", {"day": "2026-12-24"}).status == 404
    assert carol.post("/policy/calendar/remove", {"day": "soon"}).status == 422


def test_what_is_wrong_is_said_at_the_field(carol: Visitor) -> None:
    carol.go("/policy/calendar?year=2026")
    names = {"name_zh": "甲", "name_en": "A"}
    carol.send("new-day", day="2026-12-24", works="y", **names).sees("This is a working day anyway")
    carol.send("new-day", day="2026-10-01", works="", **names).sees("in the calendar already")
    carol.send("new-day", day="soon", **names).sees("is not a day")
    carol.send("new-day", day="2026-12-24", name_zh="").sees("Chinese name: This is needed.")
    assert carol.status == 422


def test_a_year_is_filled_and_says_when_it_is_not_announced(carol: Visitor) -> None:
    carol.go("/policy/calendar?year=2024").sees("Nothing is known of this year yet").send("fill")
    carol.sees("2024-02-10", "Working day").misses("were not announced")
    carol.send("fill").sees("Everything that is known of 2024 was there already.")
    carol.go("/policy/calendar?year=2060").send("fill").sees("2060-10-01", "were not announced")


def test_a_holiday_counts_at_once_for_everybody(app: Flask, carol: Visitor) -> None:
    carol.go("/policy/calendar?year=2026")
    carol.send("new-day", day="2026-11-02", name_zh="店庆", name_en="Founding day")
    alice = Visitor(app).signed_in("alice")
    alice.go("/policy/rules/holiday").sees("is a holiday")
