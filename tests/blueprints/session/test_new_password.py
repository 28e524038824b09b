"""Choosing a password with a link from a mail."""

import pytest
from flask import Flask

from portal.core.clock import now
from portal.people import sessions
from tests.browser import Visitor
from tests.cast import PASSWORD
from tests.claims.stories import person, writing


def a_link(app: Flask, name: str = "alice", purpose: str = sessions.RESET) -> str:
    with writing(app) as session:
        token = sessions.issue(session, person(session, name), purpose, now())
    return f"/password/{purpose}/{token}"


@pytest.mark.parametrize("purpose", [sessions.RESET, sessions.INVITE])
def test_it_works(visitor: Visitor, app: Flask, purpose: str) -> None:
    link = a_link(app, purpose=purpose)
    visitor.go(link).post(link, {"password": "seven boats at sea"}).sees("you are signed in")
    fresh = Visitor(app).go("/sign-in")
    assert fresh.send("sign-in", name="alice", password=PASSWORD).status == 422
    assert fresh.send("sign-in", name="alice", password="seven boats at sea").path == "/"


@pytest.mark.parametrize(
    "password", ["", "short", "password", "12345678", "11111111111", "alice@example.com"]
)
def test_a_weak_one_is_refused_with_words_at_the_field(
    visitor: Visitor, app: Flask, password: str
) -> None:
    link = a_link(app)
    visitor.go(link).post(link, {"password": password})
    assert visitor.status == 422
    assert visitor.find("#password-error")
    assert visitor.go(link).status == 200, "the link is used up only by a password that is taken"


def test_a_long_sentence_in_any_language_is_taken(visitor: Visitor, app: Flask) -> None:
    link = a_link(app)
    visitor.go(link).post(link, {"password": "七只纸船漂在安静的湖面上，灯还亮着"}).sees(
        "signed in"
    )


def test_every_other_browser_is_signed_out(alice: Visitor, visitor: Visitor, app: Flask) -> None:
    link = a_link(app)
    visitor.go(link).post(link, {"password": "seven boats at sea"})
    assert alice.go("/claims/").path.startswith("/sign-in")


def test_the_link_works_once(visitor: Visitor, app: Flask) -> None:
    link = a_link(app)
    visitor.go(link).post(link, {"password": "seven boats at sea"})
    assert Visitor(app).post(link, {"password": "eight boats at sea"}).status == 404
