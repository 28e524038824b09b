"""What a monitor asks."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from portal.core.db import db
from portal.web import schema


def ask(app: Flask, path: str) -> tuple[int, str]:
    response = app.test_client().get(path, headers={"Host": "10.0.0.7"})
    assert "Set-Cookie" not in response.headers
    return response.status_code, response.get_data(as_text=True)


def test_it_works(app: Flask) -> None:
    assert ask(app, "/healthz") == (200, "ok\n")
    assert ask(app, "/readyz") == (200, "database: ok\nschema: ok\ndisk: ok\n")


def test_it_is_not_ready_before_the_migration(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "is_current", lambda: False)
    status, says = ask(app, "/readyz")
    assert (status, "schema: FAILED" in says) == (503, True)
    assert ask(app, "/healthz")[0] == 200


def test_it_is_not_ready_without_a_disk(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = replace(app.extensions["settings"], instance_dir=str(tmp_path / "gone"))
    monkeypatch.setitem(app.extensions, "settings", gone)
    status, says = ask(app, "/readyz")
    assert (status, says) == (503, "database: ok\nschema: ok\ndisk: FAILED\n")


def test_it_is_not_ready_without_the_database(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise OSError("connection refused")

    with app.app_context():
        monkeypatch.setattr(db.engine.dialect, "connect", away)
    status, says = ask(app, "/readyz")
    assert status == 503
    assert "database: FAILED" in says
