"""Deciding at once: how many decisions a second are acknowledged, and that each happens once.

Every approver's pages are opened before the clock starts; then every decision is one POST with
the CSRF token and the one-time key of its own page, on kept-alive connections.
"""

import socket
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Barrier, Thread
from urllib.parse import urlencode

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.databases import HOST, Measured
from benchmarks.pages import signed_in
from benchmarks.server import Server
from benchmarks.speed import database_of
from benchmarks.visitor import Visitor
from portal.approvals.models import Step, StepPerson
from portal.claims import events
from portal.core.events import Event
from portal.people.models import Person

CONNECTIONS = 16
AT_ONCE = 50


@dataclass(frozen=True)
class Decisions:
    """``counted`` is what the database holds of them afterwards; times are milliseconds."""

    per_second: float
    p50: float
    p95: float
    acknowledged: int
    refused: int
    counted: int
    client_share: float
    """Processor time the client itself took, as a part of one core."""


@dataclass(frozen=True)
class Once:
    """Fifty of the same at once: what was answered, by status, and how often it happened."""

    what: str
    answers: dict[int, int]
    happened: int


def waiting_for(session: Session, people: int, each: int) -> dict[str, list[int]]:
    """Claims on which different people could decide now, by employee number."""
    rows = session.execute(
        select(Person.number, Step.subject_id)
        .join(StepPerson, StepPerson.person_id == Person.id)
        .join(Step, Step.id == StepPerson.step_id)
        .where(StepPerson.waiting_since.is_not(None), Step.position == 1)
        .order_by(Person.id.desc(), StepPerson.waiting_since)
    )
    found: dict[str, list[int]] = {}
    for number, claim in rows:
        if number != "bob" and len(found.setdefault(number, [])) < each:
            found[number].append(claim)
    return dict(list(found.items())[:people])


def decide(server: Server, measured: Measured, people: int, each: int) -> Decisions:
    """Let ``people`` approvers decide on ``each`` claims of their own, all at once."""
    with database_of(measured) as session:
        waiting = waiting_for(session, people, each)
        before = _approvals(session)
    piles: list[list[bytes]] = [[] for _ in range(CONNECTIONS)]
    for place, (number, claims) in enumerate(waiting.items()):
        visitor = signed_in(server.port, number)
        piles[place % CONNECTIONS] += [approval(visitor, claim) for claim in claims]
    answers, times, seconds, spent = _send_all(server.port, piles)
    with database_of(measured) as session:
        counted = _approvals(session) - before
    times.sort()
    done = answers[303]
    return Decisions(
        done / seconds, times[len(times) // 2], times[int(len(times) * 0.95)], done,
        sum(answers.values()) - done, counted, spent / seconds,
    )  # fmt: skip


def _approvals(session: Session) -> int:
    kinds = (events.STEP_APPROVED, events.APPROVED)
    last = select(func.max(Event.id)).scalar_subquery()
    recent = select(func.count()).where(Event.kind.in_(kinds), Event.id > last - 200_000)
    return session.scalar(recent) or 0


def approval(visitor: Visitor, claim: int) -> bytes:
    """The whole request by which the visitor approves a claim as it is shown now."""
    page = visitor.get(f"/claims/{claim}")
    fields = {name: page.field(name) for name in ("csrf_token", "form_key", "version")}
    return post(visitor, f"/approvals/{claim}/decide", {**fields, "decision": "approve"})


def post(visitor: Visitor, path: str, fields: dict[str, str]) -> bytes:
    """A form as the bytes that go over the wire."""
    body = urlencode(fields)
    return (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {visitor.cookie}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def _send_all(
    port: int, piles: Sequence[Sequence[bytes]]
) -> tuple[Counter[int], list[float], float, float]:
    """Send each pile on its own connection; statuses, milliseconds, seconds, client's seconds."""
    start = Barrier(len(piles) + 1)
    answers: Counter[int] = Counter()
    times: list[float] = []

    def work(pile: Sequence[bytes]) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            start.wait()
            for request in pile:
                began = time.monotonic()
                connection.sendall(request)
                status = _status(connection)
                times.append((time.monotonic() - began) * 1000)
                answers[status] += 1

    threads = [Thread(target=work, args=(pile,)) for pile in piles]
    for thread in threads:
        thread.start()
    start.wait()
    began, spent = time.monotonic(), time.process_time()
    for thread in threads:
        thread.join()
    return answers, times, time.monotonic() - began, time.process_time() - spent


def _status(connection: socket.socket) -> int:
    """The status of the next answer, which is read to its end."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(lengths[0].split(b":")[1]) - len(body) if lengths else 0
    while missing > 0:
        missing -= len(_more(connection))
    return int(head.split(b" ", 2)[1])


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the server hung up in the middle of an answer")
    return data


def once(server: Server, measured: Measured, drafts: Sequence[int], writer: str) -> list[Once]:
    """Submit a draft, approve with one page and approve with fifty pages, fifty times each."""
    owner = signed_in(server.port, writer)
    with database_of(measured) as session:
        (approver, claims), *_rest = waiting_for(session, 1, 100).items()
    decider = signed_in(server.port, approver)
    same = approval(decider, claims[-1])
    pages = [approval(decider, claims[-2]) for _ in range(AT_ONCE)]
    return [
        _fifty(server, measured, "submit", [_submission(owner, drafts[-1])] * AT_ONCE,
               drafts[-1], (events.SUBMITTED,)),
        _fifty(server, measured, "approve, one page", [same] * AT_ONCE,
               claims[-1], (events.STEP_APPROVED, events.APPROVED)),
        _fifty(server, measured, "approve, fifty pages", pages,
               claims[-2], (events.STEP_APPROVED, events.APPROVED)),
    ]  # fmt: skip


def _submission(owner: Visitor, draft: int) -> bytes:
    path = f"/claims/{draft}/submit"
    page = owner.get(path)
    fields = {name: page.field(name) for name in ("csrf_token", "form_key", "version")}
    return post(owner, path, fields)


def _fifty(
    server: Server, measured: Measured, what: str, requests: Sequence[bytes], claim: int,
    kinds: tuple[str, ...],
) -> Once:  # fmt: skip
    answers = _send_all(server.port, [[request] for request in requests])[0]
    with database_of(measured) as session:
        happened = session.scalar(
            select(func.count()).where(
                Event.subject_kind == "claim", Event.subject_id == claim, Event.kind.in_(kinds)
            )
        )
    return Once(what, dict(sorted(answers.items())), happened or 0)
