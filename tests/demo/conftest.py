"""The demo company, loaded once for all tests of it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from portal import demo
from portal.core.db import Base, begin_writing, dump_json, prepare
from portal.core.events import START, ChainEnd
from portal.core.files import Store
from portal.people.models import Person
from portal.people.queries import find_by_sign_in

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="package")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="package")
def session(tmp_path_factory: pytest.TempPathFactory, store: Store) -> Iterator[Session]:
    database: Path = tmp_path_factory.mktemp("demo") / "portal.db"
    engine = create_engine(f"sqlite:///{database}", json_serializer=dump_json)
    prepare(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as loading:
        begin_writing(loading)
        loading.add(ChainEnd(id=1, last_id=0, seal=START))
        loading.flush()
        assert demo.is_empty(loading), "a new database counts as empty"
        demo.load(loading, store, today=TODAY, password_hash="hash")
        loading.commit()
    with Session(engine) as reading:
        yield reading
    engine.dispose()


def person(session: Session, name: str) -> Person:
    found = find_by_sign_in(session, name)
    assert found is not None, f"{name} cannot sign in"
    return found
