"""Files that wait to be read: taken in with the request, read by the worker, followed on the page.

A row of ``readings`` waits while it has no ``done_at``; it gets one in the transaction that
attaches its file, so that a file is attached once whoever is killed. Its ``outcome`` then holds
``kind``, and as far as there are some ``words``, ``lines``, the ``claimed`` invoice and the
``version`` of the claim that attaching it made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, exists, select
from sqlalchemy.orm import Session

from portal.claims.models import EDITABLE, Claim, Line, Reading
from portal.claims.queries import with_lines
from portal.claims.receipts import Attached, Kept, kept, put
from portal.core import jobs
from portal.core.db import fetch
from portal.core.errors import Invalid, Missing, NotNow, Refusal
from portal.core.files import OFD, PDF, XML, Store
from portal.core.words import Amount, Named, Words, from_data, to_data, words
from portal.invoices import reading
from portal.invoices.readers import ReadInvoice
from portal.invoices.registry import AlreadyClaimed
from portal.policy.problems import INVOICE_FIELDS

Outcome = dict[str, Any]

READ, PARTLY, UNREAD, REFUSED = "read", "partly", "unread", "refused"
TRUSTED = (XML, OFD, PDF)
"""Read before pictures: the best file of an invoice makes the line that the others join."""

KEPT = timedelta(days=30)
PATIENCE = timedelta(minutes=1)
"""After this the page offers to attach what still waits without reading it."""

NOT_READ = words("It was attached without being read. Type the values.")
GONE_ON = words("The claim was sent meanwhile. Add the file when the claim comes back to you.")
STILL_READING = words("Files are still being read. Submit when all of them have arrived.")


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


def by_trust(media_type: str) -> int:
    """A key to sort files by, the type that is trusted most first."""
    return TRUSTED.index(media_type) if media_type in TRUSTED else len(TRUSTED)


def queue(session: Session, claim: Claim, file: Kept, line: Line | None, *, at: datetime) -> None:
    """Have a kept file read by the worker, for ``line`` or for whichever its invoice finds."""
    row = _row(claim, file, at)
    row.line_id = line.id if line else None
    session.add(row)
    session.flush()
    jobs.enqueue(session, "read_file", due_at=at, key=f"read {row.id}", reading_id=row.id)


def note(session: Session, claim: Claim, file: Kept, outcome: Outcome, *, at: datetime) -> None:
    """Remember what became of a file that needs no worker, beside those that wait for one."""
    row = _row(claim, file, at)
    row.done_at, row.outcome = at, outcome
    session.add(row)


def _row(claim: Claim, file: Kept, at: datetime) -> Reading:
    return Reading(
        claim_id=claim.id, sha256=file.sha256, filename=file.filename,
        media_type=file.media_type, size=file.size, pages=file.pages, added_at=at, outcome={},
    )  # fmt: skip


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


def read(
    store: Store, file: Kept, *, ocr: bool = False
) -> tuple[tuple[ReadInvoice, ...], Words | None]:
    """The invoices in a kept file, or why there are none.

    Raises ``NotNow`` when the reader is busy with other files.
    """
    try:
        return reading.read(store.read(file.sha256), file.media_type, ocr=ocr), None
    except (Invalid, Missing) as refusal:
        return (), refusal.words


def waits(session: Session, reading_id: int) -> Kept | None:
    """The file of a row that still waits, None when there is nothing to do any more."""
    row = session.get(Reading, reading_id, populate_existing=True)
    return kept(row) if row and row.done_at is None else None


def take_in(
    session: Session, reading_id: int, found: Sequence[ReadInvoice], unread: Words | None,
    *, at: datetime,
) -> None:  # fmt: skip
    """Attach what the worker read. The caller commits.

    The claim's version counts up, but the page that saved it last stays its editor; ``caught_up``
    lets pages that were shown before go on. Does nothing for a row that is gone or done.
    """
    claim_id = session.scalar(select(Reading.claim_id).where(Reading.id == reading_id))
    claim = session.scalar(
        select(Claim)
        .where(Claim.id == claim_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    # Looked at again: only who holds the claim knows.
    row = session.get(Reading, reading_id, populate_existing=True)
    if claim is None or row is None or row.done_at is not None:
        return
    row.done_at = at
    if claim.state not in EDITABLE:
        row.outcome = {"kind": REFUSED, "words": to_data(GONE_ON)}
        return
    _take(session, with_lines(session, claim), row, found, unread, at)


def stop_waiting(session: Session, claim: Claim, *, at: datetime) -> None:
    """Attach what still waits without reading it. The caller holds the version."""
    rows = select(Reading).where(Reading.claim_id == claim.id, Reading.done_at.is_(None))
    for row in session.scalars(rows.order_by(Reading.id)).all():
        row.done_at = at
        _take(session, claim, row, (), NOT_READ, at)


def _take(
    session: Session, claim: Claim, row: Reading, found: Sequence[ReadInvoice],
    unread: Words | None, at: datetime,
) -> None:  # fmt: skip
    line = next((each for each in claim.lines if each.id == row.line_id), None)
    claim.beat += 1
    try:
        came = put(session, claim, kept(row), found, line, at=at, unattended=True)
    except Refusal as refusal:
        row.outcome = refused(refusal)
        return
    claim.version += 1
    claim.updated_at = at
    row.outcome = {**attached(came, found, unread), "version": claim.version}


def caught_up(session: Session, claim: Claim, shown: int) -> int:
    """The version that a page is at: what the worker alone did since does not overtake it."""
    if shown == claim.version:
        return shown
    rows = select(Reading.outcome).where(Reading.claim_id == claim.id, Reading.done_at.is_not(None))
    by_worker = {outcome.get("version") for outcome in session.scalars(rows)}
    while shown + 1 in by_worker:
        shown += 1
    return shown


WAITING = select(
    exists().where(Reading.claim_id == bindparam("claim_id"), Reading.done_at.is_(None))
)


def refuse_while_reading(session: Session, claim: Claim) -> None:
    """Raises ``NotNow`` while files of the claim wait to be read."""
    if fetch(session, WAITING, claim_id=claim.id).scalar():
        raise NotNow(STILL_READING)


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


def forget_old(session: Session, at: datetime) -> None:
    """Delete what became of files long ago."""
    session.execute(delete(Reading).where(Reading.done_at < at - KEPT))
