"""What a directory may ask, and who is a directory."""

from urllib.parse import quote

import pytest
from flask import Flask

from tests.blueprints.scim.conftest import USER, WORK, Directory
from tests.browser import Visitor


def test_without_the_setting_there_is_no_such_address(app: Flask) -> None:
    assert app.test_client().get("/scim/v2/Users").status_code == 404
    assert app.test_client().post("/scim/v2/Users", json={}).status_code == 404


@pytest.mark.parametrize("token", ["", "another", "0123456789abcdef0123456789abcdeF", "中文"])
def test_without_the_token_nothing_is_said(provisioned: Flask, token: str) -> None:
    client = provisioned.test_client()
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        answer = client.open(
            "/scim/v2/Users/1", method=method, headers={"Authorization": f"Bearer {token}".encode()}
        )
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="SCIM"'
        assert answer.json["status"] == "401"


def test_an_administrators_session_is_no_token(provisioned: Flask) -> None:
    admin = Visitor(provisioned).signed_in("admin")
    assert admin.client.get("/scim/v2/Users").status_code == 401


def test_it_says_what_it_can_do(scim: Directory) -> None:
    config = scim.call("GET", "/ServiceProviderConfig")
    assert config["patch"]["supported"]
    assert not config["bulk"]["supported"]
    types = scim.call("GET", "/ResourceTypes")["Resources"]
    assert [(each["name"], each["endpoint"]) for each in types] == [
        ("User", "/Users"), ("Group", "/Groups"),
    ]  # fmt: skip
    schemas = {each["id"]: each for each in scim.call("GET", "/Schemas")["Resources"]}
    assert {USER, WORK} <= set(schemas)
    kept = {each["name"] for each in schemas[USER]["attributes"]}
    assert kept >= {"userName", "name", "displayName", "active", "emails"}
    assert "password" not in kept


def test_pages_hold_everybody_once(scim: Directory) -> None:
    first = scim.call("GET", "/Users?startIndex=1&count=4")
    assert (first["totalResults"], first["itemsPerPage"], first["startIndex"]) == (10, 4, 1)
    seen = [
        user["userName"]
        for start in (1, 5, 9)
        for user in scim.search(f"startIndex={start}&count=4")
    ]
    assert len(seen) == len(set(seen)) == 10
    assert scim.call("GET", "/Users?count=0")["totalResults"] == 10
    assert scim.search("startIndex=50") == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ('userName eq "alice@example.com"', ["Alice"]),
        ('username Eq "ALICE@EXAMPLE.COM"', ["Alice"]),
        ('emails[type eq "work"].value eq "alice@example.com"', ["Alice"]),
        ('emails.value eq "alice@example.com"', ["Alice"]),
        ('externalId eq "nobody"', []),
        ('userName eq "x\' OR 1=1 --"', []),
        ('active eq true and displayName eq "dan"', ["Dan"]),
        ('displayName eq "dan" or displayName eq "bob"', ["Bob", "Dan"]),
        (f'{WORK}:employeeNumber eq "dan"', ["Dan"]),
        ("userName eq", None),
        ("userName eq alice", None),
        ('userName sw "A"', ["Alice", "Admin"]),
        ('userName ew ".org"', []),
        ('userName ew "an@example.com"', ["Dan", "Ivan"]),
        ('displayName co "AR"', ["Carol"]),
        ('displayName co "%"', []),
        ('displayName sw "_lice"', []),
        ('employeeNumber eq "dan"', None),
        ('displayName ne "Bob" and displayName lt "C"', ["Alice", "Admin"]),
        ('displayName ge "heidi" and displayName le "ivan"', ["Heidi", "Ivan"]),
        ('displayName gt "heidi"', ["Ivan"]),
        ('not (displayName gt "bob")', ["Bob", "Alice", "Admin"]),
        ('not (displayName ge "bob") and active eq true', ["Alice", "Admin"]),
        # and goes before or, and groups before both
        ('displayName eq "dan" or displayName eq "bob" and active eq false', ["Dan"]),
        ('(displayName eq "dan" or displayName eq "bob") and active eq false', []),
        ('not (displayName sw "a" or displayName gt "b")', []),
        ('emails[type eq "work" and value sw "dan@"]', ["Dan"]),
        ('emails[type eq "home"]', []),
        ('emails[not (value gt "b")]', ["Alice", "Admin"]),
        ('emails[primary eq true and value co "ivan"]', ["Ivan"]),
        ('name.formatted eq "dan" and name pr and emails pr', ["Dan"]),
        ("externalId pr", []),
        ('externalId eq null and displayName eq "dan"', ["Dan"]),
        ('externalId ne "x" and not (externalId pr) and displayName eq "dan"', ["Dan"]),
        ("externalId ne null", []),
        ('active eq "True" and displayName eq "dan"', ["Dan"]),
        ("active ne true", []),
        (f'{WORK}:department eq "research"', []),
        (f'{WORK}:department eq "研发部"', ["Dan"]),
        (f"not ({WORK}:manager pr)", ["Grace"]),
        ('meta.created gt "2020-01-01T00:00:00Z" and displayName eq "dan"', ["Dan"]),
        ('meta.lastModified lt "2020-01-01"', []),
        ('meta.lastModified gt "yesterday"', None),
        ('meta.lastModified co "2026"', None),
        ("active gt true", None),
        ("active pr and active eq 3", None),
        ("displayName gt null", None),
        ('userName like "a"', None),
        ('nickName eq "a"', None),
        ("title pr", None),
        ("manager[value pr]", None),
        ('(displayName eq "dan"', None),
        ('not displayName eq "dan"', None),
    ],
)
def test_a_filter_finds_or_says_what_it_cannot(
    scim: Directory, wanted: str, found: list[str] | None
) -> None:
    answer = scim.call("GET", "/Users?filter=" + quote(wanted))
    if found is None:
        assert (scim.status, answer["scimType"]) == (400, "invalidFilter")
    else:
        assert [user["displayName"] for user in answer.get("Resources", [])] == found


def test_only_what_was_asked_for_is_sent(scim: Directory) -> None:
    [alice] = scim.search("attributes=userName&filter=" + quote('userName eq "alice@example.com"'))
    assert set(alice) == {"schemas", "id", "userName"}


def test_departments_are_groups(scim: Directory) -> None:
    [sales] = scim.search("filter=" + quote('displayName eq "销售部"'), "/Groups")
    assert [member["display"] for member in sales["members"]] == ["Bob", "Alice"]
    assert scim.call("GET", f"/Groups/{sales['id']}")["displayName"] == "销售部"


@pytest.mark.parametrize(
    "path", ["/Users/0", "/Users/x", "/Users/99999999999999999999", "/Groups/77", "/Nothing"]
)
def test_what_is_not_there_is_missing(scim: Directory, path: str) -> None:
    answer = scim.call("GET", path)
    assert (scim.status, answer["status"]) == (404, "404")


def test_what_was_not_changed_is_not_sent_again(scim: Directory) -> None:
    user = scim.create()
    version = user["meta"]["version"]
    scim.call("GET", f"/Users/{user['id']}", **{"If-None-Match": version})
    assert scim.status == 304
