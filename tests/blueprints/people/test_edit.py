import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.db import db
from portal.core.jobs import Job
from portal.people.models import Person
from tests.browser import Visitor


def id_of(app: Flask, number: str) -> int:
    with app.app_context():
        return db.session.scalars(select(Person.id).where(Person.number == number)).one()


NEW = {
    "name": "赵敏", "number": "E100", "email": "Zhao@Example.com", "department": "sales",
    "manager": "bob@example.com", "grade": "staff", "hired_on": "2026年3月1日",
}  # fmt: skip


def test_somebody_new_is_invited_by_mail(app: Flask, admin: Visitor) -> None:
    admin.go("/people/new").send("person", press=("do", "invite"), **NEW)
    admin.sees("赵敏 was added; the invitation is on its way.", "zhao@example.com", "2026-03-01")
    admin.sees("Admin added this person.", "Admin sent an invitation.")
    with app.app_context():
        job = db.session.scalars(select(Job).where(Job.kind == "mail_token")).one()
    link = f"/password/invite/{job.data['token']}"
    Visitor(app).go(link).sees("Welcome, 赵敏")


def test_every_field_that_is_wrong_says_so_at_once(admin: Visitor) -> None:
    admin.go("/people/new")
    admin.send("person", **NEW | {"email": "bob@example.com", "hired_on": "soon", "manager": "x"})
    assert admin.status == 422
    admin.sees("This belongs to Bob (bob) already.", "“soon” is not a day.",
               "There is nobody with the number or e-mail “x”.")  # fmt: skip
    assert len(admin.find("#error-summary li")) == 3
    kept = admin.find("#hired_on")[0]
    assert (kept.attributes["value"], kept.attributes["type"]) == ("soon", "text")


def test_a_person_is_changed(app: Flask, admin: Visitor) -> None:
    admin.go(f"/people/{id_of(app, 'alice')}/edit").send("person", grade="manager", roles=["payer"])
    admin.sees("Saved.", "Manager", "Payer", "Changed: grade", "Roles given: Payer")


def test_a_manager_from_below_is_refused(app: Flask, admin: Visitor) -> None:
    admin.go(f"/people/{id_of(app, 'grace')}/edit").send("person", manager="alice")
    assert admin.status == 422
    admin.sees("This makes a circle of managers: Grace → Alice → … → Grace.")


def test_taking_a_role_away_signs_the_person_out(
    app: Flask, admin: Visitor, carol: Visitor
) -> None:
    assert carol.go("/account/").status == 200
    admin.go(f"/people/{id_of(app, 'carol')}/edit").send("person", roles=["finance"])
    assert carol.go("/account/").path.startswith("/sign-in")


def test_nobody_takes_the_administrators_role_from_himself(app: Flask, admin: Visitor) -> None:
    admin.go(f"/people/{id_of(app, 'admin')}/edit").send("person", roles=[])
    assert admin.status == 422
    admin.sees("You cannot take the administrator's role from yourself.")


def test_what_somebody_else_changed_is_not_overwritten(app: Flask, admin: Visitor) -> None:
    page = f"/people/{id_of(app, 'alice')}/edit"
    other = Visitor(app).signed_in("admin").go(page)
    admin.go(page).send("person", name="Alice Wang")
    other.send("person", name="Alice Li")
    assert other.status == 409
    other.sees("Somebody else changed this since the page was shown.", "Alice Li")
    admin.go(page)
    assert admin.find("#name")[0].attributes["value"] == "Alice Wang"


@pytest.mark.parametrize("path", ["/people/999999", "/people/999999/edit"])
def test_nobody_is_found_where_nobody_is(admin: Visitor, path: str) -> None:
    assert admin.go(path).status == 404
