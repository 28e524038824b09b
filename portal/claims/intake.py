"""Files that wait to be read: kept by the request, read by the worker, followed on the page.

A row of ``readings`` waits while it has no ``done_at``; it gets one in the transaction that
attaches its file, so that a file is attached once whoever is killed. An archive makes way for a
row for each of its files.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, exists, select
from sqlalchemy.orm import Session

from portal.claims.arrivals import REFUSED, Outcome, attached, refused
from portal.claims.looking import Inside, Looked
from portal.claims.models import EDITABLE, Claim, Line, Reading
from portal.claims.pricing import price
from portal.claims.queries import with_lines
from portal.claims.receipts import Kept, fill_blanks, kept, put
from portal.core import jobs
from portal.core.db import fetch
from portal.core.errors import Invalid, Missing, NotNow, Refusal
from portal.core.files import ARCHIVE, OFD, PDF, XML, Store
from portal.core.words import Words, to_data, words
from portal.invoices import reading
from portal.invoices.readers import ReadInvoice
from portal.policy.queries import current_policy

TRUSTED = (XML, OFD, ARCHIVE, PDF)
"""Read before pictures: the best file of an invoice makes the line that the others join."""

MOST_AT_ONCE = 30
"""Files of one upload; an archive counts its files."""
MOST_NAMED = 100
"""Of those that are left out; more are not even counted."""
KEPT = timedelta(days=30)
LEFT_OUT = words("Left out: at most %(most)s files at once. Add it again.", most=MOST_AT_ONCE)
NOT_READ = words("It was attached without being read. Type the values.")
GONE_ON = words("The claim was sent meanwhile. Add the file when the claim comes back to you.")
STILL_READING = words("Files are still being read. Submit when all of them have arrived.")


def by_trust(media_type: str) -> int:
    """A key to sort files by, the type that is trusted most first."""
    return TRUSTED.index(media_type) if media_type in TRUSTED else len(TRUSTED)


def queue(session: Session, claim: Claim, file: Kept, line: Line | None, *, at: datetime) -> None:
    """Have a kept file read by the worker, for ``line`` or for whichever its invoice finds."""
    row = _row(claim, file, at)
    row.line_id = line.id if line else None
    session.add(row)
    session.flush()
    jobs.enqueue(session, "read_file", due_at=at, rank=jobs.URGENT, reading_id=row.id)


def note(
    session: Session, claim: Claim, file: Kept, outcome: Outcome,
    *, at: datetime, done_at: datetime | None = None,
) -> None:  # fmt: skip
    """Remember what became of a file that needs no worker, beside those that wait for one."""
    row = _row(claim, file, at)
    row.done_at, row.outcome = done_at or at, outcome
    session.add(row)


def _row(claim: Claim, file: Kept, at: datetime) -> Reading:
    return Reading(
        claim_id=claim.id, sha256=file.sha256, filename=file.filename,
        media_type=file.media_type, size=file.size, pages=file.pages, added_at=at, outcome={},
    )  # fmt: skip


def read(
    store: Store, file: Kept, *, ocr: bool = False, wait_seconds: float | None = None
) -> tuple[tuple[ReadInvoice, ...], Words | None]:
    """The invoices in a kept file, or why there are none.

    Raises ``NotNow`` when the reader is busy with other files for ``wait_seconds``.
    """
    try:
        data = store.read(file.sha256)
        return reading.read(data, file.media_type, ocr=ocr, wait_seconds=wait_seconds), None
    except (Invalid, Missing) as refusal:
        return (), refusal.words


def waits(session: Session, reading_id: int) -> Kept | None:
    """The file of a row that still waits, None when there is nothing to do any more."""
    row = session.get(Reading, reading_id, populate_existing=True)
    return kept(row) if row and row.done_at is None else None


def take_in(
    session: Session, reading_id: int, found: Sequence[ReadInvoice], unread: Words | None,
    *, at: datetime, looked: Looked | None = None,
) -> None:  # fmt: skip
    """Attach what the worker read. The caller commits.

    ``looked`` is what became of looking at the file, None when somebody had done so before.
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
    if claim.state not in EDITABLE:
        row.done_at, row.outcome = at, {"kind": REFUSED, "words": to_data(GONE_ON)}
        return
    _take(session, with_lines(session, claim), row, looked or kept(row), found, unread, at)


