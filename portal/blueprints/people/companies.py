"""The companies (legal entities) whose money is spent."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from portal.blueprints.people import blueprint
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Invalid, Missing
from portal.forms.companies import CompanyForm
from portal.people import companies as rules
from portal.people.models import Company
from portal.people.roles import ADMIN
from portal.people.tax_number import is_unified
from portal.web.guards import NO_SUCH_PAGE, reader, role
from portal.web.languages import gettext as _
from portal.web.writing import writes


@blueprint.get("/companies")
@role(ADMIN)
def companies() -> Any:
    """All companies by code."""
    return render_template("people/companies.html", companies=rules.companies(db.session()))


@blueprint.get("/companies/new")
@role(ADMIN)
def new_company() -> Any:
    """An empty form for a new company."""
    return render_template("people/new_company.html", form=CompanyForm(formdata=None))


@blueprint.post("/companies/new")
@role(ADMIN)
@writes()
def new_company_post() -> Any:
    """Take a company in."""
    form = CompanyForm()
    if not form.validate():
        return render_template("people/new_company.html", form=form), 422
    try:
        company = rules.create(db.session(), form.cells(), by=reader().id, at=now())
    except Invalid as refusal:
        form.refuse(refusal)
        return render_template("people/new_company.html", form=form), 422
    return _saved(company)


@blueprint.get("/companies/<int:company_id>/edit")
@role(ADMIN)
def edit_company(company_id: int) -> Any:
    """A company as a form."""
    company = _found(company_id)
    cells = {**rules.cells_of(company), "active": company.active}
    form = CompanyForm(formdata=None, data={**cells, "shown": rules.shown_version(company)})
    return render_template("people/edit_company.html", form=form, company=company)


@blueprint.post("/companies/<int:company_id>/edit")
@role(ADMIN)
@writes()
def edit_company_post(company_id: int) -> Any:
    """Change a company."""
    company, form = _found(company_id), CompanyForm()
    if not form.validate():
        return render_template("people/edit_company.html", form=form, company=company), 422
    try:
        rules.change(
            db.session(), company, form.cells(),
            shown=form.shown.data or "", by=reader().id, at=now(),
        )  # fmt: skip
    except Invalid as refusal:
        form.refuse(refusal)
        return render_template("people/edit_company.html", form=form, company=company), 422
    return _saved(company)


def _saved(company: Company) -> Any:
    flash(_("Saved."), "success")
    if not company.tax_id:
        flash(_("Without a tax number invoices are checked by the company's name alone."), "info")
    elif not is_unified(company.tax_id):
        flash(_("This tax number is no unified social credit code. Is it still valid?"), "warning")
    return redirect(url_for("people.companies"), 303)


def _found(company_id: int) -> Company:
    company = db.session.get(Company, company_id)
    if company is None:
        raise Missing(NO_SUCH_PAGE)
    return company
