"""What became of the files that were handed in, and how the page tells it.

The outcome of a file holds its ``kind``, and as far as there are some the ``words``, the ``lines``,
the ``claimed`` invoice and the ``version`` of the claim that attaching it made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.claims.models import Reading
from portal.claims.receipts import Attached
from portal.core.db import fetch
from portal.core.errors import Refusal
from portal.core.words import Amount, Named, Words, from_data, to_data, words
from portal.invoices.readers import ReadInvoice
from portal.invoices.registry import AlreadyClaimed
from portal.policy.problems import INVOICE_FIELDS

Outcome = dict[str, Any]

READ, PARTLY, UNREAD, REFUSED = "read", "partly", "unread", "refused"

PATIENCE = timedelta(minutes=1)
"""After this the page offers to attach what still waits without reading it."""


@dataclass(frozen=True)
class Told:
    """What became of one file: the ids of the lines that it is on, and what is left to do."""

    filename: str
    kind: str
    words: Words | None
    lines: tuple[int, ...] = ()
    claimed: AlreadyClaimed | None = None


@dataclass(frozen=True)
class Progress:
    """How far the files that were handed in last have come."""

    total: int
    waiting: int
    since: datetime
    told: tuple[Told, ...]

    @property
    def done(self) -> int:
        return self.total - self.waiting

    def is_slow(self, at: datetime) -> bool:
        """Whether to offer not to wait any longer."""
        return self.waiting > 0 and at - self.since > PATIENCE


def attached(came: Attached, found: Sequence[ReadInvoice], unread: Words | None) -> Outcome:
    """The outcome of a file that was attached."""
    said = unread or _left_to_type(found)
    kind = UNREAD if unread else PARTLY if said else READ
    outcome: Outcome = {"kind": kind, "lines": [line.id for line in came.lines]}
    if came.refused:
        outcome |= refused(came.refused[0]) | {"kind": PARTLY}
    elif said:
        outcome["words"] = to_data(said)
    return outcome


def refused(refusal: Refusal) -> Outcome:
    """The outcome of a file that was not attached."""
    outcome: Outcome = {"kind": REFUSED, "words": to_data(refusal.words)}
    if isinstance(refusal, AlreadyClaimed):
        outcome["claimed"] = [refusal.key, refusal.claim_id]
    return outcome


def _left_to_type(found: Iterable[ReadInvoice]) -> Words | None:
    """What the claimant has to look up in the file, None when all was read."""
    for invoice in found:
        if invoice.total is not None and invoice.total <= 0:
            return words(
                "This is a red invoice of %(total)s. What to claim of it is for you to type.",
                total=Amount(invoice.total),
            )
        if invoice.unread:
            names = [INVOICE_FIELDS.get(name, Named(name, name)) for name in invoice.unread]
            missing = Named("、".join(n.zh for n in names), ", ".join(n.en for n in names))
            return words("Not to be read, please type: %(fields)s.", fields=missing)
    return None


ROWS = (
    select(Reading.filename, Reading.added_at, Reading.done_at, Reading.outcome)
    .where(Reading.claim_id == bindparam("claim_id"))
    .order_by(Reading.id)
)


def progress(session: Session, claim_id: int) -> Progress | None:
    """How far the files handed in last have come, with those before that still wait."""
    rows = fetch(session, ROWS, claim_id=claim_id).all()
    if not rows:
        return None
    since = min((row.added_at for row in rows if not row.done_at), default=rows[-1].added_at)
    current = [row for row in rows if row.added_at >= since]
    return Progress(
        total=len(current),
        waiting=sum(1 for row in current if not row.done_at),
        since=since,
        told=tuple(told(row.filename, row.outcome) for row in current if row.done_at),
    )


def told(filename: str, outcome: Outcome) -> Told:
    """An outcome as the page tells it."""
    said, claimed = outcome.get("words"), outcome.get("claimed")
    return Told(
        filename=filename,
        kind=outcome["kind"],
        words=from_data(said) if said else None,
        lines=tuple(outcome.get("lines", ())),
        claimed=AlreadyClaimed(*claimed) if claimed else None,
    )
