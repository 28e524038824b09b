"""The calendar of holidays and of weekend days that are worked."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.policy import EDITORS, blueprint
from portal.core.clock import day, now
from portal.core.days import parse_day
from portal.core.db import db
from portal.core.errors import Invalid
from portal.forms.policy import DayForm
from portal.policy import calendar as rules
from portal.web.guards import reader, role, signed_in
from portal.web.languages import gettext as _
from portal.web.session import settings
from portal.web.writing import writes


@blueprint.get("/calendar")
@signed_in
def calendar() -> Any:
    """The days of a year that are not what their weekday says."""
    return _page(DayForm(formdata=None), _year(request.args.get("year", "")))


@blueprint.post("/calendar")
@role(*EDITORS)
@writes()
def calendar_post() -> Any:
    """Add a day."""
    form = DayForm()
    try:
        try:
            wanted = parse_day(form.day.data or "")
        except Invalid as refusal:
            raise Invalid(refusal.words, "day") from None
        rules.add(
            db.session(), wanted, works=form.works.data == "y",
            name_zh=form.name_zh.data or "", name_en=form.name_en.data or "",
            by=reader().id, at=now(),
        )  # fmt: skip
    except Invalid as refusal:
        form.refuse(refusal)
        return _page(form, _year(request.form.get("year", ""))), 422
    flash(_("Saved."), "success")
    return redirect(url_for("policy.calendar", year=wanted.year), 303)


@blueprint.post("/calendar/remove")
@role(*EDITORS)
@writes()
def remove_day() -> Any:
    """Take a day out of the calendar."""
    wanted = parse_day(request.form.get("day", ""))
    rules.remove(db.session(), wanted, by=reader().id, at=now())
    flash(_("%(day)s is an ordinary day again.", day=wanted), "success")
    return redirect(url_for("policy.calendar", year=wanted.year), 303)


@blueprint.post("/calendar/fill")
@role(*EDITORS)
@writes()
def fill_year() -> Any:
    """Bring in what is known of a year."""
    year = _year(request.form.get("year", ""))
    new, announced = rules.fill(db.session(), year, by=reader().id, at=now())
    if new:
        flash(_("%(count)s days were added.", count=new), "success")
    else:
        flash(_("Everything that is known of %(year)s was there already.", year=year), "info")
    if not announced:
        flash(
            _(
                "The working weekend days of %(year)s were not announced when this portal was "
                "made. Add them when they are.",
                year=year,
            ),
            "warning",
        )
    return redirect(url_for("policy.calendar", year=year), 303)


def _page(form: DayForm, year: int) -> str:
    session = db.session()
    this_year = day(now(), settings().timezone).year
    years = {*rules.years(session), this_year, this_year + 1, year}
    return render_template(
        "policy/calendar.html",
        form=form,
        year=year,
        years=sorted(years),
        days=rules.days_of(session, year),
        edits=reader().has(*EDITORS),
    )


def _year(text: str) -> int:
    this_year = day(now(), settings().timezone).year
    year = int(text) if text.isdecimal() and len(text) == 4 else this_year
    return min(max(year, rules.FIRST_YEAR), rules.LAST_YEAR)
