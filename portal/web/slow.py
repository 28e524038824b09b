"""Clients that send slowly, served directly: they get time, but never every thread.

A client that has not begun to send waits without a thread. Then its headers and body together
have to arrive at ``LEAST_RATE`` on average: after ``BRIEF`` seconds behind that, a client waits
in one of a few places, half as many as there are threads, and after ``PATIENCE`` seconds, or
when all places are taken, it is answered with 408. The other threads are for everybody else.
"""

import socket
import time
from functools import partial
from selectors import EVENT_READ
from threading import Semaphore
from typing import Any

from gunicorn.http.unreader import SocketUnreader
from gunicorn.util import write_error
from gunicorn.workers.gthread import TConn, ThreadWorker
from werkzeug.exceptions import RequestTimeout

LEAST_RATE = 16 * 1024
"""Bytes per second: half of what a poor mobile connection sends."""
BRIEF, PATIENCE = 0.25, 10.0
"""Seconds behind that rate: without a place, and at all."""


class Punctual(SocketUnreader):
    """What a client sends, as long as it sends it in time."""

    def __init__(self, sock: socket.socket, places: Semaphore):
        super().__init__(sock)
        self._places = places
        self._due = 0.0

    def begin(self) -> None:
        """From now on the next request is waited for."""
        self._due = time.monotonic()

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next bytes. Raises ``RequestTimeout`` when they come too late."""
        data = self._within(BRIEF, size_hint)
        if data is None and self._places.acquire(blocking=False):
            try:
                data = self._within(PATIENCE, size_hint)
            finally:
                self._places.release()
        if data is None:
            raise RequestTimeout
        self._due += len(data) / LEAST_RATE
        return data

    def _within(self, seconds: float, size_hint: int | None) -> bytes | None:
        self.sock.settimeout(max(0.0, self._due + seconds - time.monotonic()))
        try:
            return super().chunk(size_hint)
        except (TimeoutError, BlockingIOError):
            return None
        finally:
            self.sock.settimeout(None)


class Worker(ThreadWorker):
    """Gunicorn's threads, which slow clients cannot hold."""

    places: Semaphore

    def init_process(self) -> None:
        self.places = Semaphore(max(1, self.cfg.threads // 2))
        super().init_process()

    def enqueue_req(self, conn: TConn) -> None:
        """Give the connection a thread once there is something to read."""
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        conn.set_timeout()
        self.pending_conns.append(conn)
        readable = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, EVENT_READ, readable)

    def handle(self, conn: TConn) -> Any:
        conn.init()
        if not isinstance(conn.parser.unreader, Punctual):
            conn.parser.unreader = Punctual(conn.sock, self.places)
        conn.parser.unreader.begin()
        return super().handle(conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        if isinstance(exc, RequestTimeout):
            # The headers did not come: there is no page yet to answer with.
            write_error(client, 408, "Request Timeout", "")
        else:
            super().handle_error(req, client, addr, exc)
