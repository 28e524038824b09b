"""Everybody's claims as a table for bookkeeping."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.blueprints.claims import blueprint
from portal.blueprints.claims.list import narrowed, read_filters
from portal.claims.export import Booked, booked
from portal.claims.list_queries import Filter
from portal.core.clock import now
from portal.core.db import db
from portal.core.sheets import Cell
from portal.people.roles import AUDITOR, FINANCE, PAYER
from portal.web.exports import download
from portal.web.guards import reader, role
from portal.web.i18n import local, moment, named
from portal.web.labels import CLAIM_STATES
from portal.web.languages import gettext as _


@blueprint.get("/all.<any(xlsx, csv):kind>")
@role(FINANCE, PAYER, AUDITOR)
def export(kind: str) -> Any:
    """The list of all claims as it is filtered, a row for each line or part of one."""
    filters = read_filters()
    about = _about(filters)
    name = " ".join([_("All claims"), *(text for _label, text in about)])
    made = [(_("Made by"), reader().name), (_("Made at"), moment(now()))]
    rows = _rows(narrowed(filters))
    return download(kind, name, _head(), rows, [*about, *made], _("About this table"))


def _about(filters: dict[str, str]) -> list[tuple[str, str]]:
    """What the table is narrowed to."""
    labels = {
        "text": _("Number or purpose"), "state": _("State"),
        "since": _("Changed from"), "until": _("Changed to"),
    }  # fmt: skip
    shown = filters | {"state": str(CLAIM_STATES.get(filters["state"], filters["state"]))}
    return [
        (label, shown[name].strip()[:100])
        for name, label in labels.items()
        if shown[name].strip() and f"wrong_{name}" not in filters
    ]


def _head() -> list[str]:
    return [
        _("Claim"), _("Company"), _("Claimant"), _("Employee number"), _("Department"),
        _("Cost centre"), _("Project"), _("Category"), _("Accounting code"), _("Date"),
        _("What for"), _("Currency"), _("Amount in that currency"), _("Rate"),
        _("Currency of the claim"), _("Amount"), _("Recoverable tax"), _("Invoices"),
        _("State"), _("Submitted on"), _("Approved on"), _("Paid on"), _("Batch"),
        _("Reference"),
    ]  # fmt: skip


def _rows(wanted: Filter) -> Iterator[Sequence[Cell]]:
    # A session of its own: the request's transaction ends before the answer does.
    with Session(db.engine) as session:
        for line in booked(session, wanted):
            yield _cells(line)


def _cells(line: Booked) -> Sequence[Cell]:
    return (
        line.number, named(line.company), line.claimant, line.claimant_number,
        named(line.department), line.cost_centre, named(line.project) if line.project else "",
        named(line.category), line.accounting_code, line.spent_on, line.purpose,
        line.original.currency if line.original else "", line.original, line.rate,
        line.amount.currency if line.amount else "", line.amount, line.tax, line.invoices,
        str(CLAIM_STATES[line.state]), _day(line.submitted_at), _day(line.approved_at),
        line.paid_on, line.batch, line.reference,
    )  # fmt: skip


def _day(moment: datetime | None) -> Cell:
    """The day on the company's clock."""
    return local(moment).date() if moment else None
