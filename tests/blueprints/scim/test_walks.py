"""What the validators of two large directories ask, in their order and in their words."""

import json
from typing import Any
from urllib.parse import quote

from flask import Flask
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import Status, check_server

from tests.blueprints.scim.conftest import TOKEN, USER, WORK, Directory


def test_okta(scim: Directory) -> None:
    """Looks for somebody, takes him in, reads him back, changes him by PUT, lets him go."""
    assert scim.search("startIndex=1&count=2")
    wanted = "filter=" + quote('userName eq "abram@example.com"') + "&startIndex=1&count=100"
    assert scim.search(wanted) == []
    user = scim.call("POST", "/Users", {
        "schemas": [USER], "userName": "abram@example.com",
        "name": {"givenName": "Abram", "familyName": "Kowalski"},
        "emails": [{"primary": True, "value": "abram@example.com", "type": "work"}],
        "displayName": "Abram Kowalski", "locale": "en-US", "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [], "password": "1mz050nq", "active": True,
    })  # fmt: skip
    assert scim.status == 201
    assert user["name"]["givenName"] == "Abram"
    path = f"/Users/{user['id']}"
    read = scim.call("GET", path)
    assert {**read, "meta": None} == {**user, "meta": None}
    assert scim.search(wanted)[0]["id"] == user["id"]
    again = scim.call("POST", "/Users", {**json.loads(json.dumps(user)), "id": None})
    assert (scim.status, again["status"]) == (409, "409")
    put = scim.call("PUT", path, {**read, "name": {"givenName": "Abe", "familyName": "Kowalski"}})
    assert (scim.status, put["name"]["givenName"]) == (200, "Abe")
    off = scim.patch(path, {"op": "replace", "value": {"active": False}})
    assert off["active"] is False
    scim.call("GET", "/Users/010101001010101011001010101011")
    assert scim.status == 404


def test_entra(scim: Directory) -> None:
    """Asks for somebody who is not there, takes him in, patches field by field, deletes him."""
    wanted = "filter=" + quote('externalId eq "58342554-38d6-4ec8-948c-50044d0a33fd"')
    assert scim.search(wanted) == []
    [chief] = scim.search("filter=" + quote('userName eq "bob@example.com"'))
    user = scim.call("POST", "/Users", {
        "schemas": [USER, WORK], "externalId": "58342554-38d6-4ec8-948c-50044d0a33fd",
        "userName": "Test_User_feed3ace@example.com", "active": True,
        "emails": [{"primary": True, "type": "work", "value": "test.user@example.com"}],
        "meta": {"resourceType": "User"}, "roles": [], "title": "ignored",
        "name": {"formatted": "Test User", "familyName": "User", "givenName": "Test"},
        WORK: {"employeeNumber": "E-77", "department": "Sales"},
    })  # fmt: skip
    assert scim.status == 201
    path = f"/Users/{user['id']}"
    assert scim.search(wanted)[0]["id"] == user["id"]
    work = 'emails[type eq "work"].value'
    changed: Any = scim.patch(
        path,
        {"op": "Replace", "path": work, "value": "updated@example.com"},
        {"op": "Replace", "path": "name.familyName", "value": "Renamed"},
        {"op": "Add", "path": f"{WORK}:manager", "value": chief["id"]},
        {"op": "Replace", "path": f"{WORK}:department", "value": "finance"},
        {"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "1"},
    )
    assert changed["emails"][0]["value"] == "updated@example.com"
    assert changed["name"]["familyName"] == "Renamed"
    assert changed[WORK] == {
        "employeeNumber": "E-77", "department": "finance",
        "manager": {"value": chief["id"], "displayName": "Bob"},
    }  # fmt: skip
    renamed = {"op": "Replace", "path": "userName", "value": "5b50642d@example.com"}
    assert scim.patch(path, renamed)["userName"] == "5b50642d@example.com"
    off = scim.patch(path, {"op": "Replace", "path": "active", "value": "False"})
    assert off["active"] is False
    assert scim.search(wanted)[0]["active"] is False
    scim.call("DELETE", path)
    assert scim.status == 204
    assert scim.search(wanted) == []


def test_what_it_says_of_itself_conforms(provisioned: Flask) -> None:
    """The checks of scim2-tester; those that write invent departments, which are refused."""
    client = WSGISCIMClient(
        provisioned, "http://127.0.0.1:8000/scim/v2", {"Authorization": f"Bearer {TOKEN}"}
    )
    results = check_server(client, include_tags={"discovery", "misc"})
    failed = [f"{each.title}: {each.reason}" for each in results if each.status == Status.ERROR]
    assert not failed, "\n".join(failed)
    assert sum(each.status == Status.SUCCESS for each in results) > 5
