"""How many queries a page makes, and which of them read a large table from end to end."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, event

from benchmarks.databases import HOST, Measured
from benchmarks.load import Request
from benchmarks.pages import PAGES, facts
from benchmarks.speed import database_of
from benchmarks.visitor import Answer, Visitor
from portal import create_app
from portal.core.db import db

LARGE = ("claims", "lines", "receipts", "steps", "step_people", "events", "notices", "routes",
         "payments", "jobs", "people", "invoices")  # fmt: skip
NOT_QUERIES = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "SHOW")


@dataclass(frozen=True)
class Asked:
    """The queries of one page; ``scans`` are plan lines that pass over a whole large table."""

    queries: int
    scans: tuple[str, ...]


class InProcess(Visitor):
    """A browser that calls the application without a server."""

    def __init__(self, app: Flask):
        self.client = app.test_client()
        self.cookie = ""

    def _ask(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Answer:
        sent = {"Host": HOST} | {k: v for k, v in headers.items() if k not in ("Cookie", "Host")}
        answer = self.client.open(path, method=method, data=body, headers=sent)
        return Answer(answer.status_code, answer.headers.get("Location", ""), answer.data)


def count(measured: Measured) -> dict[str, Asked]:
    """Queries of each measured page by its name."""
    app = create_app(measured.settings)
    with app.app_context():
        engine = db.engine
    found = {}
    with database_of(measured) as session:
        known = facts(session)
        for page in PAGES:
            visitor = InProcess(app).signed_in(page.who(known))
            request = page.requests(visitor, known, session)[0]
            session.rollback()
            visitor.send(request)
            found[page.name] = _asked(engine, visitor, request)
    engine.dispose()
    return found


def _asked(engine: Engine, visitor: Visitor, request: Request) -> Asked:
    with _listening(engine) as said:
        visitor.send(request)
    scans: tuple[str, ...] = ()
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            scans = tuple(
                line for statement, values in said for line in _scans(connection, statement, values)
            )
    return Asked(len(said), scans)


@contextmanager
def _listening(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    said: list[tuple[str, Any]] = []

    def hear(
        _connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool
    ) -> None:
        if not statement.startswith(NOT_QUERIES):
            said.append((statement, values))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def _scans(connection: Connection, statement: str, values: Any) -> Iterator[str]:
    """SQLite says SCAN for reading a table from end to end, SEARCH for using an index."""
    for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values):
        words = str(row[3]).split()
        if words[0] == "SCAN" and words[1] in LARGE:
            yield f"{row[3]}: {' '.join(statement.split())[:120]}"
