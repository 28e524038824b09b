"""Paying approved claims: what waits, batches, the bank's file, the bank's answer."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from portal.claims import access, payment, payment_queries, settling
from portal.claims.models import BATCH_OPEN, Batch
from portal.claims.payment_queries import WAITING_PAGE
from portal.claims.queries import PAGE
from portal.core.clock import day, now
from portal.core.days import parse_day
from portal.core.db import db
from portal.core.errors import Invalid, Missing
from portal.core.words import Amount
from portal.forms.payments import BatchForm, CloseForm, StartForm
from portal.people.roles import AUDITOR, FINANCE, PAYER
from portal.web.exports import CSV, XLSX, download
from portal.web.guards import NO_SUCH_PAGE, reader, role
from portal.web.languages import gettext as _
from portal.web.session import settings
from portal.web.writing import writes

blueprint = Blueprint("payments", __name__, url_prefix="/payments")


@blueprint.get("/", endpoint="list")
@role(PAYER, FINANCE, AUDITOR)
def list_waiting() -> Any:
    """Approved claims that wait for money; those in the address are ticked."""
    session, someone = db.session(), reader()
    rows = payment_queries.to_pay(session, _after(request.args.get("after", "")))
    shown = rows[:WAITING_PAGE]
    nets = settling.nets(session, payment_queries.that_settle(session))
    to_pay = {row.id: nets[row.id].to_pay if row.id in nets else row.total for row in shown}
    obstacles = {
        row.id: payment.obstacle(
            row.claimant_id, row.bank_account, by=someone.id, transfers=to_pay[row.id] > 0
        )
        for row in shown
    }
    after = request.args.get("after", "")
    advances = [] if after else payment_queries.advances_to_pay(session)
    advance_obstacles = {
        row.id: payment.obstacle(row.owner_id, row.bank_account, by=someone.id) for row in advances
    }
    every = request.args.get("tick") == "all"
    wanted = set(obstacles) if every else set(_chosen())
    ticked = [row for row in shown if row.id in wanted and not obstacles[row.id]]
    wanted = set(advance_obstacles) if every else set(_chosen("advance"))
    ticked_advances = [r for r in advances if r.id in wanted and not advance_obstacles[r.id]]
    more = None
    if len(rows) > WAITING_PAGE:
        last = shown[-1]
        more = url_for("payments.list", after=f"{last.decided_at.timestamp():.6f}:{last.id}")
    count, total = payment_queries.waiting_sum(session)
    settled = sum(amount for each in nets.values() for amount in each.settled.values())
    return render_template(
        "payments/list.html", rows=shown, obstacles=obstacles, more=more, count=count, total=total,
        ticked={row.id for row in ticked}, to_pay=to_pay, settled=settled,
        advances=advances, advance_obstacles=advance_obstacles,
        ticked_advances={row.id for row in ticked_advances},
        chosen=sum(to_pay[r.id] for r in ticked) + sum(r.amount for r in ticked_advances),
        may_pay=access.may_pay(someone),
    )  # fmt: skip


def _after(key: str) -> tuple[datetime, int] | None:
    stamp, _colon, claim_id = key.partition(":")
    try:
        return datetime.fromtimestamp(float(stamp), now().tzinfo), int(claim_id)
    except (ValueError, OverflowError, OSError):
        return None


def _chosen(kind: str = "claim") -> list[int]:
    """The claims, or the advances, that were ticked."""
    return request.values.getlist(kind, type=int)[: payment.MOST_IN_BATCH + 1]


@blueprint.get("/new")
@role(PAYER)
def new() -> Any:
    """What will be put into a batch, for a last look."""
    if not (_chosen() or _chosen("advance")):
        flash(_("Choose at least one claim."), "problem")
        return redirect(url_for("payments.list"), 303)
    return _confirm_page(StartForm(formdata=None))


@blueprint.post("/start")
@role(PAYER)
@writes()
def start() -> Any:
    """Put the claims into a new batch."""
    form = StartForm()
    try:
        made = payment.start_batch(
            db.session(), _chosen(), advance_ids=_chosen("advance"), by=reader().id, at=now()
        )
    except Invalid as refusal:
        db.session.rollback()
        form.refuse(refusal)
        return _confirm_page(form), 422
    flash(_("The batch is made. Send its file to the bank."), "success")
    return redirect(url_for("payments.batch", batch_id=made.id), 303)


def _confirm_page(form: StartForm) -> str:
    session, chosen, chosen_advances = db.session(), _chosen(), _chosen("advance")
    rows = payment_queries.chosen_to_pay(session, chosen)
    advances = payment_queries.advances_to_pay(session, chosen_advances) if chosen_advances else []
    to_pay = {claim_id: each.to_pay for claim_id, each in settling.nets(session, rows).items()}
    advanced = sum(row.amount for row in advances)
    return render_template(
        "payments/new.html", rows=rows, advances=advances, to_pay=to_pay, form=form,
        chosen={"claim": chosen, "advance": chosen_advances},
        left_out=len(chosen) + len(chosen_advances) - len(rows) - len(advances),
        gross=sum(row.total for row in rows) + advanced, total=sum(to_pay.values()) + advanced,
    )  # fmt: skip


@blueprint.get("/batches")
@role(PAYER, FINANCE, AUDITOR)
def batches() -> Any:
    """All batches, newest first."""
    rows = payment_queries.batches(db.session(), request.args.get("before", type=int))
    shown = rows[:PAGE]
    older = url_for("payments.batches", before=shown[-1].Batch.id) if len(rows) > PAGE else None
    return render_template("payments/batches.html", rows=shown, older=older)


@blueprint.get("/batches/<int:batch_id>")
@role(PAYER, FINANCE, AUDITOR)
def batch(batch_id: int) -> Any:
    """One batch and its payments."""
    return render_template("payments/batch.html", **_page_of(batch_id))


@blueprint.post("/batches/<int:batch_id>/export")
@role(PAYER)
@writes(repeatable=True)
def export(batch_id: int) -> Any:
    """The batch as a file for the bank. Taking it again is harmless until it is closed."""
    session, found = db.session(), _batch(batch_id)
    payment.note_export(session, found, by=reader().id, at=now())
    head = [_("Payee"), _("Bank"), _("Account"), _("Amount"), _("Claim"), _("Remark")]
    rows = [
        (each.payee, each.bank, each.account, Amount(each.amount), each.number, each.remark)
        for each in payment.transfers(session, found)
    ]
    kind = XLSX if request.form.get("kind") == XLSX else CSV
    return download(kind, _("Payment batch %(number)s", number=batch_id), head, rows)


@blueprint.get("/batches/<int:batch_id>/close")
@role(PAYER)
def close(batch_id: int) -> Any:
    """Ask what the bank did."""
    page = _page_of(batch_id)
    if page["batch"].state != BATCH_OPEN:
        return redirect(url_for("payments.batch", batch_id=batch_id), 303)
    form = CloseForm(_ids(page), formdata=None, version=page["batch"].version)
    return render_template("payments/close.html", **page | {"form": form})


@blueprint.post("/batches/<int:batch_id>/close")
@role(PAYER)
@writes()
def close_post(batch_id: int) -> Any:
    """Mark the batch paid, and single payments failed."""
    page, at = _page_of(batch_id), now()
    form = CloseForm(_ids(page))
    try:
        if form.validate():
            payment.close_batch(
                db.session(), page["batch"], _paid_on(form), form.reference.data or "", form.failed,
                shown=_shown(), by=reader().id, at=at, today=day(at, settings().timezone),
            )  # fmt: skip
            flash(_("The batch is closed and the claimants are told."), "success")
            return redirect(url_for("payments.batch", batch_id=batch_id), 303)
    except Invalid as refusal:
        form.refuse(refusal)
    return render_template("payments/close.html", **page | {"form": form}), 422


def _ids(page: dict[str, Any]) -> list[int]:
    return [row.id for row in page["rows"]]


def _shown() -> int:
    """The version of the batch on the page that the button was on."""
    return request.form.get("version", 0, type=int)


def _paid_on(form: CloseForm) -> date:
    try:
        return parse_day(form.paid_on.data or "")
    except Invalid as refusal:
        raise Invalid(refusal.words, "paid_on") from None


@blueprint.get("/batches/<int:batch_id>/cancel")
@role(PAYER)
def cancel(batch_id: int) -> Any:
    """Ask whether the batch shall be undone."""
    page = _page_of(batch_id)
    if page["batch"].state != BATCH_OPEN:
        return redirect(url_for("payments.batch", batch_id=batch_id), 303)
    return render_template("payments/cancel.html", **page)


@blueprint.post("/batches/<int:batch_id>/cancel")
@role(PAYER)
@writes()
def cancel_post(batch_id: int) -> Any:
    """Undo the batch: its claims wait for payment again."""
    payment.cancel_batch(db.session(), _batch(batch_id), shown=_shown(), by=reader().id, at=now())
    flash(_("The batch is cancelled. Its claims wait for payment again."), "success")
    return redirect(url_for("payments.list"), 303)


def _batch(batch_id: int) -> Batch:
    found = db.session.get(Batch, batch_id)
    if found is None:
        raise Missing(NO_SUCH_PAGE)
    return found


def _page_of(batch_id: int) -> dict[str, Any]:
    """What the pages about one batch show. Two queries."""
    session = db.session()
    found = payment_queries.batch_with_names(session, batch_id)
    if found is None:
        raise Missing(NO_SUCH_PAGE)
    rows = payment_queries.payments_of(session, batch_id)
    return {
        "batch": found.Batch,
        "maker": found.maker,
        "rows": rows,
        "total": sum(row.amount for row in rows),
        "gross": sum(row.total for row in rows),
        "open": found.Batch.state == BATCH_OPEN,
        "may_pay": access.may_pay(reader()),
        "form": BatchForm(formdata=None, version=found.Batch.version),
    }
