"""A portal on a fresh database for every test, in a few milliseconds."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal import create_app
from portal.core.db import begin_writing, db
from portal.settings import Settings
from portal.web import schema
from tests.browser import Visitor
from tests.cast import found_company


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        mode="test",
        secret_key="only for tests, and long enough for them",
        instance_dir=str(tmp_path_factory.mktemp("instance")),
        language="en",
    )


@pytest.fixture(scope="session")
def portal(settings: Settings) -> Flask:
    """One application for all tests of a process, with the company founded once."""
    app = create_app(settings)
    app.url_build_error_handlers.append(lambda *_args: "/unfinished")  # TEMP
    app.jinja_env.globals.setdefault("help_for", lambda rule: f"/help/{rule}")  # TEMP
    schema.migrate(app)
    with app.app_context():
        begin_writing(db.session())
        found_company(db.session())
        db.session.commit()
        db.engine.dispose()
    shutil.copy(settings.instance / "portal.db", settings.instance / "founded.db")
    return app


@pytest.fixture
def app(portal: Flask, settings: Settings) -> Iterator[Flask]:
    """The application on a database in which nothing has happened yet."""
    with portal.app_context():
        db.session.remove()
        db.engine.dispose()
        database = settings.instance / "portal.db"
        for leftover in ("-wal", "-shm"):
            Path(f"{database}{leftover}").unlink(missing_ok=True)
        shutil.copy(settings.instance / "founded.db", database)
    yield portal
    with portal.app_context():
        db.session.remove()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A writing session for tests of rules; what it writes is committed by the test."""
    with app.app_context():
        begin_writing(db.session())
        yield db.session()
        db.session.rollback()


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody at a browser, not signed in."""
    return Visitor(app)


@pytest.fixture
def alice(app: Flask) -> Visitor:
    return Visitor(app).signed_in("alice")


@pytest.fixture
def bob(app: Flask) -> Visitor:
    return Visitor(app).signed_in("bob")


@pytest.fixture
def carol(app: Flask) -> Visitor:
    return Visitor(app).signed_in("carol")


@pytest.fixture
def dan(app: Flask) -> Visitor:
    return Visitor(app).signed_in("dan")


@pytest.fixture
def admin(app: Flask) -> Visitor:
    return Visitor(app).signed_in("admin")
