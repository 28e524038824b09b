"""Lists of claims: my own, and everybody's for those who may see them."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for

from portal.blueprints.claims import blueprint
from portal.claims import queries
from portal.claims.queries import PAGE, Filter
from portal.core.clock import now
from portal.core.days import parse_day
from portal.core.db import db
from portal.core.errors import Invalid
from portal.forms.claims import FilterForm
from portal.people.roles import AUDITOR, FINANCE, PAYER
from portal.web.guards import reader, role, signed_in
from portal.web.i18n import say
from portal.web.live import unchanged
from portal.web.session import settings


@blueprint.get("/", endpoint="list")
@signed_in
def list_mine() -> Any:
    """The reader's own claims."""
    if unchanged():
        return "", 204
    form = FilterForm(request.args)
    rows = queries.claims_of(db.session(), reader().id, narrowed(form))
    return _page("claims/list.html", "claims.list", form, rows)


@blueprint.get("/all")
@role(FINANCE, PAYER, AUDITOR)
def list_all() -> Any:
    """Every submitted claim."""
    form = FilterForm(request.args)
    rows = queries.all_claims(db.session(), narrowed(form))
    return _page("claims/list_all.html", "claims.list_all", form, rows)


def _page(template: str, endpoint: str, form: FilterForm, rows: Any) -> Any:
    shown = rows[:PAGE]
    older = None
    if len(rows) > PAGE:
        kept: dict[str, Any] = {
            key: value
            for key, value in request.args.items()
            if value and key not in ("before", "beat")
        }
        older = url_for(endpoint, **kept, before=shown[-1].id)
    moving = [row.id for row in shown if row.state == "submitted"]
    return render_template(
        template,
        form=form,
        rows=shown,
        older=older,
        narrowed=any(value for key, value in request.args.items() if key != "beat"),
        at=now(),
        waits_for=queries.waiting_names(db.session(), moving),
    )


def narrowed(form: FilterForm) -> Filter:
    """The filter that the address asks for; a date that is none is said and left out."""
    since, until = _moment(form.since, 0), _moment(form.until, 1)
    return Filter(
        state=form.state.data or "",
        text=(form.text.data or "").strip()[:100],
        since=since,
        until=until,
        before=request.args.get("before", type=int),
    )


def _moment(field: Any, days: int) -> datetime | None:
    if not (field.data or "").strip():
        return None
    try:
        day = parse_day(field.data) + timedelta(days=days)
    except Invalid as refusal:
        field.errors = [say(refusal.words)]
        return None
    return datetime.combine(day, time(), ZoneInfo(settings().timezone)).astimezone(UTC)
