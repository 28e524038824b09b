"""One invoice, once, at five million invoices: what asking and holding take."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.data import CACHE, digest
from benchmarks.databases import administer, made, settings_for
from portal import create_app
from portal.core.db import begin_writing, db
from portal.invoices import registry
from portal.people.models import Company, Department, Person
from portal.settings import Settings
from portal.web import schema

LARGE = 5_000_000
MANY = 30
ROUNDS = 300
SEED = 5
APART = 97
"""Between one held number and the next: room for numbers that nobody holds."""
EVERY = 1000
"""One in so many may be claimed once more."""

NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most}) "
    "SELECT printf('2631%016d', i * {apart}) AS key, i FROM n",
    "postgresql": "SELECT '2631' || lpad((i * {apart})::text, 16, '0') AS key, i "
    "FROM generate_series(1::bigint, {most}) AS i",
}
FILL = (
    "INSERT INTO invoice_holds (key, share, claim_id, held_at) "
    "SELECT key, 0, i / 3 + 1, '2026-03-02' FROM ({numbers}) AS numbers",
    "INSERT INTO invoice_allowances (key, share, person_id, reason, by_id, at) "
    "SELECT key, 1, 1, 'Shared bill', 1, '2026-03-02' FROM ({numbers}) AS numbers "
    f"WHERE i / {EVERY} * {EVERY} = i",
)


@dataclass(frozen=True)
class Took:
    """What one thing took, in milliseconds: the median and the 95th percentile."""

    what: str
    p50: float
    p95: float
    has_goal: bool


@dataclass(frozen=True)
class Registry:
    """What the registry took on one kind of database."""

    kind: str
    invoices: int
    made_in: float
    took: tuple[Took, ...]


def on_sqlite(invoices: int) -> Registry:
    """The registry in a file of its own, made when it is not there yet."""
    kept = _instance("sqlite", invoices)
    return _measured("SQLite", settings_for(kept), kept, invoices)


def on_postgresql(invoices: int, server: str) -> Registry:
    """The registry in a database of its own, made when it is not there yet."""
    kept = _instance("postgresql", invoices)
    name = f"registry_{kept.parent.name}_{invoices}"
    if not (kept / "made.json").exists():
        administer(server, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
    return _measured("PostgreSQL", settings_for(kept, f"{server}/{name}"), kept, invoices)


def _instance(kind: str, invoices: int) -> Path:
    return CACHE.absolute() / digest() / f"registry-{kind}-{invoices}"


def _measured(kind: str, settings: Settings, kept: Path, invoices: int) -> Registry:
    made_in = made(kept, lambda: fill(create_app(settings), invoices))
    app = create_app(settings)
    with app.app_context():
        took = tuple(_times(db.session(), invoices))
        db.session.remove()
        db.engine.dispose()
    return Registry(kind, invoices, made_in, took)


def fill(app: Flask, invoices: int) -> float:
    """Migrate the application's empty database and hold so many invoices; the seconds it took."""
    began = time.monotonic()
    schema.migrate(app)
    with app.app_context():
        begin_writing(db.session())
        _somebody(db.session())
        db.session.commit()
        numbers = NUMBERS[db.engine.dialect.name].format(most=invoices, apart=APART)
        with db.engine.begin() as connection:
            for statement in FILL:
                connection.exec_driver_sql(statement.format(numbers=numbers))
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        db.session.remove()
        db.engine.dispose()
    return time.monotonic() - began


def _somebody(session: Session) -> None:
    """The one person whom the allowances are for."""
    company = Company(code="one", name_zh="公司", name_en="Company")
    session.add(company)
    session.flush()
    session.add(
        Department(
            id=1, code="all", name_zh="公司", name_en="Company", cost_centre="",
            company_id=company.id,
        )
    )  # fmt: skip
    session.flush()
    session.add(
        Person(
            id=1, number="1", email="one@example.com", name="One", department_id=1,
            grade="staff", language="en",
        )
    )  # fmt: skip


def _times(session: Session, invoices: int) -> Iterator[Took]:
    rng = Random(SEED)
    claim_id = invoices

    def held(count: int) -> list[str]:
        places = (rng.randrange(invoices // EVERY) * EVERY for _ in range(count))
        return [f"2631{(place + rng.randint(1, EVERY - 1)) * APART:016d}" for place in places]

    def free(count: int) -> list[str]:
        """Numbers that this run and those before it most likely never asked for."""
        again = time.time_ns()
        return [f"26{again % 10**13:013d}{place:05d}" for place in range(count)]

    def look(count: int) -> Callable[[], None]:
        keys = held(count)
        return lambda: _all(keys, registry.held_elsewhere(session, keys, claim_id, 1))

    def hold(count: int) -> Callable[[], None]:
        nonlocal claim_id
        claim_id += 1
        keys, mine = free(count), claim_id
        begin_writing(session)
        return lambda: registry.hold(session, keys, mine, 1, at=datetime.now(UTC))

    yield from _took("look up one invoice", session, lambda: look(1), goal=True)[:1]
    yield from _took(f"look up {MANY}", session, lambda: look(MANY), goal=False)[:1]
    yield from _took("hold one", session, lambda: hold(1), goal=True)
    yield from _took(f"hold {MANY}", session, lambda: hold(MANY), goal=False)


def _all(keys: list[str], found: dict[str, int]) -> None:
    if found.keys() != set(keys):
        raise RuntimeError("the registry does not know the invoices that it holds")


def _took(
    what: str, session: Session, prepare: Callable[[], Callable[[], None]], *, goal: bool
) -> list[Took]:
    """What doing it took, and what keeping it: the disk's time, as for any other change."""
    doing, keeping = [], []
    for _ in range(ROUNDS):
        act = prepare()
        began = time.perf_counter()
        act()
        done = time.perf_counter()
        session.commit()
        doing.append((done - began) * 1000)
        keeping.append((time.perf_counter() - done) * 1000)
    return [_of(what, doing, goal=goal), _of(f"{what}: its commit", keeping, goal=False)]


def _of(what: str, times: list[float], *, goal: bool) -> Took:
    return Took(what, statistics.median(times), statistics.quantiles(times, n=20)[-1], goal)
