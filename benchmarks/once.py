"""Fifty of the same at once: one of them happens, the others are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select

from benchmarks.databases import Measured
from benchmarks.decisions import approval, waiting_for
from benchmarks.pages import signed_in
from benchmarks.server import Server
from benchmarks.speed import database_of
from benchmarks.visitor import Visitor
from benchmarks.wire import form_of, post, send_all
from portal.claims import events
from portal.claims.models import APPROVED, Claim
from portal.core.events import Event

AT_ONCE = 50
DECIDED = (events.STEP_APPROVED, events.APPROVED)


@dataclass(frozen=True)
class Once:
    """Fifty of the same at once: what was answered, by status, and how often it happened."""

    what: str
    answers: dict[int, int]
    happened: int


def fifty_times(
    server: Server, measured: Measured, drafts: Sequence[int], writer: str
) -> list[Once]:
    """Submit, approve and pay, each fifty times at once."""
    owner, payer = signed_in(server.port, writer), signed_in(server.port, "carol")
    with database_of(measured) as session:
        (approver, claims), *_rest = waiting_for(session, 1, 100).items()
        approved = session.scalars(
            select(Claim.id).where(Claim.state == APPROVED).order_by(Claim.id).limit(1)
        ).one()
    decider = signed_in(server.port, approver)
    one_page = [approval(decider, claims[-1])] * AT_ONCE
    pages = [approval(decider, claims[-2]) for _ in range(AT_ONCE)]
    submissions = [_submission(owner, drafts[-1])] * AT_ONCE
    batches = [_batch(payer, approved) for _ in range(AT_ONCE)]
    return [
        _fifty(server, measured, "submit", submissions, drafts[-1], (events.SUBMITTED,)),
        _fifty(server, measured, "approve, one page", one_page, claims[-1], DECIDED),
        _fifty(server, measured, "approve, fifty pages", pages, claims[-2], DECIDED),
        _fifty(server, measured, "put into a batch, fifty pages", batches, approved,
               (events.PAYMENT_STARTED,)),
        _fifty(server, measured, "mark paid, fifty pages", _payments(payer, measured, approved),
               approved, (events.PAID,)),
    ]  # fmt: skip


def _submission(owner: Visitor, draft: int) -> bytes:
    path = f"/claims/{draft}/submit"
    return post(owner, path, form_of(owner.get(path)))


def _batch(payer: Visitor, claim: int) -> bytes:
    fields = form_of(payer.get(f"/payments/new?claim={claim}"))
    return post(payer, "/payments/start", {**fields, "claim": str(claim)})


def _payments(payer: Visitor, measured: Measured, claim: int) -> list[bytes]:
    """The batch of the claim marked paid, from fifty pages."""
    with database_of(measured) as session:
        started = select(Event.data).where(
            Event.subject_kind == "claim", Event.subject_id == claim,
            Event.kind == events.PAYMENT_STARTED,
        )  # fmt: skip
        batch = session.scalars(started.order_by(Event.id.desc()).limit(1)).one()["batch"]
    path = f"/payments/batches/{batch}/close"
    today = datetime.now(UTC).date().isoformat()
    return [
        post(payer, path, {**form_of(payer.get(path)), "paid_on": today, "reference": "CMB-50"})
        for _ in range(AT_ONCE)
    ]


def _fifty(
    server: Server, measured: Measured, what: str, requests: Sequence[bytes], claim: int,
    kinds: tuple[str, ...],
) -> Once:  # fmt: skip
    answers = send_all(server.port, [[request] for request in requests])[0]
    with database_of(measured) as session:
        happened = session.scalar(
            select(func.count()).where(
                Event.subject_kind == "claim", Event.subject_id == claim, Event.kind.in_(kinds)
            )
        )
    return Once(what, dict(sorted(answers.items())), happened or 0)
