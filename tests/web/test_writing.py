"""The one place that commits, and forms that act once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, redirect, request
from sqlalchemy import func, select

from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import NotNow
from portal.core.once import FormKey
from portal.core.words import words
from portal.people import sessions
from portal.people.models import Throttle
from portal.settings import Settings
from portal.web import schema
from portal.web.guards import public, signed_in
from portal.web.kept_forms import new_form_key
from portal.web.writing import keep_although_refused, turn, writes
from tests.browser import Visitor
from tests.cast import found_company
from tests.claims.stories import person, writing

MEANWHILE: list[Callable[[], object]] = []
"""What others do after a view was let in and before its turn to write."""


def sent(row: str, **fields: str) -> dict[str, Any]:
    """A form with a file: its reader lets others go first until it is his turn to write."""
    return {"row": row, "then": "redirect", "file": (BytesIO(b"a"), "a.txt"), **fields}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The portal with a view that writes a row and then answers as the form says."""
    from portal import create_app

    instance = str(tmp_path_factory.mktemp("small"))
    app = create_app(Settings(mode="test", secret_key="s" * 40, instance_dir=instance))
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False

    def act() -> Any:
        db.session.add(Throttle(key=request.form["row"], since=now()))
        db.session.flush()
        if request.form["then"] == "refuse":
            raise NotNow(words("Not today."))
        if request.form["then"] == "keep":
            keep_although_refused()
        status = {"redirect": 303, "page": 200}.get(request.form["then"], 422)
        return redirect(f"/{request.form['row']}", 303) if status == 303 else ("said", status)

    def act_in_turn() -> Any:
        for happens in MEANWHILE:
            happens()
        with turn(leads_to=f"/{request.form['row']}"):
            db.session.add(Throttle(key=request.form["row"], since=now()))
            db.session.flush()
            if request.form["then"] == "refuse":
                raise NotNow(words("Not today."))
        return redirect(f"/{request.form['row']}", 303)

    app.post("/write", endpoint="write")(public(writes()(act)))
    app.post("/turn", endpoint="turn")(signed_in(writes(in_turn=True)(act_in_turn)))
    app.post("/read", endpoint="read")(public(lambda: act()))
    schema.migrate(app)
    with writing(app) as session:
        found_company(session)
    yield app
    with app.app_context():
        db.engine.dispose()


def rows(app: Flask, like: str) -> int:
    with app.app_context():
        found = select(func.count()).where(Throttle.key == like)
        return db.session.scalar(found) or 0


@pytest.mark.parametrize(
    ("then", "kept"),
    [("redirect", 1), ("page", 1), ("error", 0), ("refuse", 0), ("keep", 1)],
)
def test_what_a_view_did_is_kept_only_when_it_succeeds(small: Flask, then: str, kept: int) -> None:
    small.test_client().post("/write", data={"row": then, "then": then})
    assert rows(small, then) == kept


def test_a_view_that_is_not_marked_keeps_nothing(small: Flask) -> None:
    assert small.test_client().post("/read", data={"row": "r", "then": "page"}).status_code == 200
    assert rows(small, "r") == 0


@pytest.fixture
def alice(small: Flask) -> Visitor:
    return Visitor(small).signed_in("alice")


def key(app: Flask, name: str = "alice") -> str:
    with writing(app) as session:
        person_id = person(session, name).id
    with app.test_request_context():
        return new_form_key(person_id)


def test_the_same_form_acts_once_and_leads_to_the_same_place(small: Flask, alice: Visitor) -> None:
    once = {"then": "redirect", "form_key": key(small)}
    first = alice.client.post("/write", data={"row": "once", **once})
    again = alice.client.post("/write", data={"row": "twice", **once})
    assert (first.location, again.location) == ("/once", "/once")
    assert (rows(small, "once"), rows(small, "twice")) == (1, 0)


def test_a_form_of_somebody_else_is_no_repetition(small: Flask, alice: Visitor) -> None:
    foreign = {"then": "redirect", "form_key": key(small, "dan")}
    Visitor(small).signed_in("dan").client.post("/write", data={"row": "dans", **foreign})
    answer = alice.client.post("/write", data={"row": "hers", **foreign})
    assert answer.location == "/hers"


@pytest.mark.parametrize("then", ["error", "refuse"])
def test_a_refused_form_may_be_sent_again(small: Flask, alice: Visitor, then: str) -> None:
    again = key(small)
    alice.client.post("/write", data={"row": f"a{then}", "then": then, "form_key": again})
    alice.client.post("/write", data={"row": f"b{then}", "then": "redirect", "form_key": again})
    assert rows(small, f"b{then}") == 1


@pytest.mark.parametrize("forged", ["x", "", "WzEsIngiXQ.AAAA"])
def test_a_forged_key_is_no_key(small: Flask, alice: Visitor, forged: str) -> None:
    for row in (f"1{forged}", f"2{forged}"):
        data = {"row": row, "then": "page", "form_key": forged}
        alice.client.post("/write", data=data)
        assert rows(small, row) == 1


def test_the_database_keeps_no_key_itself(small: Flask, alice: Visitor) -> None:
    used = key(small)
    alice.client.post("/write", data={"row": "k", "then": "page", "form_key": used})
    with small.app_context():
        kept = db.session.scalars(select(FormKey.key)).all()
    assert kept
    assert used not in kept


@pytest.fixture
def meanwhile() -> Iterator[list[Callable[[], object]]]:
    yield MEANWHILE
    MEANWHILE.clear()


def test_a_turn_is_kept_unless_it_is_refused(small: Flask, alice: Visitor) -> None:
    alice.client.post("/turn", data={"row": "taken", "then": "redirect"})
    alice.client.post("/turn", data={"row": "missed", "then": "refuse"})
    assert (rows(small, "taken"), rows(small, "missed")) == (1, 0)


def test_whoever_is_signed_out_while_waiting_changes_nothing(
    small: Flask, alice: Visitor, meanwhile: list[Callable[[], object]]
) -> None:
    def sign_out() -> None:
        with writing(small) as session:
            sessions.end_all(session, person(session, "alice").id, now())

    meanwhile.append(sign_out)
    answer = alice.client.post("/turn", data=sent("late"))
    assert answer.location.startswith("/sign-in")
    assert rows(small, "late") == 0


def test_of_two_clicks_that_wait_together_one_acts(
    small: Flask, alice: Visitor, meanwhile: list[Callable[[], object]]
) -> None:
    double = key(small)
    other = Visitor(small).signed_in("alice").client

    def click() -> None:
        meanwhile.clear()
        other.post("/turn", data=sent("faster", form_key=double))

    meanwhile.append(lambda: ThreadPoolExecutor().submit(click).result())
    answer = alice.client.post("/turn", data=sent("slower", form_key=double))
    assert answer.location == "/faster"
    assert (rows(small, "faster"), rows(small, "slower")) == (1, 0)
