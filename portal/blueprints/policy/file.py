"""The rules as a file: out, and in again as a draft."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for

from portal.blueprints.policy import EDITORS, blueprint
from portal.blueprints.policy.draft import articles
from portal.core.clock import day, now
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.words import words
from portal.forms.policy import RulesFileForm
from portal.policy import drafts, portable, queries, versions
from portal.policy.portable import Unreadable
from portal.web.guards import reader, role
from portal.web.languages import gettext as _
from portal.web.session import settings
from portal.web.writing import writes

SHOWN = 200
"""Problems on one page."""


@blueprint.get("/export.toml")
@role(*EDITORS)
def export() -> Any:
    """A version, or the draft, as a file that the import accepts."""
    session = db.session()
    if request.args.get("draft"):
        rules, name = drafts.the_draft(session).rules, "draft"
    else:
        today = day(now(), settings().timezone)
        wanted = request.args.get("version", type=int)
        current = wanted or queries.current_policy(session, today).version
        rules, name = versions.version(session, current).rules, str(current)
    response = make_response(portable.write(rules))
    response.mimetype = "application/toml"
    response.headers.set("Content-Disposition", "attachment", filename=f"rules-{name}.toml")
    return response


@blueprint.get("/import")
@role(*EDITORS)
def import_() -> Any:
    """Choose a file."""
    return _page(RulesFileForm(formdata=None))


@blueprint.post("/import")
@role(*EDITORS)
@writes()
def import_post() -> Any:
    """Make a draft of the file, or name everything that is wrong with it."""
    form, session = RulesFileForm(), db.session()
    try:
        sent = request.files.get(form.file.name)
        if sent is None or not sent.filename:
            raise Invalid(words("Choose a file first."), "file")
        codes = {category.code for category in queries.categories(session)}
        data = sent.stream.read(portable.MOST_BYTES + 1)
        rules = portable.read(data, codes, articles())
    except Unreadable as refusal:
        form.refuse(refusal)
        return _page(form, refusal.problems), 422
    except Invalid as refusal:
        form.refuse(refusal)
        return _page(form), 422
    drafts.start(session, by=reader().id, at=now(), rules=rules)
    flash(_("The file is a draft now. Look at what it changes before you publish it."), "success")
    return redirect(url_for("policy.draft"), 303)


def _page(form: RulesFileForm, problems: list[portable.Problem] | None = None) -> str:
    found = problems or []
    return render_template(
        "policy/import.html",
        form=form,
        problems=found[:SHOWN],
        count=len(found),
        draft=drafts.open_draft(db.session()),
    )
