"""Serving: gunicorn and the worker in one command, begun and ended together."""

import fcntl
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

from portal.core.db import db
from portal.settings import BadSettings, Settings
from portal.web import forget_connections, work
from portal.web.logs import log
from portal.web.settle import settle
from portal.web.slow import Worker

RUNNING = "running.lock"
GRACE_SECONDS = 8
END = (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM, signal.SIGINT)
BACKLOG = 512
LONGEST_PAUSE, LONG_LIFE = 60.0, 120.0
"""Seconds: between two starts of a worker that dies at once; of one that did well."""


def hold_running_lock(settings: Settings) -> None:
    """Let others see that the portal runs, for as long as any of its processes lives."""
    handle = os.open(settings.instance / RUNNING, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BadSettings("A backup is being restored here. Start when it is done.") from None


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Keep the portal from running here meanwhile. Raises ``BadSettings`` when it does."""
    handle = os.open(settings.instance / RUNNING, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BadSettings("The portal is running here. Stop it first.") from None
    finally:
        os.close(handle)


def listen(settings: Settings) -> socket.socket:
    """The socket to serve on. Raises ``BadSettings`` when another program has the port."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        # Bound alone, a second program could still bind the same port as well.
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise BadSettings(
            f"The portal cannot listen on {settings.host}:{settings.port} ({error}). "
            "Is it running already? Choose another port with PORT=8001."
        ) from None
    return listener


@dataclass
class Background:
    """The worker as a child of the server: started again when it dies, ever more slowly."""

    app: Flask
    pid: int = 0
    started: float = 0.0
    pause: float = 1.0
    listeners: list[Any] = field(default_factory=list)

    def keep_alive(self) -> None:
        """Start the worker unless it lives, or was started only a moment ago."""
        since = time.monotonic() - self.started
        if self.pid:
            if _lives(self.pid) or since < self.pause:
                return
            log.error("worker died and is started again", seconds=round(since))
            self.pause = 1.0 if since > LONG_LIFE else min(self.pause * 2, LONGEST_PAUSE)
        self.started = time.monotonic()
        # Told to end before it listens to signals, the child would take the server's way.
        signal.pthread_sigmask(signal.SIG_BLOCK, END)
        # Asked for after the fork, the parent might be gone already and never be missed.
        server = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            self._work(server)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, END)

    def end(self) -> None:
        """Ask the worker to end after the job in hand."""
        if self.pid:
            try:
                os.kill(self.pid, signal.SIGTERM)
            except ProcessLookupError:
                self.pid = 0

    def _work(self, server: int) -> None:
        status = 1
        try:
            for listener in self.listeners:
                listener.close()
            work_until_told(self.app, server)
            status = 0
        finally:
            os._exit(status)


def work_until_told(app: Flask, parent: int) -> None:
    """Be the worker until SIGTERM or SIGINT, or until the process ``parent`` is gone."""
    stop = Event()
    for number in END:
        signal.signal(number, lambda *_: stop.set())
    for number in (signal.SIGCHLD, signal.SIGUSR1, signal.SIGUSR2, signal.SIGWINCH):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, END)
    with app.app_context():
        forget_connections()
    work.run(app, _EndsWithParent(stop, parent))


class _EndsWithParent(Event):
    """Set when ``stop`` is, or when the parent process has gone."""

    def __init__(self, stop: Event, parent: int):
        super().__init__()
        self._stop, self._parent = stop, parent

    def is_set(self) -> bool:
        return self._stop.is_set() or os.getppid() != self._parent

    def wait(self, timeout: float | None = None) -> bool:
        self._stop.wait(timeout)
        return self.is_set()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class _Server(Arbiter):
    """Gunicorn's master, which also keeps the worker alive and ends it with the rest."""

    def __init__(self, application: "_Application"):
        super().__init__(application)
        self.background = Background(application.flask)

    def manage_workers(self) -> None:
        super().manage_workers()
        self.background.listeners = self.LISTENERS
        self.background.keep_alive()

    def stop(self, graceful: bool = True) -> None:
        self.background.end()
        super().stop(graceful)
        deadline = time.monotonic() + GRACE_SECONDS
        while self.background.pid and _lives(self.background.pid):
            if time.monotonic() > deadline:
                os.kill(self.background.pid, signal.SIGKILL)
            time.sleep(0.05)
            self.reap_workers()
        self.background.pid = 0

    def handle_usr2(self) -> None:
        """Gunicorn would start itself anew here; an upgrade restarts the portal instead."""


class _Log(Logger):
    """Gunicorn's complaints without addresses and paths, which may be personal or secret."""

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Say nothing: warnings are about single requests and carry their addresses."""

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        kind = sys.exc_info()[0]
        log.error("server", what=msg.split("%")[0].strip(), error=kind.__name__ if kind else "")


class _Application(BaseApplication):
    def __init__(
        self, app: Flask, settings: Settings, listener: socket.socket, ready: Callable[[], None]
    ):
        self.flask, self.settings, self.listener, self.ready = app, settings, listener, ready
        super().__init__()

    def load_config(self) -> None:
        chosen = {
            "bind": f"fd://{self.listener.detach()}",
            "workers": self.settings.web_processes,
            "worker_class": Worker,
            "threads": self.settings.web_threads,
            "preload_app": True,
            "keepalive": 10,
            "timeout": 60,
            "graceful_timeout": GRACE_SECONDS,
            "backlog": BACKLOG,
            "limit_request_line": 4094,
            "limit_request_fields": 64,
            "limit_request_field_size": 8190,
            "control_socket_disable": True,
            "loglevel": "error",
            "logger_class": _Log,
            "forwarded_allow_ips": "*" if self.settings.trusted_proxies else "127.0.0.1",
            "post_fork": self._after_fork,
            "when_ready": lambda _server: self.ready(),
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.flask

    def _after_fork(self, _server: Any, _worker: Any) -> None:
        with self.flask.app_context():
            forget_connections()

    def run(self) -> None:
        _Server(self).run()


def serve(
    app: Flask, settings: Settings, listener: socket.socket, ready: Callable[[], None]
) -> None:
    """Serve until SIGTERM or SIGINT; ``ready`` is called once requests are answered."""
    with app.app_context():
        # A connection to SQLite must not be carried over a fork, not even unused.
        db.session.remove()
        db.engine.dispose()
    settle()
    _Application(app, settings, listener, ready).run()
