"""Finding people, and everything about one of them."""

from typing import Any

from flask import render_template, request, url_for

from portal.blueprints.people import blueprint
from portal.core.db import db
from portal.core.errors import Missing
from portal.forms.people import ConfirmForm, PeopleFilterForm
from portal.people import departments, directory_list
from portal.people.directory_list import PAGE, Wanted
from portal.people.models import Person
from portal.people.roles import ADMIN
from portal.web.guards import NO_SUCH_PAGE, role

STATES = {"working": True, "left": False, "all": None}


@blueprint.get("/", endpoint="list")
@role(ADMIN)
def list_people() -> Any:
    """Everybody by name."""
    form = PeopleFilterForm(request.args)
    form.offer(departments.tree(db.session()))
    rows = directory_list.listed(db.session(), narrowed(form))
    further = None
    if len(rows) > PAGE:
        kept: dict[str, Any] = {key: value for key, value in request.args.items() if value}
        further = url_for("people.list", **{**kept, "after": rows[PAGE - 1].id})
    working, department_count = directory_list.counts(db.session())
    return render_template(
        "people/list.html",
        form=form,
        rows=rows[:PAGE],
        further=further,
        narrowed=any(value for value in request.args.values()),
        working=working,
        department_count=department_count,
    )


def narrowed(form: PeopleFilterForm) -> Wanted:
    """What the address asks for."""
    return Wanted(
        text=(form.text.data or "").strip()[:100],
        department=form.department.data or "",
        role=form.role.data or "",
        active=STATES.get(form.state.data, True),
        after=request.args.get("after", type=int),
    )


@blueprint.get("/<int:person_id>")
@role(ADMIN)
def show(person_id: int) -> Any:
    """Everything about one person."""
    someone = found(person_id)
    managed, headed = directory_list.depends_on(db.session(), someone.id)
    return render_template(
        "people/show.html",
        someone=someone,
        managed=managed,
        headed=headed,
        history=directory_list.history(db.session(), someone.id),
        form=ConfirmForm(formdata=None),
    )


def found(person_id: int) -> Person:
    """The person of an address. Raises ``Missing``."""
    someone = directory_list.whole(db.session(), person_id)
    if someone is None:
        raise Missing(NO_SUCH_PAGE)
    return someone
