"""A forgotten password: one mail, one link, once."""

from datetime import timedelta

import time_machine
from flask import Flask
from sqlalchemy import select

from portal.core.clock import now
from portal.core.db import db
from portal.core.jobs import Job
from tests.browser import Visitor


def mailed(app: Flask) -> list[str]:
    """The tokens of the links that wait to be mailed."""
    with app.app_context():
        jobs = db.session.scalars(select(Job).where(Job.kind == "mail_token").order_by(Job.id))
        return [job.data["token"] for job in jobs]


def ask(visitor: Visitor, name: str) -> Visitor:
    return visitor.go("/forgotten").post("/forgotten", {"name": name})


def test_it_works(visitor: Visitor, app: Flask) -> None:
    ask(visitor, "alice@example.com")
    [token] = mailed(app)
    assert visitor.go(f"/password/reset/{token}").status == 200
    assert visitor.go(f"/password/reset/{token}").status == 200
    visitor.post(f"/password/reset/{token}", {"password": "seven boats at sea"})
    visitor.sees("Your password is set and you are signed in.")
    assert visitor.go(f"/password/reset/{token}").status == 404


def test_the_answer_is_the_same_for_unknown_people(visitor: Visitor, app: Flask) -> None:
    known, unknown = ask(visitor, "alice").text, ask(visitor, "nobody").text
    assert known == unknown
    assert len(mailed(app)) == 1


def test_a_new_link_ends_the_old_one(visitor: Visitor, app: Flask) -> None:
    ask(visitor, "alice")
    ask(visitor, "alice")
    old, new = mailed(app)
    assert visitor.go(f"/password/reset/{old}").status == 404
    assert visitor.go(f"/password/reset/{new}").status == 200


def test_a_link_ends_after_an_hour(visitor: Visitor, app: Flask) -> None:
    ask(visitor, "alice")
    [token] = mailed(app)
    with time_machine.travel(now() + timedelta(minutes=61)):
        assert visitor.go(f"/password/reset/{token}").status == 404


def test_a_link_is_good_for_its_purpose_only(visitor: Visitor, app: Flask) -> None:
    ask(visitor, "alice")
    [token] = mailed(app)
    assert visitor.go(f"/password/invite/{token}").status == 404


def test_asking_again_and_again_is_slowed_down(visitor: Visitor, app: Flask) -> None:
    statuses = [ask(visitor, "alice").status for _time in range(8)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
