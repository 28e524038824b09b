"""A portal that a directory provisions, and that directory."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal import create_app
from portal.core.db import db
from portal.settings import Settings

TOKEN = "0123456789abcdef0123456789abcdef"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
WORK = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass
class Directory:
    """Calls the portal's SCIM address; ``status`` is the last answer's."""

    app: Flask
    token: str = TOKEN
    status: int = 0

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer's JSON, None when it has no body."""
        answer: TestResponse = self.app.test_client().open(
            f"/scim/v2{path}", method=method, json=body,
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )  # fmt: skip
        self.status = answer.status_code
        assert not answer.data or answer.mimetype == "application/scim+json", answer.text
        return answer.json if answer.data else None

    def create(self, who: str = "hugo", **more: Any) -> Any:
        """Take somebody in, with an address that is his user name."""
        return self.call("POST", "/Users", {
            "schemas": [USER, WORK], "userName": f"{who}@example.com", "externalId": f"x-{who}",
            "name": {"givenName": who.capitalize(), "familyName": "Lin"}, "active": True,
            "emails": [{"value": f"{who}@example.com", "type": "work", "primary": True}],
            WORK: {"employeeNumber": who, "department": "sales"}, **more,
        })  # fmt: skip

    def patch(self, path: str, *operations: dict[str, Any]) -> Any:
        """Change a user; what he is afterwards, or the error."""
        answer = self.call("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})
        return self.call("GET", path) if answer is None else answer

    def search(self, query: str, path: str = "/Users") -> list[Any]:
        """What a filter finds."""
        found = self.call("GET", f"{path}?{query}")
        assert self.status == 200, found
        assert found["totalResults"] >= len(found.get("Resources", []))
        return list(found.get("Resources", []))


@pytest.fixture(scope="session")
def portal_with_directory(portal: Flask, settings: Settings) -> Flask:
    return create_app(replace(settings, scim_token=TOKEN))


@pytest.fixture
def provisioned(app: Flask, portal_with_directory: Flask) -> Iterator[Flask]:
    """The portal on the database of ``app``, with the directory's token set."""
    yield portal_with_directory
    with portal_with_directory.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def scim(provisioned: Flask) -> Directory:
    return Directory(provisioned)
