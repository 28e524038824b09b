"""Writing millions of rows quickly: straight into the tables, indexes made afterwards.

Rows are tuples in the order of their table's columns, with moments as text in UTC and JSON
as text, which both databases read alike.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Table, text

from portal.core.db import Base, dump_json

CHUNK = 20_000


def moment(value: datetime | None) -> str | None:
    """A UTC moment as text."""
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if value else None


def table(name: str) -> Table:
    """The portal's table of this name."""
    return Base.metadata.tables[name]


class Writer(Protocol):
    """One database's fastest way to take rows."""

    def write(self, name: str, rows: Sequence[tuple[Any, ...]]) -> None: ...

    def finish(self) -> None: ...


class SqliteWriter:
    """``executemany`` on the driver's own connection, with nothing kept durable on the way."""

    def __init__(self, engine: Engine):
        self.raw = engine.raw_connection()
        self.cursor = self.raw.cursor()
        for pragma in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -400000"):
            self.cursor.execute(f"PRAGMA {pragma}")
        self.cursor.execute("BEGIN IMMEDIATE")

    def write(self, name: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert ``rows``."""
        places = ",".join("?" * len(table(name).columns))
        columns = ",".join(column.name for column in table(name).columns)
        self.cursor.executemany(f"INSERT INTO {name} ({columns}) VALUES ({places})", rows)

    def finish(self) -> None:
        """Commit, and empty the write-ahead log into the file."""
        self.cursor.execute("COMMIT")
        self.cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.raw.close()


class PostgresqlWriter:
    """``COPY`` in one transaction."""

    def __init__(self, engine: Engine):
        self.raw = engine.raw_connection()
        self.cursor = self.raw.cursor()
        self.cursor.execute("SET TIME ZONE 'UTC'")
        # The order of tables is ours; the rows are complete when the transaction ends.
        self.cursor.execute("SET session_replication_role = replica")

    def write(self, name: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Copy ``rows``."""
        columns = ",".join(f'"{column.name}"' for column in table(name).columns)
        with self.cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def finish(self) -> None:
        """Commit, and let each table's counter go on after its last row."""
        for each in Base.metadata.tables.values():
            key = each.autoincrement_column
            if key is not None:
                self.cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), "
                    f"(SELECT coalesce(max({key.name}), 1) FROM {each.name})) "
                    "WHERE pg_get_serial_sequence(%s, %s) IS NOT NULL",
                    (each.name, key.name, each.name, key.name),
                )
        self.raw.commit()
        self.raw.close()


class Sink:
    """Takes rows one by one and writes them in chunks."""

    def __init__(self, writer: Writer):
        self.writer = writer
        self.waiting: dict[str, list[tuple[Any, ...]]] = {}
        self.counts: dict[str, int] = {}

    def add(self, name: str, *row: Any) -> int:
        """Take a row; returns how many the table has now."""
        rows = self.waiting.setdefault(name, [])
        rows.append(row)
        if len(rows) >= CHUNK:
            self.writer.write(name, rows)
            rows.clear()
        count = self.counts[name] = self.counts.get(name, 0) + 1
        return count

    def next_id(self, name: str) -> int:
        """The number the table's next row will have when rows are numbered from 1."""
        return self.counts.get(name, 0) + 1

    def finish(self) -> None:
        """Write what is left and commit."""
        for name, rows in self.waiting.items():
            self.writer.write(name, rows)
        self.writer.finish()


def sink_for(engine: Engine) -> Sink:
    """A sink into the engine's database."""
    postgresql = engine.dialect.name == "postgresql"
    return Sink(PostgresqlWriter(engine) if postgresql else SqliteWriter(engine))


def drop_indexes(connection: Connection, names: Iterable[str]) -> None:
    """Drop the indexes of these tables; constraints stay."""
    for name in names:
        for index in table(name).indexes:
            index.drop(connection)


def make_indexes(connection: Connection, names: Iterable[str]) -> None:
    """Make them again, as the portal's own migrations had."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET maintenance_work_mem = '256MB'"))
    for name in names:
        for index in sorted(table(name).indexes, key=lambda each: str(each.name)):
            index.create(connection)


def as_json(value: object) -> str:
    """JSON as the portal stores it."""
    return dump_json(value)


def plain_json(value: object) -> Any:
    """The value as it comes back from the database."""
    return json.loads(dump_json(value))
