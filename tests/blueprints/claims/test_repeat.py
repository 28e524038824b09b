"""Starting from what was claimed before."""

import pytest
from flask import Flask

from portal.claims import templates
from portal.core.clock import now
from tests.blueprints.claims.pages import a_draft, a_sent, lines, value
from tests.browser import Visitor
from tests.claims.stories import draft, writing


def a_template(app: Flask, name: str = "alice") -> int:
    with writing(app) as session:
        kept = templates.keep_as_template(session, draft(session, name), "Phone bill", at=now())
        session.flush()
        return kept.id


def test_a_copy_is_a_new_draft_without_dates_and_receipts(alice: Visitor, app: Flask) -> None:
    alice.go(f"/claims/{a_sent(app, 500_00, 600_00)}").send("copy")
    assert value(alice, "purpose") == "Customer visit"
    assert [value(alice, f"{line}-amount") for line in lines(alice)] == ["500.00", "600.00"]
    assert [value(alice, f"{line}-spent_on") for line in lines(alice)] == ["", ""]
    assert alice.find(".receipts li") == []
    alice.sees("Draft", "Give each line its date and its receipt")


def test_copying_twice_by_a_double_click_makes_one_draft(alice: Visitor, app: Flask) -> None:
    number = a_sent(app)
    alice.go(f"/claims/{number}")
    [form] = alice.find("form#copy")
    fields = {
        node.attributes["name"] or "": node.attributes["value"] or ""
        for node in form.css("input")
    }  # fmt: skip
    first, second = (alice.client.post(f"/claims/{number}/copy", data=fields) for _ in range(2))
    assert first.location == second.location


def test_nobody_copies_the_claim_of_another(bob: Visitor, app: Flask) -> None:
    number = a_sent(app)
    assert bob.go("/").post(f"/claims/{number}/copy", {"version": "3"}).status in (403, 409)


def test_a_template_is_kept_used_and_deleted(alice: Visitor, app: Flask) -> None:
    alice.go(f"/claims/{a_draft(app, 80_00)}/template")
    alice.send("template", name="Monthly phone bill").sees("is kept as a template.")
    use, delete = alice.find("main form")
    alice.go("/").sees("Template: Monthly phone bill")
    alice.post(use.attributes["action"] or "")
    assert value(alice, f"{lines(alice)[0]}-amount") == "80.00"
    alice.post(delete.attributes["action"] or "").sees("is deleted.", "No templates yet.")


def test_a_template_needs_a_name(alice: Visitor, app: Flask) -> None:
    alice.go(f"/claims/{a_draft(app)}/template").send("template", name="  ")
    assert alice.status == 422
    alice.sees("Give the template a name")


@pytest.mark.parametrize("action", ["use", "delete"])
def test_a_template_is_its_owners_alone(dan: Visitor, app: Flask, action: str) -> None:
    template = a_template(app)
    dan.go("/claims/templates").misses("Phone bill")
    assert dan.post(f"/claims/templates/{template}/{action}").status == 404
    assert Visitor(app).signed_in("alice").go("/claims/templates").sees("Phone bill")


def test_a_long_name_of_a_template_is_refused_and_kept(alice: Visitor, app: Flask) -> None:
    alice.go(f"/claims/{a_draft(app)}/template").send("template", name="x" * 81)
    assert alice.status == 422
    alice.sees("This is too long: 81 of at most 80 characters.")
    assert value(alice, "name") == "x" * 81
