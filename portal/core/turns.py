"""Who writes next to SQLite, which lets one write at a time.

Left to itself SQLite has those who wait sleep ever longer, up to 100 ms at a time, while the
lock is free; and of many who wait one may be unlucky for seconds. So the threads of a process
stand in line here, and only the first of each process asks SQLite, often.
"""

import sqlite3
import time
from threading import Lock
from typing import Any, cast

from sqlalchemy.engine import Connection
from sqlalchemy.pool import ConnectionPoolEntry

ASK_AGAIN_SECONDS = 0.0005
HOLDS = "turn to write"


class Turns:
    """The line of one process before one database."""

    def __init__(self, patience_ms: int):
        self.patience_ms = patience_ms
        self._first = Lock()

    def stand(self, connection: Connection) -> None:
        """Wait until nobody of this process is before the connection."""
        # A connection may write again before it goes back to the pool.
        if HOLDS not in connection.info and self._first.acquire(timeout=self.patience_ms / 1000):
            connection.info[HOLDS] = True

    def begin(self, connection: Connection) -> None:
        """Begin a writing transaction when the connection's turn comes.

        Raises ``OperationalError`` when that takes longer than the patience.
        """
        until = time.monotonic() + self.patience_ms / 1000
        self.stand(connection)
        driver = cast(Any, connection.connection.dbapi_connection)
        driver.execute("PRAGMA busy_timeout = 0")
        try:
            while time.monotonic() < until and _is_busy(driver):
                time.sleep(ASK_AGAIN_SECONDS)
            if not driver.in_transaction:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            driver.execute(f"PRAGMA busy_timeout = {self.patience_ms}")

    def end(self, _driver: object, entry: ConnectionPoolEntry) -> None:
        """Let the next one: the connection is back in the pool."""
        if entry.info.pop(HOLDS, False):
            self._first.release()


def _is_busy(driver: Any) -> bool:
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode == sqlite3.SQLITE_BUSY
    return False
