"""The command ``portal run`` itself: how soon it serves again, and what memory it takes."""

import sys
import tempfile
import time
from dataclasses import dataclass

from benchmarks.databases import Measured, environment
from benchmarks.pages import PAGES, facts, signed_in
from benchmarks.server import Server, free_port, pss_megabytes, started
from benchmarks.speed import database_of

RUN = [sys.executable, "-c", "from portal.cli import main; main()", "run"]
"""``portal run`` of the tree that is measured."""
ROUNDS = 25


@dataclass(frozen=True)
class Memory:
    """Proportional megabytes of the processes of ``portal run`` after each page was shown."""

    master: float
    others: tuple[float, ...]
    """Two web processes and the worker."""


def starts(seconds_kept: float = 1.0) -> tuple[float, float]:
    """Seconds from the command to the first answer in demo mode: first start, and second."""
    with tempfile.TemporaryDirectory() as folder:
        took = []
        for _ in range(2):
            port = free_port()
            given = {"PORTAL_INSTANCE_DIR": folder, "PORT": str(port), "PATH": "/usr/bin:/bin"}
            began = time.monotonic()
            with started(RUN, given, port, quiet=True):
                took.append(time.monotonic() - began)
                time.sleep(seconds_kept)
    return took[0], took[1]


def memory(measured: Measured) -> Memory:
    """Memory of the whole portal on this data, after every page was shown again and again."""
    port = free_port()
    given = {**environment(measured.settings), "PORT": str(port)}
    with started(RUN, given, port, quiet=True) as server:
        _look_around(server, measured)
        time.sleep(2)
        return Memory(pss_megabytes(server.pid), tuple(map(pss_megabytes, server.children)))


def _look_around(server: Server, measured: Measured) -> None:
    with database_of(measured) as session:
        known = facts(session)
        for page in PAGES:
            # Several connections, so that both web processes get to show every page.
            for _ in range(4):
                visitor = signed_in(server.port, page.who(known))
                requests = page.requests(visitor, known, session)
                for place in range(ROUNDS):
                    visitor.send(requests[place % len(requests)])
