"""Throughput of each page at each size, interleaved with the floor."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from benchmarks.databases import Measured, environment
from benchmarks.load import Load, Request, burst, middle
from benchmarks.pages import HELLO, PAGES, Page, facts, signed_in
from benchmarks.server import Server, gunicorn
from benchmarks.visitor import Visitor

FLOOR = "floor"


@dataclass(frozen=True)
class Speed:
    """One page: its floor, and itself by number of claims."""

    page: Page
    floor: Load
    sizes: Mapping[int, Load]

    @property
    def smallest(self) -> Load:
        """At the fewest claims."""
        return self.sizes[min(self.sizes)]

    @property
    def largest(self) -> Load:
        """At the most claims."""
        return self.sizes[max(self.sizes)]

    @property
    def of_floor(self) -> float:
        """Throughput at the most claims as a part of the floor's."""
        return self.largest.per_second / self.floor.per_second

    @property
    def cost_of_floor(self) -> float:
        """The floor's processor time for an answer as a part of the portal's."""
        return self.floor.cost / self.largest.cost

    @property
    def slower(self) -> float:
        """How many times slower with the most claims than with the fewest."""
        return self.smallest.per_second / self.largest.per_second

    @property
    def dearer(self) -> float:
        """How many times the processor time of the fewest claims the most take."""
        return self.largest.cost / self.smallest.cost


@dataclass
class Target:
    """A page at one size, ready to be asked for again and again."""

    server: Server
    requests: Sequence[Request]
    loads: list[Load] = field(default_factory=list)


def measure(measured: Sequence[Measured], seconds: float, rounds: int) -> list[Speed]:
    """Every page at every size and its floor, in turns; medians of the rounds."""
    with ExitStack() as stack:
        servers = {
            each.size.claims: (
                each, stack.enter_context(gunicorn("wsgi:app", environment(each.settings)))
            )
            for each in measured
        }  # fmt: skip
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        targets = [_targets(page, servers, folder) for page in PAGES]
        floor = stack.enter_context(gunicorn("benchmarks.floor:app", _floor_environment(folder)))
        return [
            _measure(page, by_size, _floor_of(page, floor), seconds, rounds)
            for page, by_size in zip(PAGES, targets, strict=True)
        ]


def _floor_environment(folder: Path) -> dict[str, str]:
    return {"BENCH_PAGES": str(folder)}


@contextmanager
def database_of(measured: Measured) -> Iterator[Session]:
    """A session on the measured database, beside the portal's own."""
    engine = create_engine(measured.settings.database)
    with Session(engine) as session:
        yield session
    engine.dispose()


def _targets(
    page: Page, servers: Mapping[int, tuple[Measured, Server]], folder: Path
) -> dict[int, Target]:
    """The page at each size; what it answers at the largest becomes the floor's page."""
    targets = {}
    for claims, (each, server) in sorted(servers.items()):
        with database_of(each) as session:
            known = facts(session)
            visitor = signed_in(server.port, page.who(known))
            targets[claims] = Target(server, page.requests(visitor, known, session))
        body = expect(visitor, targets[claims].requests[0], page.status)
    if page.floor != HELLO:
        (folder / f"{_slug(page)}.html").write_bytes(body)
    return targets


def expect(visitor: Visitor, request: Request, status: int) -> bytes:
    """The body of the answer; raises ``RuntimeError`` when it is not what a page should be."""
    answer = visitor.send(request)
    if answer.status != status:
        raise RuntimeError(f"{request.path} answers {answer.status}, not {status}")
    return answer.body


def _floor_of(page: Page, floor: Server) -> Target:
    path = "/hello" if page.floor == HELLO else f"/page/{_slug(page)}"
    return Target(floor, [Request(path, {})])


def _slug(page: Page) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in page.name)


def _measure(
    page: Page, by_size: Mapping[int, Target], floor: Target, seconds: float, rounds: int
) -> Speed:
    for target in (floor, *by_size.values()):
        burst(target.server, target.requests, 1)
    for _ in range(rounds):
        for target in (floor, *by_size.values()):
            target.loads.append(burst(target.server, target.requests, seconds))
    sizes = {claims: middle(target.loads) for claims, target in by_size.items()}
    return Speed(page, middle(floor.loads), sizes)
