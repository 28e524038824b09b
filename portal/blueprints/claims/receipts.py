"""Files on a claim: receiving them, and showing them to those who may see the claim."""

from typing import Any, cast

from flask import Response, current_app, flash, g, make_response, request
from sqlalchemy import select

from portal.blueprints.claims import blueprint
from portal.claims import access
from portal.claims.access import Seen
from portal.claims.models import Claim, Line, Receipt
from portal.claims.receipts import Upload, attach
from portal.core import files
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Missing, Refusal
from portal.core.files import OFD, PDF, XML, Store
from portal.core.pdf import cached
from portal.invoices.readers import Unreadable, read
from portal.web.downloads import named
from portal.web.guards import NO_SUCH_PAGE, claim, reader
from portal.web.i18n import say
from portal.web.languages import gettext as _
from portal.web.session import settings

MOST_AT_ONCE = 30
MOST_TOLD = 8
GENERAL = "files"
"""Name of the control whose files make lines of their own; ``files-<line>`` joins a line."""

SANDBOX = "default-src 'none'; sandbox; style-src 'unsafe-inline'"


def store() -> Store:
    """Where the bytes are."""
    return cast(Store, current_app.extensions["store"])


def receive() -> None:
    """Take the request's files in before the database is locked: check, clean, keep, read.

    A file kept for a request that fails afterwards has no row and is swept up later.
    """
    sent = [
        (name, file)
        for name, file in request.files.items(multi=True)
        if file.filename and (name == GENERAL or name.startswith(f"{GENERAL}-"))
    ]
    g.received = [
        (name, _received(file.stream.read(), file.filename or ""))
        for name, file in sent[:MOST_AT_ONCE]
    ]
    g.left_out = len(sent[MOST_AT_ONCE:])


def _received(data: bytes, filename: str) -> Upload | Refusal:
    try:
        accepted = files.accept(data, filename)
        sha256 = store().put(accepted.data)
        if accepted.media_type not in (OFD, XML):
            return Upload(accepted, sha256)
        try:
            return Upload(accepted, sha256, read=read(accepted.data, accepted.media_type))
        except Unreadable as unread:
            return Upload(accepted, sha256, unread=unread.words)
    except Refusal as refusal:
        return refusal


def attach_received(draft: Claim, editor: str = "") -> None:
    """Put the received files on the draft and say what became of each."""
    lines = {f"{GENERAL}-{line.id}": line for line in draft.lines}
    outcomes = [
        ("problem", say(upload.words))
        if isinstance(upload, Refusal)
        else _attach(draft, upload, lines.get(name), editor)
        for name, upload in g.pop("received", [])
    ]
    told = [(kind, text) for kind, text in outcomes if text]
    # What is told travels in a cookie, which has little room.
    for kind, text in told[:MOST_TOLD]:
        flash(text, kind)
    if len(told) > MOST_TOLD:
        flash(
            _("And %(count)s more; look at the lines below.", count=len(told) - MOST_TOLD), "info"
        )
    left_out = g.pop("left_out", 0)
    if left_out:
        flash(
            _("%(count)s files were left out: at most %(most)s at once.",
              count=left_out, most=MOST_AT_ONCE), "problem",
        )  # fmt: skip


def _attach(draft: Claim, upload: Upload, line: Line | None, editor: str) -> tuple[str, str]:
    """Put one file on the draft; the kind of the message, and the message if there is one."""
    try:
        filled = attach(
            db.session(), draft, upload, line, shown=draft.version, at=now(), editor=editor
        )
    except Refusal as refusal:
        return "problem", say(refusal.words)
    name = upload.accepted.filename
    if upload.unread is not None:
        return "warning", f"{name}: {say(upload.unread)}"
    if upload.read is None:
        return "success", ""
    if upload.read.unread:
        return "warning", _("%(name)s: some fields could not be read; please type them.", name=name)
    place = draft.lines.index(filled) + 1
    return "success", _("%(name)s was read into line %(place)s.", name=name, place=place)


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
