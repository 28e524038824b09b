"""The projects that costs are booked on."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from portal.blueprints.people import blueprint
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Invalid, Missing
from portal.forms.companies import ProjectForm
from portal.people import projects as rules
from portal.people.models import Project
from portal.people.roles import ADMIN
from portal.web.guards import NO_SUCH_PAGE, reader, role
from portal.web.languages import gettext as _
from portal.web.writing import writes


@blueprint.get("/projects")
@role(ADMIN)
def projects() -> Any:
    """All projects, those in use first."""
    return render_template("people/projects.html", rows=rules.listed(db.session()))


@blueprint.get("/projects/new")
@role(ADMIN)
def new_project() -> Any:
    """An empty form for a new project."""
    return render_template("people/new_project.html", form=ProjectForm(formdata=None))


@blueprint.post("/projects/new")
@role(ADMIN)
@writes()
def new_project_post() -> Any:
    """Begin a project."""
    form = ProjectForm()
    if not form.validate():
        return render_template("people/new_project.html", form=form), 422
    try:
        rules.create(db.session(), form.cells(), by=reader().id, at=now())
    except Invalid as refusal:
        form.refuse(refusal)
        return render_template("people/new_project.html", form=form), 422
    flash(_("Saved."), "success")
    return redirect(url_for("people.projects"), 303)


@blueprint.get("/projects/<int:project_id>/edit")
@role(ADMIN)
def edit_project(project_id: int) -> Any:
    """A project as a form."""
    project = _found(project_id)
    shown = rules.shown_version(db.session(), project)
    cells: dict[str, Any] = rules.cells_of(db.session(), project) | {"active": project.active}
    form = ProjectForm(formdata=None, shown=shown, **cells)
    return render_template("people/edit_project.html", form=form, project=project)


@blueprint.post("/projects/<int:project_id>/edit")
@role(ADMIN)
@writes()
def edit_project_post(project_id: int) -> Any:
    """Change a project."""
    project, form = _found(project_id), ProjectForm()
    if not form.validate():
        return render_template("people/edit_project.html", form=form, project=project), 422
    try:
        rules.change(
            db.session(), project, form.cells(),
            shown=form.shown.data or "", by=reader().id, at=now(),
        )  # fmt: skip
    except Invalid as refusal:
        form.refuse(refusal)
        return render_template("people/edit_project.html", form=form, project=project), 422
    flash(_("Saved."), "success")
    return redirect(url_for("people.projects"), 303)


def _found(project_id: int) -> Project:
    project = db.session.get(Project, project_id)
    if project is None:
        raise Missing(NO_SUCH_PAGE)
    return project
