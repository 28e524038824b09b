"""Writing to SQLite one after another: nobody is passed over, and nobody waits for ever."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from portal.core import db
from portal.core.db import WRITES, prepare


def opened(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")
    prepare(engine)
    return engine


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with opened(tmp_path / "counted.db").begin() as connection:
        connection.execute(text("CREATE TABLE counted (number INTEGER)"))
        connection.execute(text("INSERT INTO counted VALUES (0)"))
    return tmp_path / "counted.db"


def count(engine: Engine, times: int) -> float:
    """Count up so often; the longest wait in seconds."""
    longest = 0.0
    for _ in range(times):
        began = time.monotonic()
        with engine.connect().execution_options(**{WRITES: True}) as connection:
            longest = max(longest, time.monotonic() - began)
            number = connection.execute(text("SELECT number FROM counted")).scalar_one()
            connection.execute(text("UPDATE counted SET number = :next"), {"next": number + 1})
            connection.commit()
    return longest


def test_every_writer_of_several_processes_gets_its_turn(path: Path) -> None:
    engines = [opened(path) for _process in range(2)]
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda place: count(engines[place % 2], 10), range(8)))
    with engines[0].connect() as connection:
        assert connection.execute(text("SELECT number FROM counted")).scalar_one() == 80
    assert max(waits) < db.BUSY_MILLISECONDS / 1000


def test_a_connection_that_writes_twice_does_not_wait_for_itself(path: Path) -> None:
    with opened(path).connect().execution_options(**{WRITES: True}) as connection:
        for number in (1, 2):
            connection.execute(text("UPDATE counted SET number = :number"), {"number": number})
            connection.commit()
        assert connection.execute(text("SELECT number FROM counted")).scalar_one() == 2


@pytest.mark.parametrize("same_process", [True, False])
def test_who_waits_too_long_is_told(
    path: Path, same_process: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BUSY_MILLISECONDS", 50)
    engine = opened(path)
    holder = engine if same_process else opened(path)
    with holder.connect().execution_options(**{WRITES: True}) as connection:
        connection.execute(text("UPDATE counted SET number = 7"))
        with pytest.raises(OperationalError, match="locked"):
            count(engine, 1)
        connection.commit()
    assert count(engine, 1) < 1, "its turn comes when the other is done"


def test_other_refusals_of_the_database_are_not_waited_for(path: Path) -> None:
    engine = create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")
    prepare(engine)
    began = time.monotonic()
    with pytest.raises(OperationalError, match="readonly"):
        count(engine, 1)
    assert time.monotonic() - began < 2
