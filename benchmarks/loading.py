"""Writing millions of rows quickly: straight into the tables, indexes made afterwards.

Rows are tuples in the order of their table's columns, with moments as text in UTC and JSON
as text, which both databases read alike.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

from portal.core.db import Base

CHUNK = 20_000


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def as_json(value: object) -> str:
    """JSON text, as the portal writes it."""
    return _encoder.encode(value)


def moment(value: datetime | None) -> str | None:
    """A UTC moment as text."""
    return value.isoformat(" ", "microseconds")[:26] if value else None


class Writer(Protocol):
    """One database's fastest way to take rows."""

    def write(self, name: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None: ...

    def finish(self) -> None: ...


class SqliteWriter:
    """``executemany`` on the driver's own connection, with nothing kept durable on the way."""

    BOLD = ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -400000")

    def __init__(self, engine: Engine):
        # The journal can only be given up by the one connection that is left.
        engine.dispose()
        self.raw = engine.raw_connection()
        self.cursor = self.raw.cursor()
        for pragma in self.BOLD:
            self.cursor.execute(f"PRAGMA {pragma}")
        self.cursor.execute("BEGIN IMMEDIATE")

    def write(self, name: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert ``rows``."""
        places = ",".join("?" * len(columns))
        self.cursor.executemany(f"INSERT INTO {name} ({','.join(columns)}) VALUES ({places})", rows)

    def finish(self) -> None:
        """Commit; the next connection of the portal has a journal again."""
        self.cursor.execute("COMMIT")
        self.raw.detach()
        self.raw.close()


class PostgresqlWriter:
    """``COPY`` in one transaction."""

    def __init__(self, engine: Engine):
        self.raw = engine.raw_connection()
        self.cursor = self.raw.cursor()
        self.cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        # Tables are filled in our order: what they refer to is complete only at the end.
        self.cursor.execute("SET LOCAL session_replication_role = replica")

    def write(self, name: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Copy ``rows``."""
        quoted = ",".join(f'"{column}"' for column in columns)
        with self.cursor.copy(f"COPY {name} ({quoted}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def finish(self) -> None:
        """Commit, and let each table's counter go on after its last row."""
        self.cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE column_default LIKE 'nextval(%' AND table_schema = current_schema()"
        )
        for name, column in self.cursor.fetchall():
            self.cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{name}', '{column}'), "
                f"greatest((SELECT max({column}) FROM {name}), 1))"
            )
        self.raw.commit()
        self.raw.close()


class Sink:
    """Takes rows and writes them in chunks. All rows of a table name the same columns."""

    def __init__(self, writer: Writer):
        self.writer = writer
        self.columns: dict[str, tuple[str, ...]] = {}
        self.ordered: dict[str, Callable[[dict[str, Any]], tuple[Any, ...]]] = {}
        self.waiting: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self.counts: dict[str, int] = defaultdict(int)

    def add(self, name: str, /, **row: Any) -> None:
        """Take a row."""
        if name not in self.columns:
            self.columns[name] = tuple(row)
            self.ordered[name] = itemgetter(*row)
        rows = self.waiting[name]
        rows.append(self.ordered[name](row))
        self.counts[name] += 1
        if len(rows) >= CHUNK:
            self.writer.write(name, self.columns[name], rows)
            rows.clear()

    def next_id(self, name: str) -> int:
        """The number of the table's next row, when its rows are numbered from 1."""
        return self.counts[name] + 1

    def finish(self) -> None:
        """Write what is left and commit."""
        for name, rows in self.waiting.items():
            self.writer.write(name, self.columns[name], rows)
        self.writer.finish()


def sink_for(engine: Engine) -> Sink:
    """A sink into the engine's database."""
    postgresql = engine.dialect.name == "postgresql"
    return Sink(PostgresqlWriter(engine) if postgresql else SqliteWriter(engine))


def drop_indexes(connection: Connection) -> None:
    """Drop every index of the portal's tables; constraints stay."""
    for each in Base.metadata.sorted_tables:
        for index in each.indexes:
            index.drop(connection)


def make_indexes(connection: Connection) -> None:
    """Make them again, as the portal's migrations had."""
    for each in Base.metadata.sorted_tables:
        for index in sorted(each.indexes, key=lambda index: str(index.name)):
            index.create(connection)
