from flask import Flask
from sqlalchemy import select

from portal.core.db import db
from portal.people.models import Department
from tests.browser import Visitor


def edit(app: Flask, code: str) -> str:
    with app.app_context():
        found = db.session.scalars(select(Department.id).where(Department.code == code)).one()
    return f"/people/departments/{found}/edit"


def test_the_tree_shows_heads_and_people(admin: Visitor) -> None:
    admin.go("/people/departments").sees("Sales", "Bob", "SALE")
    links = [node.text() for node in admin.find("td.main-cell a")]
    assert links[0] == "Company"


def test_a_new_department_has_its_place(admin: Visitor) -> None:
    admin.go("/people/departments/new")
    admin.send("department", name_zh="华东区", name_en="East", code="east", parent="sales",
               head="alice@example.com")  # fmt: skip
    admin.sees("Saved.", "East", "Alice")
    links = [node.text() for node in admin.find("td.main-cell a")]
    assert links.index("East") == links.index("Sales") + 1


def test_a_department_cannot_stand_below_itself(app: Flask, admin: Visitor) -> None:
    admin.go(edit(app, "company")).send("department", parent="sales")
    assert admin.status == 422
    admin.sees("A department cannot stand below itself.")


def test_a_code_and_a_head_are_checked(app: Flask, admin: Visitor) -> None:
    admin.go(edit(app, "sales")).send("department", code="finance")
    admin.sees("This belongs to Finance (finance) already.")
    admin.go(edit(app, "sales")).send("department", head="nobody", name_zh="")
    admin.sees("Chinese name: This is needed.")


def test_what_somebody_else_changed_is_not_overwritten(app: Flask, admin: Visitor) -> None:
    other = Visitor(app).signed_in("admin").go(edit(app, "sales"))
    admin.go(edit(app, "sales")).send("department", cost_centre="1")
    assert other.send("department", cost_centre="2").status == 409
