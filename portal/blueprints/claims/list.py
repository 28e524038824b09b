"""Lists of claims: my own, and everybody's for those who may see them."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for

from portal.blueprints.claims import blueprint
from portal.claims import list_queries
from portal.claims.list_queries import Filter
from portal.claims.queries import PAGE, waiting_names
from portal.core.clock import now
from portal.core.days import parse_day
from portal.core.db import db
from portal.core.errors import Invalid
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
    filters = read_filters()
    rows = list_queries.claims_of(db.session(), reader().id, narrowed(filters))
    return _page("claims/list.html", "claims.list", filters, rows)


@blueprint.get("/all")
@role(FINANCE, PAYER, AUDITOR)
def list_all() -> Any:
    """Every submitted claim."""
    filters = read_filters()
    rows = list_queries.all_claims(db.session(), narrowed(filters))
    return _page("claims/list_all.html", "claims.list_all", filters, rows)


def kept_filters() -> dict[str, Any]:
    """What narrows the list, for the addresses of its other pages and files."""
    return {
        key: value for key, value in request.args.items() if value and key not in ("before", "beat")
    }


def _page(template: str, endpoint: str, filters: dict[str, str], rows: Any) -> Any:
    shown = rows[:PAGE]
    older = None
    if len(rows) > PAGE:
        older = url_for(endpoint, **kept_filters(), before=shown[-1].id)
    moving = [row.id for row in shown if row.state == "submitted"]
    return render_template(
        template,
        filters=filters,
        rows=shown,
        older=older,
        kept=kept_filters(),
        narrowed=any(value for key, value in request.args.items() if key != "beat"),
        at=now(),
        waits_for=waiting_names(db.session(), moving),
    )


def read_filters() -> dict[str, str]:
    """What stands in the controls above the list."""
    return {name: request.args.get(name, "") for name in ("text", "state", "since", "until")}


def narrowed(filters: dict[str, str]) -> Filter:
    """The filter that the address asks for; a date that is none is said and left out."""
    since, until = _moment(filters, "since", 0), _moment(filters, "until", 1)
    return Filter(
        state=filters["state"],
        text=filters["text"].strip()[:100],
        since=since,
        until=until,
        before=request.args.get("before", type=int),
    )


def _moment(filters: dict[str, str], name: str, days: int) -> datetime | None:
    if not filters[name].strip():
        return None
    try:
        day = parse_day(filters[name]) + timedelta(days=days)
    except Invalid as refusal:
        filters[f"wrong_{name}"] = say(refusal.words)
        return None
    return datetime.combine(day, time(), ZoneInfo(settings().timezone)).astimezone(UTC)
