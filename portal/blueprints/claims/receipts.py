"""Files on a claim: receiving them, and showing them to those who may see the claim."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from flask import Response, current_app, flash, g, make_response, request
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from portal.blueprints.claims import blueprint
from portal.claims import access, duplicates, intake
from portal.claims.access import Seen
from portal.claims.models import Claim, Line, Receipt
from portal.claims.receipts import Kept, put
from portal.core import files, zips
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Invalid, Missing, NotNow, Refusal
from portal.core.files import PDF, Store
from portal.core.pdf import cached
from portal.core.words import Words, words
from portal.invoices.readers import ReadInvoice
from portal.web.downloads import named
from portal.web.guards import NO_SUCH_PAGE, claim, reader
from portal.web.i18n import say
from portal.web.languages import gettext as _
from portal.web.session import settings

MOST_AT_ONCE = 30
"""Files of one upload; an archive counts its entries."""
MOST_NOW = 3
"""Files that are read while the claimant waits; the worker reads the others."""
MOST_NAMED = 100
"""Of those that are left out; more are not even counted."""
GENERAL = "files"
"""Name of the control whose files make lines of their own; ``files-<line>`` joins a line."""

LEFT_OUT = words("Left out: at most %(most)s files at once. Add it again.", most=MOST_AT_ONCE)
SANDBOX = "default-src 'none'; sandbox; style-src 'unsafe-inline'"


@dataclass
class Arrived:
    """A file of the request. ``read`` is None as long as nobody tried to read it."""

    control: str
    file: Kept
    refusal: Refusal | None = None
    read: tuple[ReadInvoice, ...] | None = None
    unread: Words | None = None


def store() -> Store:
    """Where the bytes are."""
    return cast(Store, current_app.extensions["store"])


def receive() -> None:
    """Take the request's files in before the database is locked: check, clean, keep, read some.

    A file kept for a request that fails afterwards has no row and is swept up later.
    """
    arrived: list[Arrived] = []
    for name, sent in request.files.items(multi=True):
        if sent.filename and (name == GENERAL or name.startswith(f"{GENERAL}-")):
            arrived += _arrived(name, sent, room=MOST_AT_ONCE - len(arrived))
    arrived = arrived[: MOST_AT_ONCE + MOST_NAMED]
    arrived.sort(key=lambda each: intake.by_trust(each.file.media_type))
    for each in [one for one in arrived if one.refusal is None][:MOST_NOW]:
        _read(each)
    g.received = arrived


def _arrived(control: str, sent: FileStorage, room: int) -> Iterator[Arrived]:
    """The file, or those in the archive; what finds no room is only named."""
    name = sent.filename or ""
    if room <= 0:
        yield _refused(control, name, Invalid(LEFT_OUT))
        return
    data = sent.stream.read()
    try:
        inside = zips.unpack(data, name) or [(name, data)]
    except Refusal as refusal:
        yield _refused(control, name, refusal)
        return
    for place, (entry, content) in enumerate(inside):
        try:
            if place >= room:
                raise Invalid(LEFT_OUT)
            accepted = files.accept(content, entry)
            kept = Kept(
                store().put(accepted.data), accepted.filename, accepted.media_type,
                len(accepted.data), accepted.pages,
            )  # fmt: skip
            yield Arrived(control, kept)
        except Refusal as refusal:
            yield _refused(control, entry, refusal)


def _refused(control: str, filename: str, refusal: Refusal) -> Arrived:
    return Arrived(control, Kept("", files.clean_name(filename), "", 0), refusal)


def _read(arrived: Arrived) -> None:
    """Read the file, unless the reader is busy: then the worker does it."""
    with suppress(NotNow):
        arrived.read, arrived.unread = intake.read(store(), arrived.file, ocr=settings().ocr)


def attach_received(draft: Claim) -> None:
    """Put the received files on the draft, whose version was taken, or have the worker do it.

    What became of a few is told at once, of many it stands on the page.
    """
    arrived: list[Arrived] = g.pop("received", [])
    lines = {f"{GENERAL}-{line.id}": line for line in draft.lines}
    session, at = db.session(), now()
    for each in arrived:
        line = lines.get(each.control)
        if each.refusal is None and each.read is None:
            intake.queue(session, draft, each.file, line, at=at)
            continue
        outcome = _outcome(draft, each, line)
        if len(arrived) > MOST_NOW:
            intake.note(session, draft, each.file, outcome, at=at)
        else:
            _flash(draft, each, outcome)


def _outcome(draft: Claim, arrived: Arrived, line: Line | None) -> intake.Outcome:
    """Attach what was read in this request; what became of it."""
    if arrived.refusal is not None:
        return intake.refused(arrived.refusal)
    read = arrived.read or ()
    try:
        found = put(db.session(), draft, arrived.file, read, line, at=now())
    except Refusal as refusal:
        return intake.refused(refusal)
    return intake.attached(found, read, arrived.unread)


def _flash(draft: Claim, arrived: Arrived, outcome: intake.Outcome) -> None:
    """Tell at once what became of one file."""
    name, told = arrived.file.filename, intake.told(arrived.file.filename, outcome)
    if told.words is None:
        places = [place for place, line in enumerate(draft.lines, 1) if line.id in told.lines]
        text = _("%(name)s was read into line %(place)s.",
                 name=name, place=_(", ").join(map(str, places)))  # fmt: skip
        flash(text, "success")
        return
    said = say_told(told)
    kind = "problem" if told.kind == intake.REFUSED else "warning"
    flash(said if name in said else _("%(label)s: %(text)s", label=name, text=said), kind)


@blueprint.app_template_filter("told")
def say_told(told: intake.Told) -> str:
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
