"""The database: one declarative base, and settings that make SQLite safe under load."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Executable,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, CursorResult, Dialect, Engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from portal.core.turns import Turns

WRITES = "portal_writes"
"""Execution option of a transaction that will write."""

TURNS = "portal_turns"
WILL_WRITE = "portal_will_write"
"""Execution option of a transaction that reads first and then goes on by ``go_on_writing``."""

ALONE = "portal_alone"
"""Execution option of a connection for one single read, which needs no transaction."""

BUSY_MILLISECONDS = 10_000


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], datetime | None] | None:
        # SQLite keeps text without a zone. An inbox reads a hundred moments: one step, not three.
        return (
            _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)
        )


def _from_text(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored + "+00:00") if stored else None


class Exact(TypeDecorator[Decimal]):
    """A decimal number kept digit by digit; SQLite alone would make it a float."""

    impl = String(30)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


Document = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A JSON value."""


Minor = Annotated[int, mapped_column(BigInteger)]
"""A sum in minor units: the dearest claims do not fit a 32-bit column."""

Rows = Sequence[Any]
"""Rows of a read, with their columns as attributes."""


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(column_0_N_label)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: Moment(),
            Decimal: Exact(),
            dict[str, Any]: Document,
            list[Any]: Document,
        },
    )


def dump_json(value: object) -> str:
    """JSON with Chinese kept readable in the file."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


db = SQLAlchemy(
    model_class=Base,
    # Errors are logged, and the values of a statement are somebody's data.
    engine_options={"json_serializer": dump_json, "hide_parameters": True},
    disable_autonaming=True,
    session_options={"expire_on_commit": False},
)


def fetch(session: Session, statement: Executable, **values: Any) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement that was built once, past the ORM: hot paths cost a third of it that way.

    What the session has pending is written first, as the ORM would.
    """
    session.flush()
    return session.connection().execute(statement, values)


def fetch_many(session: Session, statement: Executable, rows: Sequence[dict[str, Any]]) -> None:
    """Run a statement that was built once for each of ``rows``."""
    if rows:
        session.flush()
        session.connection().execute(statement, rows)


class items_of(FunctionElement[int]):  # noqa: N801 - reads like a function of SQL
    """How many items a JSON list has, counted by the database."""

    inherit_cache = True
    type = Integer()


@compiles(items_of, "sqlite")
def _items_in_sqlite(element: Any, compiler: SQLCompiler, **rest: Any) -> str:
    return f"json_array_length({compiler.process(element.clauses, **rest)})"


@compiles(items_of, "postgresql")
def _items_in_postgresql(element: Any, compiler: SQLCompiler, **rest: Any) -> str:
    return f"jsonb_array_length({compiler.process(element.clauses, **rest)})"


def fetch_rows(session: Session, statement: Executable, rows: Sequence[dict[str, Any]]) -> Rows:
    """Run an INSERT that was built once for each of ``rows``, which returns rows of its own.

    They come in no certain order.
    """
    if not rows:
        return []
    session.flush()
    return session.connection().execute(statement, rows).all()


def table(model: type[Base]) -> Table:
    """The table of a model, for statements past the ORM."""
    return cast(Table, model.__table__)


def begin_writing(session: Session) -> None:
    """Open a transaction that will write.

    SQLite fails a reading transaction that turns into a writing one at once, whatever
    its timeout; taking the write lock first makes it wait in line instead.
    """
    session.connection(execution_options={WRITES: True})


def begin_before_writing(session: Session) -> None:
    """Open a transaction that reads what it needs before it locks anything.

    On SQLite it already stands in the line of its process: threads that all run Python at
    once only keep the one from working that holds the lock.
    """
    session.connection(execution_options={WILL_WRITE: True})


def go_on_writing(session: Session) -> None:
    """Take the write lock, after reading. What was read may have changed in between."""
    if dialect_of(session) == "sqlite":
        connection = session.connection()
        cast(Any, connection.connection.dbapi_connection).commit()
        connection.info[TURNS].begin(connection)


def dialect_of(session: Session) -> str:
    """``sqlite`` or ``postgresql``."""
    return session.get_bind().dialect.name


def upsert(dialect: str, model: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows ON CONFLICT, for one of the databases."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table(model))


def prepare(engine: Engine) -> None:
    """Set up the connections of ``engine``; does nothing on PostgreSQL."""
    if engine.dialect.name != "sqlite":
        return
    turns = Turns(BUSY_MILLISECONDS)
    event.listen(engine, "connect", partial(_sqlite_connect, turns))
    event.listen(engine, "begin", _sqlite_begin)
    event.listen(engine, "checkin", turns.end)


def _sqlite_connect(turns: Turns, connection: Any, entry: ConnectionPoolEntry) -> None:
    entry.info[TURNS] = turns
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_MILLISECONDS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "cache_size = -16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(WRITES):
        connection.info[TURNS].begin(connection)
        return
    if options.get(WILL_WRITE):
        connection.info[TURNS].stand(connection)
    if not options.get(ALONE):
        # Takes no lock yet and cannot fail: every page begins so, and the driver is enough.
        cast(Any, connection.connection.dbapi_connection).execute("BEGIN")
