"""Addresses we lead to, and changes that come from elsewhere."""

import pytest
from flask import Flask
from sqlalchemy import delete

from portal.people.models import RoleGrant
from portal.web.session import own_address
from tests.blueprints.claims.pages import a_draft, stored
from tests.browser import Visitor
from tests.claims.stories import person, writing


@pytest.mark.parametrize("target", ["/", "/claims/?state=draft", "/claims/3#happened", "/a//b"])
def test_addresses_of_ours_are_kept(target: str) -> None:
    assert own_address(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None, "", "claims", "//evil.example", "/\\evil.example", "\\/evil.example", "http://x",
        "javascript:x", "/\n/evil.example", "/\x00", "/\t//evil.example", "/a\\b", "https:/x",
    ],
)  # fmt: skip
def test_all_others_are_not(target: str | None) -> None:
    assert own_address(target) is None


@pytest.mark.parametrize("token", [None, "", "forged", "IjEi.x.y"])
def test_nothing_changes_without_a_csrf_token(
    alice: Visitor, app: Flask, token: str | None
) -> None:
    number = a_draft(app)
    form = {"version": "3"} if token is None else {"version": "3", "csrf_token": token}
    answer = alice.client.post(f"/claims/{number}/delete", data=form)
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")
    assert stored(app, number)


def test_a_token_of_another_browser_is_worth_nothing(alice: Visitor, app: Flask) -> None:
    number = a_draft(app)
    foreign = Visitor(app).signed_in("dan").go("/").csrf_token()
    answer = alice.client.post(
        f"/claims/{number}/delete", data={"version": "3", "csrf_token": foreign}
    )
    assert answer.location.startswith("/sign-in")
    assert stored(app, number)


def test_a_person_who_loses_a_role_loses_its_pages_at_once(app: Flask, carol: Visitor) -> None:
    assert carol.go("/claims/all").status == 200
    with writing(app) as session:
        session.execute(delete(RoleGrant).where(RoleGrant.person_id == person(session, "carol").id))
    assert carol.go("/claims/all").status == 404
    carol.misses("All claims")
