"""Files on a claim: receiving them, and showing them to those who may see the claim."""

from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, cast

from flask import Response, current_app, flash, g, make_response, request
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from portal.blueprints.claims import blueprint
from portal.claims import access, arrivals, duplicates, intake, looking
from portal.claims.access import Seen
from portal.claims.intake import LEFT_OUT, MOST_AT_ONCE, MOST_NAMED
from portal.claims.looking import Looked
from portal.claims.models import Claim, Line, Receipt
from portal.claims.receipts import Kept, clear_way, put
from portal.core import files
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Invalid, Missing, NotNow, Refusal
from portal.core.files import PDF, Store
from portal.core.pdf import cached
from portal.core.words import Words
from portal.invoices.readers import ReadInvoice
from portal.web.downloads import named
from portal.web.guards import NO_SUCH_PAGE, claim, reader
from portal.web.i18n import say
from portal.web.languages import gettext as _
from portal.web.session import settings

MOST_NOW = 3
"""Files that are looked at and read while the claimant waits; of more the worker reads all."""
PATIENCE = 0.5
"""Seconds to wait for the one who looks, who may be busy with other people's files."""
LOOKING_SECONDS = 5.0
"""In which files are looked at when the claimant does not want to wait for the worker."""
GENERAL = "files"
"""Name of the control whose files make lines of their own; ``files-<line>`` joins a line."""

SANDBOX = "default-src 'none'; sandbox; style-src 'unsafe-inline'"


@dataclass
class Arrived:
    """A file of the request. ``read`` is None as long as nobody tried to read it."""

    control: str
    file: Kept
    promised: str = ""
    refusal: Refusal | None = None
    read: tuple[ReadInvoice, ...] | None = None
    unread: Words | None = None


def store() -> Store:
    """Where the bytes are."""
    return cast(Store, current_app.extensions["store"])


def receive() -> None:
    """Take the request's files in before the database is locked: keep them, and read a few.

    A file kept for a request that fails afterwards has no row and is swept up later.
    """
    arrived: list[Arrived] = []
    for name, sent in request.files.items(multi=True):
        if sent.filename and (name == GENERAL or name.startswith(f"{GENERAL}-")):
            if len(arrived) == MOST_AT_ONCE + MOST_NAMED:
                break
            arrived.append(_arrived(name, sent, left_out=len(arrived) >= MOST_AT_ONCE))
    arrived.sort(key=lambda each: intake.by_trust(each.promised))
    if len(arrived) <= MOST_NOW:
        for each in arrived:
            if each.refusal is None:
                _read(each)
    g.received = arrived


def _arrived(control: str, sent: FileStorage, *, left_out: bool) -> Arrived:
    """The file, kept unless it is too large or plainly of no type that is accepted."""
    name = sent.filename or ""
    try:
        if left_out:
            raise Invalid(LEFT_OUT)
        data = sent.stream.read()
        promised = files.promised(data)
        return Arrived(control, looking.handed_in(store(), data, name), promised)
    except Refusal as refusal:
        return Arrived(control, looking.not_kept(name), refusal=refusal)


def _read(arrived: Arrived) -> None:
    """Look at the file and read it; the worker does what takes too long to wait for."""
    with suppress(NotNow):
        looked = looking.look(store(), arrived.file, wait_seconds=PATIENCE)
        if isinstance(looked, Refusal):
            arrived.refusal = looked
        elif isinstance(looked, Kept):
            arrived.file = looked
            arrived.read, arrived.unread = intake.read(
                store(), looked, ocr=settings().ocr, wait_seconds=PATIENCE
            )


def look_now(draft: Claim) -> dict[int, Looked]:
    """What becomes of looking at the files that wait, as far as there is time for it."""
    waiting = intake.waiting(db.session(), draft.id)
    db.session.rollback()  # others may write meanwhile
    found: dict[int, Looked] = {}
    until = monotonic() + LOOKING_SECONDS
    for reading_id, file in waiting.items():
        if monotonic() > until:
            break
        with suppress(NotNow):
            found[reading_id] = looking.look(store(), file, wait_seconds=PATIENCE)
    return found


