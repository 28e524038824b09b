"""Filling a draft: one form, saved whole by every button and by itself while typing."""

import hashlib
from typing import Any

from flask import flash, g, redirect, render_template, url_for
from htmx_flask import request

from portal.blueprints.claims import blueprint
from portal.blueprints.claims.filled import arriving
from portal.blueprints.claims.preview import Preview, preview
from portal.blueprints.claims.receipts import attach_received, look_now, receive
from portal.blueprints.session import switch_language
from portal.claims import access, drafting, intake, queries, splitting
from portal.claims.access import Seen
from portal.claims.models import Claim, Line
from portal.claims.receipts import detach
from portal.claims.trips import choose_trip
from portal.core.clock import day, now
from portal.core.db import db
from portal.core.errors import Invalid, Refusal, Stale
from portal.forms.claim_lines import Offers, line_form, typed_lines
from portal.forms.claims import ClaimForm, too_long
from portal.people.projects import in_use
from portal.prior.queries import trips_for
from portal.rates.queries import known_currencies
from portal.web.guards import claim
from portal.web.i18n import say
from portal.web.languages import LANGUAGES
from portal.web.languages import gettext as _
from portal.web.session import settings
from portal.web.writing import turn, writes


@blueprint.get("/<int:claim_id>/edit")
@claim(access.may_edit)
def edit(seen: Seen) -> Any:
    """The draft as a form, with what the policy says and who will approve."""
    draft = queries.with_lines(db.session(), seen.claim)
    checked = request.args.get("checked") == "1"
    return render_template("claims/edit.html", **form_context(draft, checked=checked))


@blueprint.post("/<int:claim_id>/edit")
@claim(access.may_edit)
@writes(repeatable=True, in_turn=True)
def edit_post(seen: Seen) -> Any:
    """Save what was typed, then do what the button says."""
    receive()
    draft = queries.with_lines(db.session(), seen.claim)
    form = ClaimForm()
    typed = typed_lines(draft, request.form)
    before = {line.id: _asks(line) for line in draft.lines}
    # The page saves by itself, whatever button happens to have the focus.
    by_itself = request.htmx.trigger == "claim-form"
    editor = _editor(by_itself=by_itself)
    button = "save" if by_itself else request.form.get("do", "save")
    g.looked = look_now(draft) if button == "unread" else {}
    shown = request.form.get("version", 0, int)
    try:
        with turn():
            whole = drafting.save(
                db.session(), draft, form.purpose.data or "", typed,
                shown=intake.caught_up(db.session(), draft, shown), at=now(), editor=editor,
            )  # fmt: skip
            intake.keep_arrived(db.session(), draft, shown, at=now())
            if "trip" in request.form:
                choose_trip(db.session(), draft, form.trip_id)
            attach_received(draft)
            anchor = _acted(draft, button, editor)
            if not by_itself and request.form.get("language") in LANGUAGES:
                switch_language(request.form["language"])
    except Stale as stale:
        return _conflict(draft, form, stale)
    except Invalid as refusal:
        return _no_such_trip(draft, refusal)
    # Judging takes longer than saving, and nobody has to wait for it.
    if not whole:
        return _too_long(draft, form)
    if by_itself:
        changed = {line.id for line in draft.lines if before.get(line.id) != _asks(line)}
        return render_template(
            "claims/_autosaved.html", **form_context(draft), recategorised=changed
        )
    if anchor == "check":
        return _checked(draft)
    return redirect(url_for("claims.edit", claim_id=draft.id, _anchor=anchor), 303)


def _acted(draft: Claim, button: str, editor: drafting.Editor) -> str:
    """What ``_act`` does; what was typed is saved even when that is refused."""
    try:
        return _act(draft, button, editor)
    except Refusal as refusal:
        flash(say(refusal.words), "problem")
        return "main"


def _no_such_trip(draft: Claim, refusal: Invalid) -> Any:
    """The form as it was typed: the chosen trip was closed or withdrawn meanwhile."""
    db.session.rollback()
    g.pop("received", None)
    context = form_context(queries.with_lines(db.session(), draft), typed=request.form)
    context["form"].trip.errors = [say(refusal.words)]
    context["form"].purpose.data = request.form.get("purpose", "")
    return render_template("claims/edit.html", **context), 422


