"""Taking people in and changing what is known of them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.people import blueprint
from portal.blueprints.people.list import found
from portal.claims.handover import hand_over
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Invalid
from portal.forms.people import PersonForm, department_choices
from portal.people import departments, directory
from portal.people.models import Person
from portal.people.roles import ADMIN
from portal.web.guards import reader, role
from portal.web.languages import gettext as _
from portal.web.writing import writes


@blueprint.get("/new")
@role(ADMIN)
def new() -> Any:
    """An empty form for somebody new."""
    return _new_page(PersonForm(formdata=None))


@blueprint.post("/new")
@role(ADMIN)
@writes()
def new_post() -> Any:
    """Take somebody in, and invite him when asked to."""
    form, at = PersonForm(), now()
    try:
        person = directory.create(db.session(), form.cells(), by=reader().id, at=at)
    except Invalid as refusal:
        form.refuse(refusal)
        return _new_page(form), 422
    if request.form.get("do") == "invite":
        directory.invite(db.session(), person, by=reader().id, at=at)
        flash(_("%(name)s was added; the invitation is on its way.", name=person.name), "success")
    else:
        flash(_("%(name)s was added.", name=person.name), "success")
    return redirect(url_for("people.show", person_id=person.id), 303)


@blueprint.get("/<int:person_id>/edit")
@role(ADMIN)
def edit(person_id: int) -> Any:
    """What is known of a person, as a form."""
    someone = found(person_id)
    cells, shown = directory.cells_of(someone), directory.shown_version(someone)
    return _edit_page(PersonForm.showing(cells, shown), someone)


@blueprint.post("/<int:person_id>/edit")
@role(ADMIN)
@writes()
def edit_post(person_id: int) -> Any:
    """Change what is known of a person."""
    someone, form = found(person_id), PersonForm()
    try:
        changed = directory.change(
            db.session(), someone, form.cells(),
            shown=form.shown.data or "", by=reader().id, at=now(),
        )  # fmt: skip
    except Invalid as refusal:
        form.refuse(refusal)
        return _edit_page(form, someone), 422
    hand_over(db.session(), [someone.id], by=reader().id, at=now())
    flash(_("Saved.") if changed else _("Nothing was different; nothing was changed."), "success")
    return redirect(url_for("people.show", person_id=someone.id), 303)


def _new_page(form: PersonForm) -> str:
    _offer_departments(form)
    return render_template("people/new.html", form=form)


def _edit_page(form: PersonForm, someone: Person) -> str:
    _offer_departments(form)
    return render_template("people/edit.html", form=form, someone=someone)


def _offer_departments(form: PersonForm) -> None:
    form.department.choices = department_choices(departments.tree(db.session()), "–")
