from flask import Flask
from sqlalchemy import select

from portal.core.db import db
from portal.core.events import Event
from tests.browser import Visitor


def test_it_works(admin: Visitor) -> None:
    admin.go("/policy/categories").sees("Categories", "Travel", "6602.01.03", "city, nights")


def test_it_refuses_a_stranger(alice: Visitor) -> None:
    for path in ("", "/new", "/lodging"):
        assert alice.go(f"/policy/categories{path}").status == 404


def test_a_new_category_stands_below_its_parent(app: Flask, admin: Visitor) -> None:
    admin.go("/policy/categories/new")
    admin.send("category", name_zh="船票", name_en="Ferry", code="Ferry", parent="travel",
               accounting_code="6602.01.09", position="3")  # fmt: skip
    admin.sees("Saved.", "Ferry", "6602.01.09")
    with app.app_context():
        told = db.session.execute(select(Event.kind, Event.data)).all()
    assert [(row.kind, row.data) for row in told] == [("category_created", {"code": "ferry"})]


def test_a_category_changes_but_never_its_code(app: Flask, admin: Visitor) -> None:
    admin.go("/policy/categories/postage")
    assert not admin.find("input[name=code]")
    form = {"name_en": "Courier", "position": "1"}
    admin.send("category", **form).sees("Saved.", "Courier", "postage")
    with app.app_context():
        told = db.session.scalars(select(Event.data)).all()
    assert told == [{"code": "postage", "fields": ["name_en", "position"]}]


def test_a_category_can_be_taken_off_the_list(admin: Visitor) -> None:
    admin.go("/policy/categories/postage").send("category", active=[])
    admin.sees("Not offered")


def test_a_parent_stays_at_the_top(admin: Visitor) -> None:
    admin.go("/policy/categories/travel").send("category", parent="office")
    assert admin.status == 422
    admin.sees("This category has others below it")


def test_a_code_is_checked(admin: Visitor) -> None:
    form = {"name_zh": "新", "name_en": "New"}
    admin.go("/policy/categories/new").send("category", **form, code="travel")
    admin.sees("There is a category with this code already.")
    admin.go("/policy/categories/new").send("category", **form, code="a b")
    admin.sees("A code begins with a letter")
    admin.go("/policy/categories/new").send("category", **form, code="ok", position="many")
    assert admin.status == 422


def test_what_somebody_else_changed_is_not_overwritten(app: Flask, admin: Visitor) -> None:
    other = Visitor(app).signed_in("admin").go("/policy/categories/office")
    admin.go("/policy/categories/office").send("category", name_en="Stationery")
    assert other.send("category", name_en="Paper").status == 409
