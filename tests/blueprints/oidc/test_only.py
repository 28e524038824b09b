"""Passwords are off, but for administrators when the provider is dead."""

from flask import Flask
from sqlalchemy import select

from portal.people.models import MailedToken, Person
from tests.blueprints.oidc.test_back import sign_in
from tests.browser import Visitor
from tests.cast import PASSWORD
from tests.claims.stories import person, writing
from tests.provider import Idp


def test_the_page_offers_the_provider_alone(only_provided: Flask) -> None:
    visitor = Visitor(only_provided).go("/sign-in")
    visitor.sees("Sign in with Tests Inc")
    assert not visitor.find("input[type=password]")


def test_a_password_signs_an_administrator_in_and_nobody_else(only_provided: Flask) -> None:
    for name, status in (("alice", 422), ("admin", 200)):
        visitor = Visitor(only_provided).go("/sign-in?emergency=1")
        visitor.send("sign-in", name=name, password=PASSWORD)
        assert visitor.status == status, name


def test_no_link_to_a_new_password_is_sent(only_provided: Flask) -> None:
    for name in ("alice", "admin"):
        Visitor(only_provided).go("/forgotten").send("forgotten", name=name)
    with writing(only_provided) as session:
        found = select(Person.number).join(MailedToken, MailedToken.person_id == Person.id)
        assert session.scalars(found).all() == ["admin"]


def bank(app: Flask) -> str:
    with writing(app) as session:
        return person(session, "alice").bank_account


def test_who_has_no_password_shows_again_who_he_is_to_change_the_bank_account(
    only_provided: Flask, idp: Idp
) -> None:
    with writing(only_provided) as session:
        person(session, "alice").password_hash = None
    visitor = sign_in(Visitor(only_provided), idp).go("/account/bank")
    visitor.sees("first show again who you are")
    assert not visitor.find("input[name=bank_account]")
    link = str(visitor.find("a[href*='again']")[0].attributes["href"])
    sign_in(visitor, idp, link)
    assert visitor.path == "/account/bank"
    visitor.send("bank", bank_name="Other bank", bank_account="1")
    assert bank(only_provided) == "1"


def test_a_provider_that_did_not_ask_again_confirms_nothing(only_provided: Flask, idp: Idp) -> None:
    with writing(only_provided) as session:
        person(session, "alice").password_hash = None
    visitor = Visitor(only_provided)
    sign_in(visitor, idp, "/sign-in/with/?again=1&next=/account/bank", auth_time=1_700_000_000)
    visitor.sees("first show again who you are")
    before = bank(only_provided)
    visitor.post("/account/bank", {"bank_name": "Other bank", "bank_account": "1"})
    visitor.post("/account/bank", {"bank_name": "B", "bank_account": "1", "password": PASSWORD})
    assert bank(only_provided) == before
