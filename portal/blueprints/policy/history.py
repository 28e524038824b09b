"""The versions of the rules: the list, each in words, and what differs."""

from typing import Any

from flask import redirect, render_template, request, url_for

from portal.blueprints.policy import EDITORS, blueprint
from portal.blueprints.policy.show import in_words
from portal.core.clock import day, now
from portal.core.db import db
from portal.forms.policy import DraftForm
from portal.policy import drafts, editing, editions, queries, versions
from portal.web.guards import reader, signed_in
from portal.web.session import settings


@blueprint.get("/history")
@signed_in
def history() -> Any:
    """Every version, newest first, and which one is in force."""
    session = db.session()
    found = versions.history(session)
    current = queries.current_policy(session, day(now(), settings().timezone)).version
    return render_template(
        "policy/history.html",
        versions=found, current=current, editions=editions.history(session),
    )  # fmt: skip


@blueprint.get("/editions/<int:edition_id>")
@signed_in
def edition(edition_id: int) -> Any:
    """What a change of categories or calendar changed."""
    found, changes = editions.changes(db.session(), edition_id)
    return render_template("policy/edition.html", edition=found, differences=changes)


@blueprint.get("/versions/<int:version_id>")
@signed_in
def version(version_id: int) -> Any:
    """A version in words, with the categories and the calendar of today or of a claim."""
    session, stamp = db.session(), request.args.get("judged", "")
    rules = queries.policy_of(session, version_id, stamp)
    found = editing.published(session, version_id)
    past = versions.history(session)
    edits = reader().has(*EDITORS)
    return render_template(
        "policy/version.html",
        until=versions.in_force_until(past, version_id),
        edits=edits and drafts.open_draft(session) is None,
        newest=past[0].id,
        form=DraftForm(formdata=None),
        edition=editions.edition(session, stamp) if stamp else None,
        **in_words(rules, found),
    )


@blueprint.get("/differences")
@signed_in
def differences() -> Any:
    """What differs between two versions, as a table."""
    before, after = request.args.get("before", 0, int), request.args.get("after", 0, int)
    session = db.session()
    past = versions.history(session)
    if not before or not after:
        newest = past[0]
        older = newest.based_on or newest.id
        return redirect(url_for("policy.differences", before=older, after=newest.id), 302)
    return render_template(
        "policy/differences.html",
        before=versions.version(session, before),
        after=versions.version(session, after),
        versions=past,
        differences=versions.between(session, before, after),
    )