def waiting(session: Session, claim_id: int) -> dict[int, Kept]:
    """The files of a claim that wait, by the ids of their rows."""
    rows = select(Reading).where(Reading.claim_id == claim_id, Reading.done_at.is_(None))
    return {row.id: kept(row) for row in session.scalars(rows.order_by(Reading.id))}


def stop_waiting(
    session: Session, claim: Claim, looked: Mapping[int, Looked], *, at: datetime
) -> None:
    """Attach what still waits without reading it. The caller holds the version.

    ``looked`` is what became of looking at files, by the ids of their rows; those at which
    nobody has looked go on waiting.
    """
    for reading_id, file in waiting(session, claim.id).items():
        found = file if file.looked_at else looked.get(reading_id)
        if found is not None:
            row = session.get_one(Reading, reading_id)
            _take(session, claim, row, found, (), NOT_READ, at)


def _take(
    session: Session, claim: Claim, row: Reading, looked: Looked, found: Sequence[ReadInvoice],
    unread: Words | None, at: datetime,
) -> None:  # fmt: skip
    line = next((each for each in claim.lines if each.id == row.line_id), None)
    claim.beat += 1
    if isinstance(looked, tuple):
        _make_way(session, claim, row, looked, line, at)
        return
    row.done_at = at
    try:
        if isinstance(looked, Refusal):
            raise looked
        came = put(session, claim, looked, found, line, at=at, unattended=True)
    except Refusal as refusal:
        row.outcome, row.sha256 = refused(refusal), ""
        return
    claim.version += 1
    claim.updated_at = at
    row.outcome = {**attached(came, found, unread), "version": claim.version}
    row.sha256, row.filename = looked.sha256, looked.filename


def _make_way(
    session: Session, claim: Claim, archive: Reading, inside: Iterable[Inside], line: Line | None,
    at: datetime,
) -> None:  # fmt: skip
    """Put the files of an archive in its place, as many as one upload may have."""
    together = select(Reading.sha256).where(
        Reading.claim_id == claim.id, Reading.added_at == archive.added_at
    )
    handed_in = session.scalars(together).all()
    named = handed_in.count("")
    room = MOST_AT_ONCE + 1 - (len(handed_in) - named)
    for each in inside:
        refusal = each.refusal or (None if room > 0 else Invalid(LEFT_OUT))
        if refusal is None:
            queue(session, claim, each.file, line, at=archive.added_at)
            room -= 1
        elif named < MOST_NAMED:
            name = replace(each.file, sha256="")
            note(session, claim, name, refused(refusal), at=archive.added_at, done_at=at)
            named += 1
    session.delete(archive)


VERSION = select(Claim.version).where(Claim.id == bindparam("claim_id")).with_for_update()


def caught_up(session: Session, claim: Claim, shown: int) -> int:
    """The version that a page is at: what the worker alone did since does not overtake it.

    Holds the claim until the caller commits: the worker may have gone on since it was read.
    """
    if shown == fetch(session, VERSION, claim_id=claim.id).scalar():
        return shown
    by_worker = {outcome.get("version") for outcome in _outcomes(session, claim)}
    while shown + 1 in by_worker:
        shown += 1
    return shown


def keep_arrived(session: Session, claim: Claim, shown: int, *, at: datetime) -> None:
    """Fill again what a page left blank that was shown before the worker filled it.

    ``shown`` is the version on the page, which the caller has just saved.
    """
    if claim.version == shown + 1:
        return
    arrived = {
        line_id
        for outcome in _outcomes(session, claim)
        if outcome.get("version", 0) > shown
        for line_id in outcome["lines"]
    }
    if not arrived:
        return
    policy = current_policy(session, at.date())
    for line in claim.lines:
        if line.id in arrived:
            fill_blanks(session, claim, line, policy)
    price(session, claim, policy, on=at.date())


def _outcomes(session: Session, claim: Claim) -> Sequence[Outcome]:
    """What became of the files of a claim."""
    rows = select(Reading.outcome).where(Reading.claim_id == claim.id, Reading.done_at.is_not(None))
    return session.scalars(rows).all()


WAITING = select(
    exists().where(Reading.claim_id == bindparam("claim_id"), Reading.done_at.is_(None))
)


def refuse_while_reading(session: Session, claim: Claim) -> None:
    """Raises ``NotNow`` while files of the claim wait to be read."""
    if fetch(session, WAITING, claim_id=claim.id).scalar():
        raise NotNow(STILL_READING)


def forget_old(session: Session, at: datetime) -> None:
    """Delete what became of files long ago."""
    session.execute(delete(Reading).where(Reading.done_at < at - KEPT))
