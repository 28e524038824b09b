"""What the reader was told, newest first."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from portal.claims.queries import PAGE
from portal.core import notices
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Missing
from portal.core.events import Subject
from portal.core.notices import Notice
from portal.forms.claims import ActionForm
from portal.web.guards import NO_SUCH_PAGE, reader, signed_in
from portal.web.languages import gettext as _
from portal.web.notice_words import sentence
from portal.web.writing import writes

blueprint = Blueprint("notices", __name__, url_prefix="/notices")

PAGES: dict[str, tuple[str, str, dict[str, str]]] = {
    "claim": ("claims.show", "claim_id", {}),
    "batch": ("payments.batch", "batch_id", {}),
    "trip": ("prior.show", "request_id", {"shelf": "trips"}),
    "advance": ("prior.show", "request_id", {"shelf": "advances"}),
}
"""Where a notice leads, by the kind of what it is about: endpoint, its argument, others."""


@blueprint.get("/", endpoint="list")
@signed_in
def list_all() -> Any:
    """The reader's notices; looking at them marks nothing read."""
    found = notices.notices_of(
        db.session(), reader().id, PAGE + 1, request.args.get("before", type=int)
    )
    shown = found[:PAGE]
    return render_template(
        "notices/list.html",
        rows=[(each, sentence(each.kind, each.data), address_of(each)) for each in shown],
        older=url_for("notices.list", before=shown[-1].id) if len(found) > PAGE else None,
        form=ActionForm(formdata=None),
    )


def address_of(notice: Notice) -> str | None:
    """The page of what the notice is about."""
    if notice.subject_kind not in PAGES:
        return None
    endpoint, name, more = PAGES[notice.subject_kind]
    named: dict[str, Any] = {name: notice.subject_id, **more}
    return url_for(endpoint, **named)


@blueprint.post("/open")
@signed_in
@writes(repeatable=True)
def open() -> Any:
    """Mark what was told about one thing read, and lead to its page."""
    notice = db.session.scalars(
        select(Notice).where(
            Notice.id == request.form.get("notice", type=int), Notice.person_id == reader().id
        )
    ).one_or_none()
    if notice is None:
        raise Missing(NO_SUCH_PAGE)
    about = Subject(notice.subject_kind, notice.subject_id)
    notices.mark_read(db.session(), reader().id, now(), about)
    return redirect(address_of(notice) or url_for("notices.list"), 303)


@blueprint.post("/read")
@signed_in
@writes(repeatable=True)
def read() -> Any:
    """Mark every notice read."""
    notices.mark_read(db.session(), reader().id, now())
    flash(_("Everything is marked as read."), "success")
    return redirect(url_for("notices.list"), 303)
