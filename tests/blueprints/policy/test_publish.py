from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.clock import day, now
from portal.core.db import db
from portal.core.events import Event
from tests.blueprints.policy.drafting import STAFF_TIER_1, begin, publish, raised, save
from tests.browser import Visitor


@pytest.fixture
def two_people(app: Flask) -> Iterator[None]:
    alone = app.extensions["settings"]
    app.extensions["settings"] = replace(alone, policy_two_people=True)
    yield
    app.extensions["settings"] = alone


def test_it_works(carol: Visitor) -> None:
    raised(carol).go("/policy/draft/publish")
    carol.sees("Publish these rules?", "1 value changes", "¥450.00", "¥477.00", "Changed last by")
    publish(carol).sees("Published.", "Hotels became dearer", "In force", "Carol")
    carol.go("/policy/").sees("¥477.00").misses("sample data")


def test_the_new_rules_judge_from_their_day_on(carol: Visitor) -> None:
    year = day(now(), "Asia/Shanghai").year + 1
    publish(raised(carol), valid_from=f"{year}-01-01").sees(f"{year}-01-01")
    carol.go("/policy/").sees("¥450.00").misses("¥477.00")
    save(begin(carol), "limits", **{STAFF_TIER_1: "500"})
    publish(carol, valid_from=f"{year - 1}-12-31")
    assert carol.status == 422
    carol.sees(f"The new rules can begin on {year}-01-01 at the earliest.")


@pytest.mark.parametrize(
    ("field", "value"), [("valid_from", "2020-01-01"), ("valid_from", "soon"), ("note", " ")]
)
def test_a_past_day_no_day_and_no_reason_are_refused(
    carol: Visitor, field: str, value: str
) -> None:
    publish(raised(carol), **{field: value})
    assert carol.status == 422
    assert carol.find(f"#{field}-error")
    carol.go("/policy/").sees("¥450.00")


def test_a_draft_that_says_the_same_is_not_published(carol: Visitor) -> None:
    assert publish(begin(carol)).status == 409


def test_pressing_twice_publishes_once(app: Flask, carol: Visitor) -> None:
    other = Visitor(app).signed_in("carol")
    raised(carol)
    other.go("/policy/draft/publish")
    publish(carol)
    assert other.send("publish", ("do", "publish"), note="Again").status == 404
    carol.go("/policy/history").misses("Again")


def test_what_changed_since_the_page_is_not_published(app: Flask, carol: Visitor) -> None:
    raised(carol).go("/policy/draft/publish")
    save(Visitor(app).signed_in("admin"), "limits", **{STAFF_TIER_1: "999.00"})
    assert carol.send("publish", ("do", "publish"), note="Dearer").status == 409
    carol.go("/policy/").sees("¥450.00")


@pytest.mark.usefixtures("two_people")
def test_where_two_are_needed_the_author_only_proposes(app: Flask, carol: Visitor) -> None:
    raised(carol).go("/policy/draft/publish")
    assert not carol.find("button[value=publish]")
    assert carol.send("publish", ("do", "publish"), note="Dearer").status == 409
    publish(carol, press="propose").sees("Proposed.")
    carol.go("/policy/draft/publish").sees("A second person")
    form = {"do": "publish", "version": carol.find("input[name=version]")[0].attributes["value"]}
    assert carol.post("/policy/draft/publish", form).status == 403
    admin = Visitor(app).signed_in("admin").go("/policy/draft/publish")
    admin.sees("Proposed by Carol.", "Hotels became dearer").send("publish", ("do", "publish"))
    admin.sees("published by Admin").go("/policy/").sees("¥477.00")


@pytest.mark.usefixtures("two_people")
def test_a_changed_proposal_has_to_be_proposed_again(app: Flask, carol: Visitor) -> None:
    publish(raised(carol), press="propose")
    admin = Visitor(app).signed_in("admin")
    save(admin, "limits", **{STAFF_TIER_1: "999.00"})
    admin.go("/policy/draft/publish")
    assert not admin.find("button[value=publish]")
    publish(admin, press="propose")
    carol.go("/policy/draft/publish").send("publish", ("do", "publish"))
    carol.sees("Published.")


def test_the_log_tells_what_was_published(app: Flask, carol: Visitor) -> None:
    publish(raised(carol))
    with app.app_context():
        told = db.session.scalars(
            select(Event.data).where(Event.kind == "policy_published")
        ).one()  # fmt: skip
    assert told["changes"] == ["Lodging, per night, Tier 1, Staff: 450.00 → 477.00"]
    assert told["comment"] == "Hotels became dearer"
