"""A directory takes people in, changes them and lets them go."""

from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.events import Event
from portal.people.models import Person
from tests.blueprints.scim.conftest import USER, WORK, Directory
from tests.browser import Visitor
from tests.claims.stories import person, sent, waits_for, writing


def test_a_new_user_is_a_person_with_an_event(provisioned: Flask, scim: Directory) -> None:
    user = scim.create()
    assert scim.status == 201
    assert user["displayName"] == "Hugo Lin"
    assert user["meta"]["location"].endswith(f"/scim/v2/Users/{user['id']}")
    with writing(provisioned) as session:
        hugo = person(session, "hugo")
        assert (hugo.name, hugo.email, hugo.grants) == ("Hugo Lin", "hugo@example.com", [])
        assert hugo.department.code == "sales"
        about = Event.subject_id == hugo.id, Event.subject_kind == "person"
        event = session.scalars(select(Event).where(*about)).one()
        assert (event.kind, event.actor_id) == ("person_created", None)


def test_a_chinese_name_is_written_without_a_space(scim: Directory) -> None:
    user = scim.create(name={"givenName": "小明", "familyName": "王"})
    assert user["name"]["formatted"] == "王小明"
    assert user["name"]["familyName"] == "王"


def test_a_department_is_found_by_its_name_and_said_as_it_was_said(scim: Directory) -> None:
    for name, department in (("hugo", "销售部"), ("ines", "Customer service")):
        user = scim.create(name, **{WORK: {"department": department}})
        assert user[WORK]["department"] == department


def test_without_number_and_department_both_are_found(scim: Directory) -> None:
    user = scim.create("hugo", **{WORK: {}})
    assert user[WORK]["employeeNumber"] == "hugo"
    assert user[WORK]["department"] == "公司"
    # Somebody has this number already.
    other = scim.create("alice", userName="alice@two.example", emails=[], **{WORK: {}})
    assert other[WORK]["employeeNumber"] == "alice.two.example"


@pytest.mark.parametrize(
    ("more", "status", "kind"),
    [
        ({WORK: {"department": "Mars"}}, 400, "invalidValue"),
        ({WORK: {"manager": {"value": "99999"}}}, 400, "invalidValue"),
        ({"userName": "no address", "emails": []}, 400, "invalidValue"),
        ({"userName": None}, 400, "invalidValue"),
        ({"userName": "Alice@example.com"}, 409, "uniqueness"),
        ({"emails": [{"value": "alice@example.com"}]}, 409, "uniqueness"),
        ({WORK: {"employeeNumber": "alice"}}, 409, "uniqueness"),
    ],
)
def test_what_the_rules_refuse_is_refused_in_scims_words(
    provisioned: Flask, scim: Directory, more: dict[str, Any], status: int, kind: str
) -> None:
    answer = scim.create(**more)
    assert (scim.status, answer["scimType"]) == (status, kind), answer
    with writing(provisioned) as session:
        assert session.scalars(select(Person.id).where(Person.number == "hugo")).all() == []


def test_an_address_inside_the_company_is_one(provisioned: Flask, scim: Directory) -> None:
    with writing(provisioned) as session:
        person(session, "dan").email = "dan@corp.local"
    user = scim.create(userName="hugo@corp.local", emails=[{"value": "hugo@corp.local"}])
    assert (scim.status, user["emails"][0]["value"]) == (201, "hugo@corp.local")
    assert len(scim.search("count=100")) == 11


def test_it_knows_people_who_were_there_before(provisioned: Flask, scim: Directory) -> None:
    [alice] = scim.search("filter=" + quote('userName eq "ALICE@example.com"'))
    scim.patch(f"/Users/{alice['id']}", {"op": "add", "path": "externalId", "value": "x-1"})
    assert scim.search("filter=" + quote('externalId eq "x-1"'))[0]["id"] == alice["id"]
    with writing(provisioned) as session:
        assert person(session, "alice").manager.number == "bob"


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "replace", "path": "active", "value": False},
        {"op": "replace", "value": {"active": False}},
        {"op": "Add", "value": {"active": "False"}},
    ],
)
def test_deactivating_ends_sessions_and_hands_steps_over(
    provisioned: Flask, scim: Directory, operation: dict[str, Any]
) -> None:
    with writing(provisioned) as session:
        claim = sent(session)
        assert waits_for(session, claim) == ["bob"]
        bob_id = person(session, "bob").id
    bob = Visitor(provisioned).signed_in("bob")
    assert scim.patch(f"/Users/{bob_id}", operation)["active"] is False
    bob.go("/").sees("Sign in")
    with writing(provisioned) as session:
        assert waits_for(session, claim) == ["grace"]
    back = {"op": "Replace", "path": "active", "value": "True"}
    assert scim.patch(f"/Users/{bob_id}", back)["active"] is True


def test_the_last_administrator_stays(provisioned: Flask, scim: Directory) -> None:
    [admin] = scim.search("filter=" + quote('userName eq "admin@example.com"'))
    refusal = scim.patch(
        f"/Users/{admin['id']}", {"op": "replace", "path": "active", "value": False}
    )
    assert scim.status == 403
    assert "Somebody has to be administrator" in refusal["detail"]
    scim.call("DELETE", f"/Users/{admin['id']}")
    assert scim.status == 403
    with writing(provisioned) as session:
        assert person(session, "admin").active


