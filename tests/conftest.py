"""A portal on a fresh database for every test, in a few milliseconds."""

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
from tests.database import Postgresql, Sqlite


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what touches the database runs: the rest has run already."""
    if config.getoption("--database") == "postgresql":
        touching = [item for item in items if "portal" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=[item for item in items if item not in touching])
        items[:] = touching


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of receipts and mails."""
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="session")
def database(pytestconfig: pytest.Config, instance: Path) -> Sqlite | Postgresql:
    """What the tests of this run store their rows in: ``--database=postgresql`` or SQLite."""
    if pytestconfig.getoption("--database") == "postgresql":
        return Postgresql()
    return Sqlite(instance)


@pytest.fixture(scope="session")
def settings(instance: Path, database: Sqlite | Postgresql) -> Settings:
    return Settings(
        mode="test",
        secret_key="only for tests, and long enough for them",
        instance_dir=str(instance),
        database_url=database.url,
        language="en",
    )


@pytest.fixture(scope="session")
def portal(settings: Settings, database: Sqlite | Postgresql) -> Flask:
    """One application for all tests of a process, with the company founded once."""
    app = create_app(settings)
    schema.migrate(app)
    with app.app_context():
        begin_writing(db.session())
        found_company(db.session())
        db.session.commit()
        db.engine.dispose()
    database.keep()
    return app


@pytest.fixture
def app(portal: Flask, database: Sqlite | Postgresql) -> Iterator[Flask]:
    """The application on a database in which nothing has happened yet."""
    with portal.app_context():
        db.session.remove()
        db.engine.dispose()
    database.renew()
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
