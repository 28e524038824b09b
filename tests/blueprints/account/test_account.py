from flask import Flask
from sqlalchemy import select

from portal.core.db import db
from portal.core.events import Event
from portal.core.notices import Notice
from portal.people.models import Person
from tests.browser import Visitor
from tests.cast import PASSWORD

NEW = "the second quiet crane"


def stored(app: Flask, number: str) -> Person:
    with app.app_context():
        return db.session.scalars(select(Person).where(Person.number == number)).one()


def test_it_works(alice: Visitor) -> None:
    alice.go("/account/").sees(
        "My account", "alice@example.com", "Bob", "6222 0000 0002", "This one"
    )


def test_it_asks_a_visitor_to_sign_in(visitor: Visitor) -> None:
    for path in ("", "bank", "password"):
        assert visitor.go(f"/account/{path}").path.startswith("/sign-in")


def test_wishes_are_kept(app: Flask, alice: Visitor) -> None:
    alice.go("/account/").send("wishes", spoken="zh", notices_by="daily")
    assert alice.find("html")[0].attributes["lang"] == "zh-CN"
    assert stored(app, "alice").notices_by == "daily"


def test_wishes_are_only_what_is_offered(alice: Visitor) -> None:
    assert alice.go("/account/").send("wishes", notices_by="pigeon").status == 422


def test_the_bank_account_changes_with_the_password_and_a_notice(
    app: Flask, alice: Visitor
) -> None:
    alice.go("/account/bank")
    alice.send("bank", bank_name="招商银行", bank_account="6214 8300 0001", password=PASSWORD)
    alice.sees("Your claims are paid to this account from now on.", "6214 8300 0001")
    with app.app_context():
        assert db.session.scalars(select(Notice.kind)).all() == ["bank_account_changed"]
        told = db.session.scalars(select(Event.data)).one()
    assert told == {"fields": ["bank_name", "bank_account"]}


def test_without_the_password_no_account_changes(app: Flask, alice: Visitor) -> None:
    alice.go("/account/bank").send("bank", bank_account="1", password="guess")
    assert alice.status == 422
    alice.sees("This is not your current password.")
    assert stored(app, "alice").bank_account == "6222 0000 0002"


def test_an_open_screen_is_no_way_to_guess_the_password(alice: Visitor) -> None:
    for _try in range(6):
        alice.go("/account/bank").send("bank", bank_account="1", password="guess")
    assert alice.status == 429
    alice.go("/account/bank").send("bank", bank_account="1", password=PASSWORD)
    assert alice.status == 429


def test_half_an_account_is_refused(alice: Visitor) -> None:
    alice.go("/account/bank").send("bank", bank_name="", bank_account="12", password=PASSWORD)
    alice.sees("Give the bank and the account number together.")
    alice.go("/account/bank").send("bank", bank_account="１２=", password=PASSWORD)
    alice.sees("An account number has only digits")


def test_a_new_password_ends_other_sign_ins(app: Flask, alice: Visitor) -> None:
    other = Visitor(app).signed_in("alice")
    alice.go("/account/password")
    alice.send("password-form", old_password=PASSWORD, password=NEW).sees(
        "Your password is changed."
    )
    assert other.go("/account/").path.startswith("/sign-in")
    assert alice.go("/account/").status == 200
    third = Visitor(app).go("/sign-in").send("sign-in", name="alice", password=NEW)
    assert third.status == 200


def test_a_new_password_needs_the_old_one_and_is_not_easy(alice: Visitor) -> None:
    page = alice.go("/account/password")
    page.send("password-form", old_password="wrong", password=NEW)
    assert alice.status == 422
    alice.sees("This is not your current password.")
    alice.send("password-form", old_password=PASSWORD, password="aaaaaaaaaaaaaaaa")
    alice.sees("This password is too easy to guess.")
    alice.send("password-form", old_password=PASSWORD, password=PASSWORD)
    alice.sees("This is the password you have already.")


def test_sign_ins_are_ended_one_by_one_or_together(app: Flask, alice: Visitor) -> None:
    second, third = Visitor(app).signed_in("alice"), Visitor(app).signed_in("alice")
    alice.go("/account/")
    ends = [node.attributes["value"] or "" for node in alice.find("button[name=end]")]
    assert len(ends) == 3
    alice.send("sign-ins", press=("end", ends[0])).sees("That browser is signed out.")
    alice.send("sign-ins", press=("end", "others")).sees("All other browsers are signed out.")
    for other in (second, third):
        assert other.go("/account/").path.startswith("/sign-in")
    assert alice.go("/account/").path == "/account/"


def test_nobody_ends_the_sign_in_of_another(app: Flask, alice: Visitor, bob: Visitor) -> None:
    for sign_in_id in range(1, 5):
        alice.go("/account/").send("sign-ins", press=("end", str(sign_in_id)))
        if alice.path.startswith("/sign-in"):
            alice.signed_in("alice")
    assert bob.go("/account/").path == "/account/"
