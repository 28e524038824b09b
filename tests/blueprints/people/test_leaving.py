from flask import Flask

from tests.blueprints.people.test_edit import id_of
from tests.browser import Visitor


def test_who_leaves_is_signed_out_at_once_and_can_come_back(
    app: Flask, admin: Visitor, bob: Visitor
) -> None:
    page = f"/people/{id_of(app, 'bob')}"
    admin.go(f"{page}/deactivate")
    admin.sees("Deactivate Bob?", "1 person reports to this person", "Sales loses its head")
    admin.send("deactivate").sees("Bob can no longer sign in.", "Left")
    assert bob.go("/account/").path.startswith("/sign-in")
    admin.go(f"{page}/reactivate").send("reactivate").sees("Bob can sign in again.")
    bob.signed_in("bob")


def test_nobody_deactivates_himself(app: Flask, admin: Visitor) -> None:
    admin.go(f"/people/{id_of(app, 'admin')}/deactivate").send("deactivate")
    assert admin.status == 409
    admin.sees("You cannot deactivate yourself.")
    assert admin.go("/people/").status == 200


def test_who_has_left_is_not_invited(app: Flask, admin: Visitor) -> None:
    page = f"/people/{id_of(app, 'dan')}"
    admin.go(page)
    invitation = admin.find("form#invite")
    assert invitation, "who works here can be invited"
    admin.go(f"{page}/deactivate").send("deactivate")
    assert not admin.find("form#invite")
    assert admin.post(f"{page}/invite").status == 409


def test_it_rejects_get(app: Flask, admin: Visitor) -> None:
    assert admin.go(f"/people/{id_of(app, 'dan')}/invite").status == 405
