"""Every refusal is a page in the reader's language, with its number, and loses nothing."""

import re
import sqlite3
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError

from portal.core.errors import Invalid, Missing, NotAllowed, NotNow, Stale
from portal.core.words import words
from portal.settings import Settings
from portal.web import schema
from portal.web.guards import public

LOCKED = OperationalError("UPDATE", {}, sqlite3.OperationalError("database is locked"))
RAISED: dict[str, tuple[Exception, int]] = {
    "missing": (Missing(words("There is no such claim or request.")), 404),
    "not-allowed": (NotAllowed(words("Not yours.")), 403),
    "not-now": (NotNow(words("Not now.")), 409),
    "stale": (Stale(words("It changed.")), 409),
    "invalid": (Invalid(words("Not a day.")), 422),
    "locked": (LOCKED, 503),
    "raced": (IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE")), 409),
    "disk-full": (OSError(28, "No space left on device"), 503),
    "broken": (RuntimeError("secret detail"), 500),
}


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A portal with a page for each kind of trouble; not in test mode, which lets errors out."""
    from portal import create_app

    instance = str(tmp_path_factory.mktemp("failing"))
    app = create_app(Settings(mode="demo", secret_key="s" * 40, instance_dir=instance))
    app.config["WTF_CSRF_ENABLED"] = False

    def view(error: Exception) -> Any:
        def fail() -> Any:
            raise error

        return public(fail)

    for name, (error, _status) in RAISED.items():
        app.add_url_rule(f"/fail/{name}", f"fail-{name}", view(error), methods=["GET", "POST"])
    app.add_url_rule("/unguarded", "unguarded", lambda: "secret")
    schema.migrate(app)
    return app


@pytest.mark.parametrize("name", RAISED)
def test_each_trouble_has_its_status_and_a_page_with_a_number(failing: Flask, name: str) -> None:
    answer = failing.test_client().get(f"/fail/{name}", headers={"Accept-Language": "en"})
    assert answer.status_code == RAISED[name][1]
    assert re.search(r"Request [0-9a-f]{8}", answer.text)
    assert answer.text.count("<h1") == 1
    assert "Traceback" not in answer.text
    assert "secret detail" not in answer.text
    assert ("Retry-After" in answer.headers) == (answer.status_code == 503)


@pytest.mark.parametrize("name", RAISED)
def test_each_is_said_in_the_readers_language(failing: Flask, name: str) -> None:
    if name in ("not-allowed", "not-now", "stale", "invalid"):
        return
    answer = failing.test_client().get(f"/fail/{name}", headers={"Accept-Language": "zh-CN"})
    heading = re.search(r"<h1>([^<]+)</h1>", answer.text)
    lead = re.search(r'<p class="lead">([^<]+)</p>', answer.text)
    assert heading
    assert lead
    assert re.search(r"[\u4e00-\u9fff]", heading[1])
    assert re.search(r"[\u4e00-\u9fff]", lead[1])


@pytest.mark.parametrize("name", ["stale", "locked", "disk-full", "invalid"])
def test_what_was_typed_stands_on_the_page(failing: Flask, name: str) -> None:
    typed = {"comment": "A long <b>remark</b>", "password": "my secret", "csrf_token": "tttt"}
    answer = failing.test_client().post(f"/fail/{name}", data=typed)
    assert "A long &lt;b&gt;remark&lt;/b&gt;" in answer.text
    assert "my secret" not in answer.text


def test_a_view_without_a_guard_does_not_exist(failing: Flask) -> None:
    answer = failing.test_client().get("/unguarded")
    assert answer.status_code == 404
    assert "secret" not in answer.text


@pytest.mark.parametrize("path", ["/nothing-here", "/claims/x", "/static/../settings.py", "/%ff"])
def test_an_address_that_leads_nowhere_says_so(failing: Flask, path: str) -> None:
    assert failing.test_client().get(path).status_code == 404


def test_a_wrong_method_says_so(failing: Flask) -> None:
    answer = failing.test_client().get("/sign-out", headers={"Accept-Language": "en"})
    assert answer.status_code == 405
    assert "This address cannot be used that way" in answer.text


def test_the_log_names_the_trouble_and_nothing_personal(
    failing: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    failing.test_client().post(
        "/fail/locked?name=alice@example.com", data={"comment": "private words"}
    )
    said = "".join(capfd.readouterr())
    assert "alice@example.com" not in said
    assert "private words" not in said
