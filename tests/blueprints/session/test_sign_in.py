"""Signing in and out."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from flask import Flask

from portal.core.clock import now
from portal.people import passwords
from portal.people.passwords import matches
from tests.browser import Visitor
from tests.cast import PASSWORD
from tests.claims.stories import person, writing

MANY = 24


def attempt(visitor: Visitor, name: str = "alice", password: str = PASSWORD) -> Visitor:
    return visitor.go("/sign-in").send("sign-in", name=name, password=password)


@pytest.mark.parametrize("name", ["alice", "alice@example.com", " ALICE@example.com "])
def test_it_works_with_number_and_e_mail(visitor: Visitor, name: str) -> None:
    attempt(visitor, name).sees("Alice", "Sign out")


def test_a_wrong_password_and_an_unknown_name_are_told_the_same(visitor: Visitor) -> None:
    attempt(visitor, "alice", "wrong")
    assert visitor.status == 422
    known = visitor.text
    attempt(visitor, "nobody", "wrong").sees("do not belong together")
    assert visitor.text == known


def test_the_name_is_kept_and_the_password_never_shown(visitor: Visitor) -> None:
    attempt(visitor, "alice", "a wrong one")
    assert visitor.find("input[name=name]")[0].attributes["value"] == "alice"
    assert visitor.response is not None
    assert "a wrong one" not in visitor.response.text


def test_who_has_left_cannot_sign_in(visitor: Visitor, app: Flask) -> None:
    with writing(app) as session:
        person(session, "alice").active = False
    assert attempt(visitor).status == 422


def test_guessing_is_slowed_down_but_never_for_more_than_15_minutes(visitor: Visitor) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        for _guess in range(12):
            attempt(visitor, password="guess")
            clock.shift(timedelta(seconds=1))
        attempt(visitor)
        assert visitor.status == 429
        visitor.sees("Too many wrong tries")
        clock.shift(timedelta(minutes=15, seconds=1))
        attempt(visitor).sees("Sign out")


def test_guessers_elsewhere_do_not_lock_the_owner_out(visitor: Visitor, app: Flask) -> None:
    guesser = app.test_client()
    token = Visitor(app).csrf_token()
    for _guess in range(12):
        guesser.get("/sign-in")
        guesser.post(
            "/sign-in", data={"name": "alice", "password": "guess", "csrf_token": token},
            environ_base={"REMOTE_ADDR": "203.0.113.9"},
        )  # fmt: skip
    attempt(visitor).sees("Sign out")


def test_one_goes_on_to_where_one_wanted(visitor: Visitor) -> None:
    visitor.go("/claims/?state=draft")
    visitor.send("sign-in", name="alice", password=PASSWORD)
    assert visitor.path == "/claims/?state=draft"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example",
     "javascript:alert(1)", "\\\\evil.example", "http:/evil.example", "/%09/evil.example\n"],
)  # fmt: skip
def test_one_is_never_sent_elsewhere(visitor: Visitor, target: str) -> None:
    visitor.go("/sign-in")
    form = {"name": "alice", "password": PASSWORD, "next": target}
    answer = visitor.client.post("/sign-in", data={**form, "csrf_token": visitor.csrf_token()})
    assert (answer.status_code, answer.location) == (303, "/")


def test_an_old_cookie_is_worth_nothing_after_signing_out(alice: Visitor, app: Flask) -> None:
    cookie = alice.client.get_cookie("portal")
    assert cookie is not None
    alice.go("/").post("/sign-out")
    thief = Visitor(app)
    thief.client.set_cookie("portal", cookie.value)
    assert thief.go("/claims/").path.startswith("/sign-in")


def test_signing_out_leaves_nothing_behind(alice: Visitor) -> None:
    token = alice.go("/").csrf_token()
    left = alice.client.post("/sign-out", data={"csrf_token": token})
    assert '"cache", "storage"' in left.headers["Clear-Site-Data"]
    page = alice.client.get("/sign-in")
    assert "Alice" not in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_signing_in_gives_a_new_session(visitor: Visitor) -> None:
    visitor.go("/sign-in")
    before = visitor.client.get_cookie("portal")
    attempt(visitor)
    after = visitor.client.get_cookie("portal")
    assert before is not None
    assert after is not None
    assert before.value != after.value


def test_the_cookie_is_kept_from_scripts_and_other_sites(visitor: Visitor) -> None:
    visitor.client.get("/sign-in")
    cookie = visitor.client.get_cookie("portal")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")


def test_demo_people_are_not_shown_outside_demo_mode(visitor: Visitor) -> None:
    visitor.go("/sign-in").misses("Demo people", "paper-crane", "Demo:")


def test_nobody_waits_for_a_password_to_be_looked_at(
    visitor: Visitor, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = []

    def looking(stored: str | None, password: str) -> bool:
        with app.app_context(), writing(app) as session:
            person(session, "alice").bank_name = "Another bank"
        looked_at.append(password)
        return matches(stored, password)

    monkeypatch.setattr(passwords, "matches", looking)
    attempt(visitor).sees("Sign out")
    assert looked_at == [PASSWORD]


def test_of_many_guesses_at_once_five_are_answered(app: Flask) -> None:
    fields = {"name": "alice", "csrf_token": ""}
    clients = []
    for _guess in range(MANY):
        guesser = Visitor(app)
        fields["csrf_token"] = guesser.go("/sign-in").csrf_token()
        clients.append((guesser.client, {**fields, "password": "guess"}))
    barrier = Barrier(MANY)

    def guess(number: int) -> int:
        client, sent = clients[number]
        barrier.wait(30)
        return client.post("/sign-in", data=sent).status_code

    with ThreadPoolExecutor(MANY) as pool:
        answers = Counter(pool.map(guess, range(MANY)))
    assert answers == {422: 5, 429: MANY - 5}
    assert attempt(Visitor(app)).status == 429