def attach_received(draft: Claim) -> None:
    """Put the received files on the draft, whose version was taken, or have the worker do it.

    What became of a few is told at once, of many it stands on the page.
    """
    arrived: list[Arrived] = g.pop("received", [])
    lines = {f"{GENERAL}-{line.id}": line for line in draft.lines}
    session, at = db.session(), now()
    waiting = [each for each in arrived if each.refusal is None and each.read is None]
    if any(each.control not in lines for each in waiting):
        clear_way(session, draft, [lines[e.control] for e in arrived if e.control in lines])
    for each in arrived:
        line = lines.get(each.control)
        if each in waiting:
            intake.queue(session, draft, each.file, line, at=at)
            continue
        outcome = _outcome(draft, each, line)
        if len(arrived) > MOST_NOW:
            intake.note(session, draft, each.file, outcome, at=at)
        else:
            _flash(draft, each, outcome)


def _outcome(draft: Claim, arrived: Arrived, line: Line | None) -> arrivals.Outcome:
    """Attach what was read in this request; what became of it."""
    if arrived.refusal is not None:
        return arrivals.refused(arrived.refusal)
    read = arrived.read or ()
    try:
        found = put(db.session(), draft, arrived.file, read, line, at=now())
    except Refusal as refusal:
        return arrivals.refused(refusal)
    return arrivals.attached(found, read, arrived.unread)


def _flash(draft: Claim, arrived: Arrived, outcome: arrivals.Outcome) -> None:
    """Tell at once what became of one file."""
    name, told = arrived.file.filename, arrivals.told(arrived.file.filename, outcome)
    if told.words is None:
        places = [place for place, line in enumerate(draft.lines, 1) if line.id in told.lines]
        text = _("%(name)s was read into line %(place)s.",
                 name=name, place=_(", ").join(map(str, places)))  # fmt: skip
        flash(text, "success")
        return
    said = say_told(told)
    kind = "problem" if told.kind == arrivals.REFUSED else "warning"
    flash(said if name in said else _("%(label)s: %(text)s", label=name, text=said), kind)


@blueprint.app_template_filter("told")
def say_told(told: arrivals.Told) -> str:
    """Why a file was not read or attached, as far as the reader may know."""
    if told.claimed is not None:
        return say(duplicates.told(db.session(), told.claimed, reader()))
    return say(told.words) if told.words else ""


@blueprint.get("/<int:claim_id>/receipts/<int:receipt_id>")
@claim(access.may_read)
def receipt(seen: Seen, receipt_id: int) -> Response:
    """The file itself, shown by the browser where that is harmless."""
    found = _receipt(seen, receipt_id)
    response = make_response(store().read(found.sha256))
    response.mimetype = found.media_type
    inline = found.media_type in (files.JPEG, files.PNG, PDF)
    named(response, found.filename, inline=inline)
    response.headers["Content-Security-Policy"] = SANDBOX
    return _private(response)


@blueprint.get("/<int:claim_id>/receipts/<int:receipt_id>/thumbnail")
@claim(access.may_read)
def thumbnail(seen: Seen, receipt_id: int) -> Response:
    """A small picture of the file."""
    found = _receipt(seen, receipt_id)
    small = cached(
        settings().instance / "cache" / "pdf",
        f"{found.sha256}-small",
        lambda: files.thumbnail(store().read(found.sha256), found.media_type) or b"",
    )
    if not small:
        raise Missing(NO_SUCH_PAGE)
    response = make_response(small)
    response.mimetype = "image/jpeg"
    return _private(response)


def _receipt(seen: Seen, receipt_id: int) -> Receipt:
    found = db.session.scalars(
        select(Receipt).where(Receipt.id == receipt_id, Receipt.claim_id == seen.claim.id)
    ).one_or_none()
    if found is None:
        raise Missing(NO_SUCH_PAGE)
    return found


def _private(response: Response) -> Any:
    """Let the browser keep it for this visit, unless the computer is shared."""
    if not reader().shared:
        response.headers["Cache-Control"] = "private, max-age=600"
    return response
