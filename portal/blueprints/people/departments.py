"""The tree of departments."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from portal.blueprints.people import blueprint
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Invalid, Missing
from portal.forms.people import DepartmentForm, department_choices
from portal.people import departments as rules
from portal.people.companies import companies
from portal.people.models import Department
from portal.people.roles import ADMIN
from portal.web.guards import NO_SUCH_PAGE, reader, role
from portal.web.i18n import named
from portal.web.languages import gettext as _
from portal.web.writing import writes


@blueprint.get("/departments")
@role(ADMIN)
def departments() -> Any:
    """All departments as a tree."""
    return render_template("people/departments.html", tree=rules.tree(db.session()))


@blueprint.get("/departments/new")
@role(ADMIN)
def new_department() -> Any:
    """An empty form for a new department."""
    return _new_page(DepartmentForm(formdata=None))


@blueprint.post("/departments/new")
@role(ADMIN)
@writes()
def new_department_post() -> Any:
    """Found a department."""
    form = DepartmentForm()
    if not form.validate():
        return _new_page(form), 422
    try:
        rules.create(db.session(), form.cells(), by=reader().id, at=now())
    except Invalid as refusal:
        form.refuse(refusal)
        return _new_page(form), 422
    flash(_("Saved."), "success")
    return redirect(url_for("people.departments"), 303)


@blueprint.get("/departments/<int:department_id>/edit")
@role(ADMIN)
def edit_department(department_id: int) -> Any:
    """A department as a form."""
    department = _found(department_id)
    cells = rules.cells_of(db.session(), department)
    shown = rules.shown_version(db.session(), department)
    return _edit_page(DepartmentForm(formdata=None, shown=shown, **cells), department)


@blueprint.post("/departments/<int:department_id>/edit")
@role(ADMIN)
@writes()
def edit_department_post(department_id: int) -> Any:
    """Change a department."""
    department, form = _found(department_id), DepartmentForm()
    if not form.validate():
        return _edit_page(form, department), 422
    try:
        rules.change(
            db.session(), department, form.cells(),
            shown=form.shown.data or "", by=reader().id, at=now(),
        )  # fmt: skip
    except Invalid as refusal:
        form.refuse(refusal)
        return _edit_page(form, department), 422
    flash(_("Saved."), "success")
    return redirect(url_for("people.departments"), 303)


def _found(department_id: int) -> Department:
    department = db.session.get(Department, department_id)
    if department is None:
        raise Missing(NO_SUCH_PAGE)
    return department


def _new_page(form: DepartmentForm) -> str:
    _offer_choices(form)
    return render_template("people/new_department.html", form=form)


def _edit_page(form: DepartmentForm, department: Department) -> str:
    _offer_choices(form)
    return render_template("people/edit_department.html", form=form, department=department)


def _offer_choices(form: DepartmentForm) -> None:
    tree = rules.tree(db.session())
    form.parent.choices = department_choices(tree, _("None: it stands at the top"))
    form.company.choices = [
        ("", _("That of the department above")),
        *((each.code, named(each.name)) for each in companies(db.session()) if each.active),
    ]
