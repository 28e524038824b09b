"""Thirty files handed in at once: when all lines are there, and what others notice of it."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from sqlalchemy import func, select

from benchmarks.databases import Measured, environment
from benchmarks.pages import signed_in
from benchmarks.server import Server
from benchmarks.speed import database_of
from benchmarks.visitor import Answer, Visitor
from benchmarks.wire import form_of
from portal.claims.models import Reading, Receipt
from portal.core.clock import now
from tests.invoices import makers, samples
from tests.invoices.samples import DIGITAL, OLD

FILES = 30
PATIENCE = 120.0
ASKS_EVERY = 0.05
"""Seconds between two looks of somebody else at his list."""
ALONE_SECONDS = 15.0
BOUNDARY = "a-line-that-is-in-no-file"
WORK = [sys.executable, "-c", "from portal.cli import main; main(['work'])"]

File = tuple[str, bytes]


@dataclass(frozen=True)
class Intake:
    """Seconds until the page answers, and until every file is on its line; the 95th percentile
    in milliseconds of somebody else's list of claims, with and without.
    """

    answered: float
    arrived: float
    alone: float
    beside: float

    @property
    def slower(self) -> float:
        return self.beside / self.alone


def hand_in(server: Server, measured: Measured) -> Intake:
    """Drop the files on a new claim of alice, while bob looks at his list."""
    files = [_file(place) for place in range(FILES)]
    with _worker(measured):
        alone = _looking(server, lambda: time.sleep(ALONE_SECONDS))
        found: list[float] = []

        def watched() -> None:
            alice = signed_in(server.port, "alice")
            began = time.monotonic()
            answer = _send(alice, files)
            found.append(time.monotonic() - began)
            _wait_for(measured, int(answer.location.split("/")[2]))
            found.append(time.monotonic() - began)

        beside = _looking(server, watched)
    return Intake(found[0], found[1], _p95(alone), _p95(beside))


def _file(place: int) -> File:
    """One of each kind in turn: XML, OFD, a phone's photo of a code, a PDF with text and code."""
    # Another run on the same data must not meet the invoices of this one.
    stamp = f"{now():%m%d%H%M%S}{place:02d}"
    digital = DIGITAL.but(number=f"26312000{stamp}")
    old = OLD.but(number=stamp[-8:], code=f"0440{stamp[:8]}")
    makes: tuple[Callable[[], File], ...] = (
        lambda: (f"{place}.xml", samples.digital_xml(digital).encode()),
        lambda: (f"{place}.ofd", samples.ofd(tags=samples.tags_and_page(old))),
        lambda: (f"{place}.jpg", _photo(digital, place)),
        lambda: (f"{place}.pdf", makers.pdf(digital)),
    )
    return makes[place % len(makes)]()


def _photo(sample: samples.Sample, place: int) -> bytes:
    sheet = makers.turned(makers.paper(makers.code(makers.code_text(sample))), 4 + place)
    return makers.jpeg(makers.dim(sheet.resize((4000, 3000))))


def _send(visitor: Visitor, files: list[File]) -> Answer:
    fields = form_of(visitor.get("/"))
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    parts += [f'name="files"; filename="{name}"\r\n\r\n'.encode() + data for name, data in files]
    body = b"".join(
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; ".encode() + part + b"\r\n"
        for part in parts
    )
    answer = visitor.send_bytes(
        "/claims/new", body + f"--{BOUNDARY}--\r\n".encode(),
        f"multipart/form-data; boundary={BOUNDARY}",
    )  # fmt: skip
    if answer.status != 303:
        raise RuntimeError(f"the files were not taken: {answer.status}")
    return answer


def _wait_for(measured: Measured, claim_id: int) -> None:
    """Wait until nothing is left to read; raises when a file did not come to a line."""
    until = time.monotonic() + PATIENCE
    waiting = select(func.count()).where(Reading.claim_id == claim_id, Reading.done_at.is_(None))
    came = select(func.count(Receipt.line_id.distinct())).where(Receipt.claim_id == claim_id)
    while time.monotonic() < until:
        with database_of(measured) as session:
            if not session.scalar(waiting):
                lines = session.scalar(came)
                if lines != FILES:
                    raise RuntimeError(f"{FILES} files made {lines} lines")
                return
        time.sleep(0.1)
    raise RuntimeError(f"the files were not read within {PATIENCE:.0f} s")


def _looking(server: Server, meanwhile: Callable[[], None]) -> list[float]:
    """Milliseconds of each look at bob's list of claims while ``meanwhile`` runs."""
    bob, times, over = signed_in(server.port, "bob"), list[float](), Event()

    def look() -> None:
        while not over.wait(ASKS_EVERY):
            began = time.monotonic()
            if bob.get("/claims/").status != 200:
                raise RuntimeError("bob cannot see his claims")
            times.append((time.monotonic() - began) * 1000)

    thread = Thread(target=look)
    thread.start()
    try:
        meanwhile()
    finally:
        over.set()
        thread.join()
    return times


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


@contextmanager
def _worker(measured: Measured) -> Iterator[None]:
    process = subprocess.Popen(
        WORK, env=environment(measured.settings), stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        time.sleep(3)
        yield
    finally:
        process.terminate()
        process.wait(30)
