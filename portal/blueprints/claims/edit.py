"""Filling a draft: one form, saved whole by every button and by itself while typing."""

import hashlib
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from portal.blueprints.claims import blueprint
from portal.blueprints.claims.preview import Preview, preview
from portal.blueprints.claims.receipts import attach_received, receive
from portal.blueprints.session import switch_language
from portal.claims import access, drafting, queries
from portal.claims.access import Seen
from portal.claims.models import Claim
from portal.claims.receipts import detach
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Refusal, Stale
from portal.forms.claims import ClaimForm, line_form, too_long, typed_lines
from portal.web.guards import claim
from portal.web.i18n import say
from portal.web.languages import LANGUAGES
from portal.web.languages import gettext as _
from portal.web.writing import turn, writes


@blueprint.get("/<int:claim_id>/edit")
@claim(access.may_edit)
def edit(seen: Seen) -> Any:
    """The draft as a form, with what the policy says and who will approve."""
    draft = queries.with_lines(db.session(), seen.claim)
    checked = request.args.get("checked") == "1"
    return render_template("claims/edit.html", **_context(draft, checked=checked))


@blueprint.post("/<int:claim_id>/edit")
@claim(access.may_edit)
@writes(repeatable=True, in_turn=True)
def edit_post(seen: Seen) -> Any:
    """Save what was typed, then do what the button says."""
    receive()
    draft = queries.with_lines(db.session(), seen.claim)
    form, editor = ClaimForm(), _editor()
    typed = typed_lines(draft, request.form)
    before = {line.id: line.category for line in draft.lines}
    try:
        with turn():
            whole = drafting.save(
                db.session(), draft, form.purpose.data or "", typed,
                shown=request.form.get("version", 0, int), at=now(), editor=editor,
            )  # fmt: skip
            attach_received(draft, editor)
            anchor = _acted(draft, request.form.get("do", "save"), editor)
            if request.form.get("language") in LANGUAGES:
                switch_language(request.form["language"])
    except Stale as stale:
        return _conflict(draft, form, stale)
    # Judging takes longer than saving, and nobody has to wait for it.
    if not whole:
        return _too_long(draft, form)
    if request.headers.get("HX-Trigger") == "claim-form":
        changed = {line.id for line in draft.lines if before.get(line.id) != line.category}
        return render_template("claims/_autosaved.html", **_context(draft), recategorised=changed)
    if anchor == "check":
        return _checked(draft)
    return redirect(url_for("claims.edit", claim_id=draft.id, _anchor=anchor), 303)


def _acted(draft: Claim, button: str, editor: str) -> str:
    """What ``_act`` does; what was typed is saved even when that is refused."""
    try:
        return _act(draft, button, editor)
    except Refusal as refusal:
        flash(say(refusal.words), "problem")
        return "main"


def _too_long(draft: Claim, form: ClaimForm) -> Any:
    """The form as it was typed; of what is too long the beginning is stored."""
    context = _context(draft, typed=request.form)
    context |= {"form": form, "too_long": too_long(form, context["forms"])}
    if request.headers.get("HX-Trigger") == "claim-form":
        return render_template("claims/_autosaved.html", **context, recategorised=set())
    return render_template("claims/edit.html", **context), 422


def _act(draft: Claim, button: str, editor: str) -> str:
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
    context = _context(draft, typed=request.form)
    context["form"].purpose.data = form.purpose.data
    context["conflict"] = say(stale.words)
    return render_template("claims/edit.html", **context), 409


def _context(draft: Claim, *, typed: Any = None, checked: bool = False) -> dict[str, Any]:
    judged: Preview = preview(draft)
    form = ClaimForm(formdata=None, purpose=draft.purpose, version=draft.version)
    forms = {line.id: line_form(line, judged.policy, typed) for line in draft.lines}
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
    }


def _show_at_fields(judged: Preview, form: ClaimForm, forms: dict[int, Any]) -> None:
    """Put what stops the claim at its control, as any form shows its errors."""
    for finding in judged.stopping:
        fields = forms.get(finding.line or 0, form)
        field = fields._fields.get(finding.field)
        if field is not None:
            field.errors = [*field.errors, f"{say(finding.says)} {say(finding.mend)}"]


def _editor() -> str:
    """The open page that sends this."""
    return hashlib.sha256(request.form.get("form_key", "").encode()).hexdigest()
