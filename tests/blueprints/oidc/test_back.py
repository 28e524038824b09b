"""Signing in at the identity provider, and not believing one that lies."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import RSAKey
from sqlalchemy import select

from portal.core.db import db
from portal.core.events import Event
from portal.people.models import Person, SignIn
from tests.browser import Visitor
from tests.claims.stories import person, writing
from tests.provider import Idp


def sign_in(visitor: Visitor, idp: Idp, start: str = "/sign-in/with/", **says: Any) -> Visitor:
    """What a browser does: to the provider, and back with what it says there."""
    answer = visitor.client.get(start)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return visitor.go(idp.signs_in(answer.headers["Location"], **says))


def linked(app: Flask, name: str = "alice") -> str | None:
    with app.app_context():
        return db.session.scalar(select(Person.subject).where(Person.number == name))


def test_it_works_and_the_identity_is_remembered(provided: Flask, idp: Idp) -> None:
    sign_in(Visitor(provided), idp).sees("Alice", "Sign out")
    assert linked(provided) == f"{idp.issuer} u-1"
    with writing(provided) as session:
        alice = person(session, "alice")
        event = session.scalars(select(Event).where(Event.kind == "identity_linked")).one()
        assert (event.subject_id, event.actor_id) == (alice.id, alice.id)
    # Known by the subject from now on, whatever the address.
    sign_in(Visitor(provided), idp, email="other@example.com").sees("Alice", "Sign out")


def test_nothing_is_fetched_before_somebody_signs_in(provided: Flask, idp: Idp) -> None:
    Visitor(provided).go("/sign-in").sees("Sign in with Tests Inc")
    assert idp.asked == []


def test_an_address_counts_whatever_its_letters(provided: Flask, idp: Idp) -> None:
    sign_in(Visitor(provided), idp, email="Alice@Example.COM").sees("Sign out")


def test_one_goes_on_to_where_one_wanted(provided: Flask, idp: Idp) -> None:
    visitor = Visitor(provided).go("/claims/?state=draft")
    link = visitor.find("#session-provider a")[0].attributes["href"]
    assert sign_in(visitor, idp, str(link)).path == "/claims/?state=draft"


def test_one_is_never_sent_elsewhere(provided: Flask, idp: Idp) -> None:
    visitor = Visitor(provided)
    assert sign_in(visitor, idp, "/sign-in/with/?next=//evil.example").path == "/"


def test_a_shared_computer_is_one(provided: Flask, idp: Idp) -> None:
    visitor = Visitor(provided).go("/sign-in")
    link = visitor.find("#session-provider a")[1].attributes["href"]
    sign_in(visitor, idp, str(link)).sees("Shared computer")
    with writing(provided) as session:
        assert session.scalars(select(SignIn.shared)).all() == [True]


def test_who_left_and_who_is_unknown_are_told_and_nobody_is_created(
    provided: Flask, idp: Idp
) -> None:
    with writing(provided) as session:
        person(session, "dan").active = False
        people = len(session.scalars(select(Person.id)).all())
    for email, says in (
        ("dan@example.com", "Your account here was deactivated."),
        ("nobody@example.com", "nobody here has your e-mail address"),
    ):
        visitor = sign_in(Visitor(provided), idp, email=email)
        assert visitor.status == 403
        visitor.sees("You could not be signed in", says)
    with writing(provided) as session:
        assert len(session.scalars(select(Person.id)).all()) == people
        assert not session.scalars(select(SignIn.id)).all()


@pytest.mark.parametrize("says", [{"email_verified": False}, {"email_verified": None}])
def test_an_address_that_nobody_verified_says_nothing(
    provided: Flask, idp: Idp, says: dict[str, Any]
) -> None:
    assert sign_in(Visitor(provided), idp, **says).status == 403
    assert linked(provided) is None


def test_a_second_account_with_the_same_address_is_refused(provided: Flask, idp: Idp) -> None:
    sign_in(Visitor(provided), idp)
    visitor = sign_in(Visitor(provided), idp, sub="u-2")
    assert visitor.status == 403
    visitor.sees("another account of this e-mail address")
    admin = Visitor(provided).signed_in("admin")
    with writing(provided) as session:
        alice = person(session, "alice").id
    admin.go(f"/people/{alice}").send("identity").sees("disconnected the account")
    sign_in(Visitor(provided), idp, sub="u-2").sees("Sign out")


LIES: dict[str, Callable[[], dict[str, Any]]] = {
    "another nonce": lambda: {"nonce": "another"},
    "no nonce": lambda: {"nonce": None},
    "another audience": lambda: {"aud": "another"},
    "another audience, we as the authorised party": lambda: {"aud": "another", "azp": "portal"},
    "another issuer": lambda: {"iss": "https://evil.example"},
    "expired": lambda: {"exp": int(time.time()) - 61},
    "from the future": lambda: {"iat": int(time.time()) + 600},
    "no subject": lambda: {"sub": ""},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_for_us_signs_nobody_in(provided: Flask, idp: Idp, lie: str) -> None:
    visitor = sign_in(Visitor(provided), idp, **LIES[lie]())
    assert visitor.status == 502, lie
    visitor.sees("What Tests Inc sent could not be verified")
    visitor.go("/").sees("Sign in with Tests Inc")


@pytest.mark.parametrize("alg", ["none", "HS256"])
def test_a_signature_that_anybody_can_make_signs_nobody_in(
    provided: Flask, idp: Idp, alg: str
) -> None:
    idp.alg = alg
    assert sign_in(Visitor(provided), idp).status == 502


def test_a_key_that_the_provider_does_not_publish_signs_nobody_in(
    provided: Flask, idp: Idp, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = idp.token
    stranger = RSAKey.generate_key(2048, {"kid": "one"})

    def signed_by_a_stranger() -> str:
        published, idp.key = idp.key, stranger
        try:
            return honest()
        finally:
            idp.key = published

    monkeypatch.setattr(idp, "token", signed_by_a_stranger)
    assert sign_in(Visitor(provided), idp).status == 502


def test_a_provider_with_new_keys_is_believed_again(provided: Flask, idp: Idp) -> None:
    sign_in(Visitor(provided), idp).sees("Sign out")
    idp.key = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    sign_in(Visitor(provided), idp).sees("Sign out")


def test_a_clock_that_is_half_a_minute_late_is_forgiven(provided: Flask, idp: Idp) -> None:
    sign_in(Visitor(provided), idp, exp=int(time.time()) - 30).sees("Sign out")


def test_metadata_of_another_issuer_are_not_believed(provided: Flask, idp: Idp) -> None:
    idp.named_issuer = "https://evil.example"
    visitor = Visitor(provided).go("/sign-in/with/")
    assert visitor.status == 502
    idp.named_issuer = idp.issuer
    sign_in(visitor, idp).sees("Sign out")


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(provided: Flask, idp: Idp) -> None:
    asked = Visitor(provided).client.get("/sign-in/with/")
    victim = Visitor(provided).go(idp.signs_in(asked.headers["Location"]))
    assert victim.status == 400
    victim.sees("in another browser", "Sign in with Tests Inc")


def test_the_same_answer_twice_is_refused(provided: Flask, idp: Idp) -> None:
    visitor = Visitor(provided)
    back = idp.signs_in(visitor.client.get("/sign-in/with/").headers["Location"])
    assert visitor.go(back).status == 200
    assert visitor.go(back).status == 400


def test_who_cancels_there_is_told_so(provided: Flask, idp: Idp) -> None:
    visitor = Visitor(provided)
    visitor.client.get("/sign-in/with/")
    visitor.go("/sign-in/with/back?error=access_denied&error_description=<b>no</b>")
    assert visitor.status == 403
    visitor.sees("Tests Inc did not sign you in.").misses("<b>no</b>")


def test_a_dead_provider_is_named_and_passwords_still_work(provided: Flask, idp: Idp) -> None:
    idp.status = 503
    visitor = Visitor(provided).go("/sign-in/with/")
    assert visitor.status == 503
    visitor.sees("Tests Inc does not answer.")
    visitor.signed_in("alice").sees("Sign out")


def test_a_slow_provider_is_not_waited_for(provided: Flask, idp: Idp) -> None:
    provided.extensions["provider"].client.client_kwargs["default_timeout"] = 0.2
    idp.seconds = 1.0
    began = time.monotonic()
    assert Visitor(provided).go("/sign-in/with/").status == 503
    assert time.monotonic() - began < 0.9


def test_the_log_names_the_fault_and_nobody(
    provided: Flask, idp: Idp, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_in(Visitor(provided), idp, nonce="another")
    logged = capsys.readouterr().err
    assert "no sign-in by the provider" in logged
    assert '"claim": "nonce"' in logged
    assert "alice" not in logged
    assert "u-1" not in logged


def test_a_half_filled_form_is_kept(provided: Flask, idp: Idp) -> None:
    visitor = sign_in(Visitor(provided), idp, "/sign-in/with/?kept=unknown")
    assert visitor.path == "/"


def test_without_a_provider_there_is_no_such_page(visitor: Visitor) -> None:
    for path in ("/sign-in/with/", "/sign-in/with/back?code=1", "/sign-in/with/left"):
        assert visitor.go(path).status == 404
    visitor.go("/sign-in").misses("shared computer below")


def test_signing_out_leads_to_the_provider_too(provided: Flask, idp: Idp) -> None:
    visitor = sign_in(Visitor(provided), idp)
    token = visitor.csrf_token()
    visitor.post("/sign-out", {"csrf_token": token})
    assert visitor.path == "/sign-in/with/left"
    address = str(visitor.find("a[href*='/leave']")[0].attributes["href"])
    assert "id_token_hint=" in address
    assert visitor.go("/").path.startswith("/sign-in")
    with writing(provided) as session:
        assert session.scalars(select(SignIn).where(SignIn.ended_at.is_(None))).all() == []
