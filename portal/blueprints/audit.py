"""The audit log: every event, for auditors and administrators."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from portal.core.db import db
from portal.core.events import START, ChainEnd, Event, seal
from portal.core.sheets import safe_cell
from portal.people.models import Person
from portal.people.roles import ADMIN, AUDITOR
from portal.web import audit_words
from portal.web.guards import role
from portal.web.i18n import local

blueprint = Blueprint("audit", __name__, url_prefix="/audit")

PAGE = 50
COLUMNS = ("event", "at", "kind", "about", "person", "name", "for", "data", "seal")


@dataclass(frozen=True)
class Filter:
    """What the log is narrowed to. ``before`` pages by key: events below it."""

    kind: str
    number: str
    before: int | None


@blueprint.get("/")
@role(AUDITOR, ADMIN)
def list() -> Any:
    """A page of the log, newest first."""
    session, wanted = db.session(), _filter()
    rows = session.execute(_events(wanted).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    asked = {"kind": wanted.kind, "number": wanted.number}
    kept: dict[str, Any] = {name: value for name, value in asked.items() if value}
    older = url_for("audit.list", **kept, before=shown[-1].id) if len(rows) > PAGE else ""
    return render_template(
        "audit/list.html", rows=shown, kinds=audit_words.EVENTS, words=audit_words,
        wanted=wanted, older=older,
        whole=end_matches(session), export_url=url_for("audit.export", **kept),
    )  # fmt: skip


@blueprint.get("/events.csv")
@role(AUDITOR, ADMIN)
def export() -> Response:
    """The log as it is filtered, as a table; sent while it is read."""
    response = Response(stream_with_context(_lines(_filter())), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="audit-log.csv"'
    return response


def _filter() -> Filter:
    return Filter(
        kind=request.args.get("kind", "").strip()[:40],
        number=request.args.get("number", "").strip()[:40],
        before=request.args.get("before", type=int),
    )


def _events(wanted: Filter) -> Select[Any]:
    actor, principal = aliased(Person), aliased(Person)
    found = (
        select(
            Event.id, Event.at, Event.kind, Event.subject_kind, Event.subject_id, Event.data,
            Event.seal, actor.number, actor.name, principal.number.label("for_number"),
        )
        .outerjoin(actor, actor.id == Event.actor_id)
        .outerjoin(principal, principal.id == Event.for_id)
        .order_by(Event.id.desc())
    )  # fmt: skip
    if wanted.kind:
        found = found.where(Event.kind == wanted.kind)
    if wanted.number:
        found = found.where(or_(actor.number == wanted.number, principal.number == wanted.number))
    if wanted.before:
        found = found.where(Event.id < wanted.before)
    return found


def end_matches(session: Session) -> bool:
    """Whether the log ends where, and as, it should. The whole of it: ``portal audit-verify``."""
    last = session.execute(
        select(Event.__table__).order_by(Event.id.desc()).limit(2)
    ).mappings().all()  # fmt: skip
    end = session.get(ChainEnd, 1)
    if end is None or not last:
        return end is not None and end.last_id == 0
    previous = last[1]["seal"] if len(last) > 1 else START
    newest = dict(last[0])
    sealed = seal(previous, newest)
    return (end.last_id, end.seal) == (newest["id"], sealed) and newest["seal"] == sealed


def _lines(wanted: Filter) -> Iterator[str]:
    line = io.StringIO()
    table = csv.writer(line)
    # Without this mark table programs read Chinese as something else.
    yield "\ufeff"
    for cells in _table(wanted):
        table.writerow([safe_cell(cell) for cell in cells])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _table(wanted: Filter) -> Iterator[tuple[str, ...]]:
    yield COLUMNS
    # A connection of its own: the request's transaction ends before the answer does.
    with db.engine.connect() as connection:
        for row in connection.execute(_events(wanted).execution_options(yield_per=500)):
            yield (
                str(row.id), local(row.at).isoformat(timespec="seconds"), row.kind,
                f"{row.subject_kind} {row.subject_id}", row.number or "", row.name or "",
                row.for_number or "", json.dumps(row.data, ensure_ascii=False), row.seal,
            )  # fmt: skip