def _too_long(draft: Claim, form: ClaimForm) -> Any:
    """The form as it was typed; of what is too long the beginning is stored."""
    context = form_context(draft, typed=request.form)
    _offer_trips(form, draft)
    context |= {"form": form, "too_long": too_long(form, context["forms"])}
    if request.htmx.trigger == "claim-form":
        return render_template("claims/_autosaved.html", **context, recategorised=set())
    return render_template("claims/edit.html", **context), 422


def _act(draft: Claim, button: str, editor: drafting.Editor) -> str:
    """Do what a button with ``do=<what>:<id>`` asks for; returns where to go on the page."""
    what, _colon, number = button.partition(":")
    target = int(number) if number.isdecimal() and len(number) < 19 else 0
    session, at = db.session(), now()
    if what == "add":
        return f"line-{drafting.new_line(session, draft).id}"
    if what == "copy":
        drafting.copy_line(session, draft, target)
        return f"line-{draft.lines[-1].id}"
    if what == "remove":
        drafting.remove_line(session, draft, target, shown=draft.version, at=at, editor=editor)
        return "claim-lines"
    if what == "detach":
        line_id = next((r.line_id for r in draft.receipts if r.id == target), 0)
        detach(session, draft, target, shown=draft.version, at=at, editor=editor)
        return f"line-{line_id}"
    if what in ("split", "unsplit"):
        act = splitting.add_part if what == "split" else splitting.remove_part
        line = act(session, draft, target)
        return f"line-{line.id}-parts" if line else "claim-lines"
    if what == "unread":
        intake.stop_waiting(session, draft, g.pop("looked"), at=at)
        return "claim-reading"
    return what if what in ("check", "upload") else "main"


def _checked(draft: Claim) -> Any:
    """On to the confirmation when nothing stops the claim, else back with what does."""
    if preview(draft).stopping:
        return redirect(
            url_for("claims.edit", claim_id=draft.id, checked=1, _anchor="error-summary"), 303
        )
    return redirect(url_for("claims.submit", claim_id=draft.id), 303)


def _conflict(draft: Claim, form: ClaimForm, stale: Stale) -> Any:
    """The form again with what was typed here, on top of what is stored by now."""
    db.session.rollback()
    g.pop("received", None)
    draft = queries.with_lines(db.session(), draft)
    context = form_context(draft, typed=request.form)
    context["form"].purpose.data = form.purpose.data
    context["conflict"] = say(stale.words)
    return render_template("claims/edit.html", **context), 409


def form_context(draft: Claim, *, typed: Any = None, checked: bool = False) -> dict[str, Any]:
    """What the form shows."""
    judged: Preview = preview(draft)
    form = ClaimForm(
        formdata=None, purpose=draft.purpose, version=draft.version,
        trip=str(draft.trip_id or ""),
    )  # fmt: skip
    _offer_trips(form, draft)
    offers = Offers(known_currencies(db.session(), draft.currency), in_use(db.session()))
    forms = {line.id: line_form(line, judged.policy, offers, typed) for line in draft.lines}
    if checked:
        _show_at_fields(judged, form, forms)
    return {
        "claim": draft,
        "form": form,
        "forms": forms,
        "judged": judged,
        "checked": checked,
        "conflict": None,
        "too_long": [],
        "title": draft.purpose or _("New claim"),
        **arriving(draft),
    }


def _offer_trips(form: ClaimForm, draft: Claim) -> None:
    today = day(now(), settings().timezone)
    form.offer(trips_for(db.session(), draft.claimant_id, today), draft.trip)


def _show_at_fields(judged: Preview, form: ClaimForm, forms: dict[int, Any]) -> None:
    """Put what stops the claim at its control, as any form shows its errors."""
    for finding in judged.stopping:
        fields = forms.get(finding.line or 0, form)
        field = fields.control(finding.field)
        if field is not None:
            field.errors = [*field.errors, f"{say(finding.says)} {say(finding.mend)}"]


def _asks(line: Line) -> tuple[str, str, bool]:
    """What decides which controls a line has."""
    return line.category, line.currency, "currency_code" in line.typed


def _editor(*, by_itself: bool) -> drafting.Editor:
    """The open page that sends this."""
    page = hashlib.sha256(request.form.get("form_key", "").encode()).hexdigest()[:40]
    return drafting.Editor(page, by_itself)
