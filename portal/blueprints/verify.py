"""Whether a printed claim form matches the record, for anybody who holds one."""

from typing import Any

from flask import Blueprint, render_template, request

from portal.core.clock import now
from portal.core.db import begin_writing, db
from portal.core.errors import NotNow
from portal.people import guessing
from portal.web.guards import public
from portal.web.paper import recognise
from portal.web.paper_advance import recognise_advance
from portal.web.writing import keep_although_refused, writes

blueprint = Blueprint("verify", __name__, url_prefix="/verify")

FREE_FAILURES = 20
"""Mistyped codes of one address before it has to wait."""


@blueprint.get("", defaults={"code": ""})
@blueprint.get("/<code>")
@public
@writes(repeatable=True)
def show(code: str) -> Any:
    """What the record says to a code from paper, and the form to type one."""
    number, value = _typed(code)
    if not (number or value):
        return _page(number, value)
    session, at = db.session(), now()
    counted = {f"verify {request.remote_addr or ''}": FREE_FAILURES}
    try:
        guessing.refuse_guessers(session, counted, at)
    except NotNow as refusal:
        return _page(number, value, refused=refusal.words), 429
    found = recognise(number, value) or recognise_advance(number, value)
    if found is None:
        # Only a wrong code writes, so only a wrong code waits for the write lock.
        session.rollback()
        begin_writing(session)
        guessing.note_failure(session, counted, at)
        keep_although_refused()
        return _page(number, value, wrong=True), 404
    return _page(number, value, found=found)


def _typed(code: str) -> tuple[str, str]:
    """Number and check value: from the paper's address, else from the form."""
    if code:
        number, *value = code.strip().rsplit("-", 3)
        return number, "-".join(value)
    return request.args.get("number", "").strip()[:40], request.args.get("value", "").strip()[:40]


def _page(number: str, value: str, **answer: Any) -> str:
    return render_template("verify/show.html", number=number, value=value, **answer)
