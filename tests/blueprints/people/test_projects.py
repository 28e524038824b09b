"""Projects as administrators add and change them."""

from flask import Flask
from sqlalchemy import select

from portal.core.events import Event
from portal.people.models import Project
from tests.browser import Visitor
from tests.claims.stories import person, writing


def begin(admin: Visitor, **more: str) -> Visitor:
    fields = {"name_zh": "新厂", "name_en": "New plant", "code": "p1", "owner": "bob", **more}
    return admin.go("/people/projects/new").send("project", **fields)


def edit(app: Flask, code: str = "p1") -> str:
    with writing(app) as session:
        found = session.scalars(select(Project.id).where(Project.code == code)).one()
    return f"/people/projects/{found}/edit"


def test_without_projects_the_page_says_what_they_are_for(admin: Visitor) -> None:
    admin.go("/people/projects").sees("There are no projects yet.")


def test_a_new_project_has_its_owner(admin: Visitor) -> None:
    begin(admin).sees("Saved.", "New plant", "Bob")


def test_a_code_is_one_projects_and_an_owner_exists(admin: Visitor) -> None:
    begin(admin)
    begin(admin).sees("Code: This belongs to New plant (p1) already.")
    begin(admin, code="p2", owner="nobody").sees("Owner: There is nobody")
    assert admin.status == 422


def test_who_has_left_owns_nothing_new(app: Flask, admin: Visitor) -> None:
    with writing(app) as session:
        person(session, "bob").active = False
    begin(admin).sees("Owner: Bob has left and can own nothing.")


def test_what_changed_stands_in_the_audit_log(app: Flask, admin: Visitor) -> None:
    begin(admin)
    admin.go(edit(app)).send("project", owner="", name_en="Plant 2").sees("Saved.", "Plant 2")
    with writing(app) as session:
        about = session.scalars(select(Event).where(Event.subject_kind == "project")).all()
    assert [event.kind for event in about] == ["project_created", "project_changed"]
    assert about[1].data == {"fields": ["name_en", "owner"]}


def test_what_somebody_else_changed_is_not_overwritten(app: Flask, admin: Visitor) -> None:
    begin(admin)
    other = Visitor(app).signed_in("admin").go(edit(app))
    admin.go(edit(app)).send("project", name_en="First")
    assert other.send("project", name_en="Second").status == 409
