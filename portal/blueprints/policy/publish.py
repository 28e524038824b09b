"""Switching a draft on, handing it to a second person, giving it up."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.policy import EDITORS, blueprint
from portal.blueprints.policy.draft import articles, faults_of
from portal.core.clock import day, now
from portal.core.days import parse_day
from portal.core.db import db
from portal.core.errors import Invalid
from portal.forms.policy import DraftForm, PublishForm
from portal.people.queries import names_by_id
from portal.policy import drafts, versions
from portal.policy.differences import differences
from portal.policy.models import PolicyDraft
from portal.web.guards import reader, role
from portal.web.languages import gettext as _
from portal.web.session import settings
from portal.web.writing import writes


@blueprint.get("/draft/publish")
@role(*EDITORS)
def publish() -> Any:
    """What will change, and from when."""
    draft = drafts.open_draft(db.session())
    if draft is None or faults_of(draft):
        return redirect(url_for("policy.draft"), 303)
    first = draft.valid_from or drafts.earliest(db.session(), _today())
    form = PublishForm(
        formdata=None, version=draft.version, valid_from=first.isoformat(), note=draft.note
    )
    return _page(form, draft)


@blueprint.post("/draft/publish")
@role(*EDITORS)
@writes()
def publish_post() -> Any:
    """Switch the draft on, or hand it to a second person."""
    draft, form = drafts.the_draft(db.session()), PublishForm()
    try:
        if request.form.get("do") == "propose":
            _propose(draft, form)
            flash(
                _("Proposed. Another person of finance or an administrator publishes it."),
                "success",
            )
            return redirect(url_for("policy.draft"), 303)
        new = drafts.publish(
            db.session(), draft, two_people=settings().policy_two_people, **_decided(draft, form)
        )
    except Invalid as refusal:
        form.refuse(refusal)
        return _page(form, draft), 422
    flash(_("Published. The new rules hold from %(day)s on.", day=new.valid_from), "success")
    return redirect(url_for("policy.history"), 303)


@blueprint.get("/draft/discard")
@role(*EDITORS)
def discard() -> Any:
    """Ask whether the draft shall really go."""
    draft = drafts.open_draft(db.session())
    if draft is None:
        return redirect(url_for("policy.draft"), 303)
    form = DraftForm(formdata=None, version=draft.version)
    return render_template("policy/discard.html", draft=draft, form=form)


@blueprint.post("/draft/discard")
@role(*EDITORS)
@writes()
def discard_post() -> Any:
    """Give the draft up."""
    draft = drafts.the_draft(db.session())
    drafts.discard(db.session(), draft, shown=DraftForm().shown, by=reader().id, at=now())
    flash(_("The draft is discarded."), "success")
    return redirect(url_for("policy.history"), 303)


def _propose(draft: PolicyDraft, form: PublishForm) -> None:
    drafts.propose(db.session(), draft, **_decided(draft, form))


def _decided(draft: PolicyDraft, form: PublishForm) -> dict[str, Any]:
    """Day, note and who decides. What was proposed keeps its own day and note."""
    try:
        valid_from = draft.valid_from if form.valid_from.data is None else None
        valid_from = valid_from or parse_day(form.valid_from.data or "")
    except Invalid as refusal:
        raise Invalid(refusal.words, "valid_from") from None
    return {
        "valid_from": valid_from, "note": form.note.data or "", "articles": articles(),
        "shown": form.shown, "by": reader().id, "at": now(), "today": _today(),
    }  # fmt: skip


def _page(form: PublishForm, draft: PolicyDraft) -> str:
    session = db.session()
    base = versions.version(session, draft.based_on)
    two_people = settings().policy_two_people
    people = {draft.author_id, *([draft.proposed_by_id] if draft.proposed_by_id else [])}
    return render_template(
        "policy/publish.html",
        form=form,
        draft=draft,
        two_people=two_people,
        may_publish=drafts.may_publish(draft, reader().id, two_people=two_people),
        names=names_by_id(session, people),
        earliest=drafts.earliest(session, _today()),
        differences=differences(base.rules, draft.rules, versions.category_names(session)),
    )


def _today() -> Any:
    return day(now(), settings().timezone)