def test_a_refused_patch_changes_nothing(provisioned: Flask, scim: Directory) -> None:
    user = scim.create()
    scim.patch(
        f"/Users/{user['id']}",
        {"op": "replace", "path": "displayName", "value": "Other"},
        {"op": "replace", "path": f"{WORK}:department", "value": "Mars"},
    )
    assert scim.status == 400
    with writing(provisioned) as session:
        assert person(session, "hugo").name == "Hugo Lin"


def test_managers_come_go_and_make_no_circle(provisioned: Flask, scim: Directory) -> None:
    chief, user = scim.create("chief"), scim.create()
    path = f"{WORK}:manager"
    for value in (chief["id"], {"value": chief["id"]}):
        changed = scim.patch(f"/Users/{user['id']}", {"op": "Add", "path": path, "value": value})
        assert changed[WORK]["manager"] == {"value": chief["id"], "displayName": "Chief Lin"}
    operation = {"op": "add", "path": path, "value": {"value": user["id"]}}
    assert scim.patch(f"/Users/{chief['id']}", operation)["scimType"] == "invalidValue"
    removed = scim.patch(f"/Users/{user['id']}", {"op": "Remove", "path": path})
    assert "manager" not in removed[WORK]


def test_names_and_addresses_are_patched_one_by_one(scim: Directory) -> None:
    path = f"/Users/{scim.create()['id']}"
    for operation, shown in (
        ({"op": "replace", "path": "name.familyName", "value": "Wu"}, "Hugo Wu"),
        ({"op": "replace", "value": {"name.givenName": "Hu"}}, "Hu Wu"),
        ({"op": "replace", "path": "displayName", "value": "H. Wu"}, "H. Wu"),
        ({"op": "replace", "path": "name.formatted", "value": "Hugo W."}, "Hugo W."),
    ):
        assert scim.patch(path, operation)["displayName"] == shown
    work = 'emails[type eq "work"].value'
    changed = scim.patch(path, {"op": "Replace", "path": work, "value": "New@example.com"})
    assert changed["emails"][0]["value"] == "new@example.com"
    assert changed["userName"] == "hugo@example.com"


def test_a_put_leaves_what_it_does_not_say(provisioned: Flask, scim: Directory) -> None:
    [alice] = scim.search("filter=" + quote('userName eq "alice@example.com"'))
    put = {"schemas": [USER], "userName": "alice@example.com", "displayName": "Alice Q."}
    changed = scim.call("PUT", f"/Users/{alice['id']}", put)
    assert (scim.status, changed["displayName"]) == (200, "Alice Q.")
    with writing(provisioned) as session:
        found = person(session, "alice")
        assert (found.manager.number, found.department.code, found.active) == ("bob", "sales", True)


def test_who_is_deleted_is_deactivated_and_may_come_back(
    provisioned: Flask, scim: Directory
) -> None:
    user = scim.create()
    scim.call("DELETE", f"/Users/{user['id']}")
    assert scim.status == 204
    scim.call("GET", f"/Users/{user['id']}")
    assert scim.status == 404
    assert scim.search("filter=" + quote('userName eq "hugo@example.com"')) == []
    with writing(provisioned) as session:
        assert not person(session, "hugo").active
    again = scim.create()
    assert (scim.status, again["id"], again["active"]) == (201, user["id"], True)


def test_an_old_version_is_not_overwritten(scim: Directory) -> None:
    user = scim.create()
    path, old = f"/Users/{user['id']}", user["meta"]["version"]
    scim.patch(path, {"op": "replace", "path": "displayName", "value": "Other"})
    put = {"schemas": [USER], "userName": "hugo@example.com", "displayName": "Third"}
    scim.call("PUT", path, put, **{"If-Match": old})
    assert scim.status == 412
    current = scim.call("GET", path)
    scim.call("PUT", path, put, **{"If-Match": current["meta"]["version"]})
    assert scim.status == 200


def test_the_directory_gives_no_roles_and_no_password(provisioned: Flask, scim: Directory) -> None:
    scim.create(roles=[{"value": "admin"}], password="a password of theirs", grade="director")
    assert scim.status == 201
    with writing(provisioned) as session:
        hugo = person(session, "hugo")
        assert (hugo.grants, hugo.password_hash, hugo.grade) == ([], None, "staff")


def test_departments_cannot_be_changed(scim: Directory) -> None:
    for method, path in (("POST", "/Groups"), ("PUT", "/Groups/1"), ("DELETE", "/Groups/1")):
        group = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "X",
        }  # fmt: skip
        answer = scim.call(method, path, None if method == "DELETE" else group)
        assert (scim.status, answer["status"]) == (501, "501"), method


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff", b"{}"])
def test_what_is_no_user_is_refused(provisioned: Flask, body: bytes) -> None:
    answer = provisioned.test_client().post(
        "/scim/v2/Users", data=body, content_type="application/scim+json",
        headers={"Authorization": "Bearer 0123456789abcdef0123456789abcdef"},
    )  # fmt: skip
    assert answer.status_code == 400
    assert answer.json["status"] == "400"


def test_what_is_too_large_is_not_read(provisioned: Flask, scim: Directory) -> None:
    assert scim.create(displayName="x" * 1_000_001)["status"] == "413"


def test_an_account_that_is_too_long_is_refused_not_broken(scim: Directory) -> None:
    for more in ({"userName": "x" * 300 + "@example.com"}, {"externalId": "y" * 300}):
        assert scim.create(**more)["status"] in ("400", "409"), more
