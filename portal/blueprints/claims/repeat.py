"""Starting from what was claimed before: copies and templates."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from portal.blueprints.claims import blueprint
from portal.claims import access, drafting, queries
from portal.claims.access import Seen
from portal.claims.templates import keep_as_template, template_of, templates_of
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Invalid
from portal.forms.claims import ActionForm, TemplateForm
from portal.web.guards import claim, reader, signed_in
from portal.web.languages import gettext as _
from portal.web.writing import writes


@blueprint.post("/<int:claim_id>/copy")
@claim(access.may_copy)
@writes()
def copy(seen: Seen) -> Any:
    """A new draft like this claim."""
    old = queries.with_lines(db.session(), seen.claim)
    return _new_from(drafting.content(old))


@blueprint.get("/templates")
@signed_in
def templates() -> Any:
    """The reader's templates."""
    found = templates_of(db.session(), reader().id)
    return render_template("claims/templates.html", templates=found, form=ActionForm())


@blueprint.get("/<int:claim_id>/template")
@claim(access.may_copy)
def template(seen: Seen) -> Any:
    """Ask for the name of a template made from this claim."""
    form = TemplateForm(name=seen.claim.purpose)
    return render_template("claims/template.html", claim=seen.claim, form=form)


@blueprint.post("/<int:claim_id>/template")
@claim(access.may_copy)
@writes()
def template_post(seen: Seen) -> Any:
    """Keep this claim as a template."""
    form = TemplateForm()
    old = queries.with_lines(db.session(), seen.claim)
    try:
        kept = keep_as_template(db.session(), old, form.name.data or "", at=now())
    except Invalid as refusal:
        form.refuse(refusal)
        return render_template("claims/template.html", claim=old, form=form), 422
    flash(_("“%(name)s” is kept as a template.", name=kept.name), "success")
    return redirect(url_for("claims.templates"), 303)


@blueprint.post("/templates/<int:template_id>/use")
@signed_in
@writes()
def use_template(template_id: int) -> Any:
    """A new draft from a template."""
    kept = template_of(db.session(), template_id, reader().id)
    return _new_from(kept.content)


@blueprint.post("/templates/<int:template_id>/delete")
@signed_in
@writes()
def delete_template(template_id: int) -> Any:
    """Delete a template."""
    kept = template_of(db.session(), template_id, reader().id)
    db.session.delete(kept)
    flash(_("“%(name)s” is deleted.", name=kept.name), "success")
    return redirect(url_for("claims.templates"), 303)


def _new_from(content: dict[str, Any]) -> Any:
    someone = reader()
    draft = drafting.create_from(
        db.session(), content, by=someone.id, department_id=someone.department_id, at=now()
    )
    flash(_("This is a new draft. Give each line its date and its receipt."), "info")
    return redirect(url_for("claims.edit", claim_id=draft.id), 303)
