"""The categories of expenses."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from portal.blueprints.policy import EDITORS, blueprint
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Invalid, Missing
from portal.forms.policy import CategoryForm, NewCategoryForm
from portal.policy import editing, queries
from portal.policy.models import CategoryRow
from portal.web.guards import NO_SUCH_PAGE, reader, role
from portal.web.languages import gettext as _
from portal.web.languages import language
from portal.web.writing import writes


@blueprint.get("/categories")
@role(*EDITORS)
def categories() -> Any:
    """All categories as a tree."""
    return render_template("policy/categories.html", rows=queries.categories(db.session()))


@blueprint.get("/categories/new")
@role(*EDITORS)
def new_category() -> Any:
    """An empty form for a new category."""
    return _new_page(NewCategoryForm(formdata=None, position=100))


@blueprint.post("/categories/new")
@role(*EDITORS)
@writes()
def new_category_post() -> Any:
    """Add a category."""
    form = NewCategoryForm()
    if not form.validate():
        return _new_page(form), 422
    try:
        editing.create(db.session(), form.code.data or "", form.typed(), by=reader().id, at=now())
    except Invalid as refusal:
        form.refuse(refusal)
        return _new_page(form), 422
    flash(_("Saved."), "success")
    return redirect(url_for("policy.categories"), 303)


@blueprint.get("/categories/<code>")
@role(*EDITORS)
def edit_category(code: str) -> Any:
    """A category as a form."""
    row = _found(code)
    form = CategoryForm(formdata=None, obj=editing.typed_of(row), shown=editing.shown_version(row))
    return _edit_page(form, row)


@blueprint.post("/categories/<code>")
@role(*EDITORS)
@writes()
def edit_category_post(code: str) -> Any:
    """Change a category."""
    row, form = _found(code), CategoryForm()
    if not form.validate():
        return _edit_page(form, row), 422
    try:
        editing.change(
            db.session(), row, form.typed(), shown=form.shown.data or "", by=reader().id, at=now()
        )
    except Invalid as refusal:
        form.refuse(refusal)
        return _edit_page(form, row), 422
    flash(_("Saved."), "success")
    return redirect(url_for("policy.categories"), 303)


def _found(code: str) -> CategoryRow:
    row = db.session.get(CategoryRow, code)
    if row is None:
        raise Missing(NO_SUCH_PAGE)
    return row


def _new_page(form: NewCategoryForm) -> str:
    _offer_parents(form)
    return render_template("policy/new_category.html", form=form)


def _edit_page(form: CategoryForm, row: CategoryRow) -> str:
    _offer_parents(form, row.code)
    return render_template("policy/edit_category.html", form=form, row=row)


def _offer_parents(form: CategoryForm, but: str = "") -> None:
    tops = [row for row in editing.tops(db.session()) if row.code != but]
    form.parent.choices = [
        ("", _("None: it stands at the top")),
        *((row.code, row.name_zh if language() == "zh" else row.name_en) for row in tops),
    ]
