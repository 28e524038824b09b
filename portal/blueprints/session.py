"""Signing in and out, forgotten passwords, invitations, and the language."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from sqlalchemy import select, update

from portal.core import jobs, once
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Invalid, NotNow
from portal.core.words import words
from portal.forms.session import ForgottenForm, NewPasswordForm, SignInForm
from portal.people import guessing, passwords, sessions
from portal.people.identities import PASSWORDS_OFF, may_use_password
from portal.people.models import Person
from portal.people.queries import find_by_sign_in
from portal.settings import DEMO_PASSWORD
from portal.web import labels
from portal.web import session as web_session
from portal.web.guards import public, reader, reader_or_none, signed_in
from portal.web.i18n import say
from portal.web.kept_forms import keep
from portal.web.languages import LANGUAGES
from portal.web.languages import gettext as _
from portal.web.session import own_address, settings
from portal.web.writing import keep_although_refused, writes

blueprint = Blueprint("session", __name__)

WRONG = words("This e-mail or number and password do not belong together.")


@blueprint.get("/sign-in")
@public
def sign_in() -> Any:
    """The sign-in page."""
    if reader_or_none() and not request.args.get("kept"):
        return redirect(own_address(request.args.get("next")) or url_for("home.show"), 303)
    form = SignInForm(formdata=None)
    form.next.data = own_address(request.args.get("next")) or ""
    form.kept.data = request.args.get("kept", "")
    return _page(form)


@dataclass(frozen=True)
class _Try:
    """A try to sign in, looked at: ``proved`` is the hash that the password belongs to."""

    at: datetime
    proved: str | None = None
    refused: NotNow | None = None


def _look_at_password() -> None:
    """Before anything is locked: argon2 takes 20 ms, in which others write.

    Whoever has to wait is told so without his password being looked at.
    """
    form, database, at = SignInForm(), db.session(), now()
    g.tried = _Try(at)
    if not form.validate():
        return
    person = find_by_sign_in(database, form.name.data or "")
    stored = person.password_hash if person else None
    try:
        guessing.refuse_guessers(database, _counted(person, form), at)
    except NotNow as refusal:
        g.tried = _Try(at, refused=refusal)
        return
    database.rollback()
    if passwords.matches(stored, form.password.data or ""):
        g.tried = _Try(at, proved=stored)


@blueprint.post("/sign-in")
@public
@writes(before=_look_at_password)
def sign_in_post() -> Any:
    """Count the try and, when the password was right, give the browser its session."""
    form, database = SignInForm(), db.session()
    if not form.validate():
        return _page(form), 422
    tried: _Try = g.tried
    person = find_by_sign_in(database, form.name.data or "")
    if not may_use_password(person, only_provider=settings().oidc_only):
        person = None
    # The password may have been changed since it was looked at.
    right = tried.proved is not None and person is not None and person.password_hash == tried.proved
    try:
        if tried.refused:
            raise tried.refused
        guessing.judge_try(database, _counted(person, form), tried.at, right=right)
    except NotNow as refusal:
        database.rollback()
        form.form_errors.append(say(refusal.words))
        return _page(form), 429
    if person is None or not right:
        keep_although_refused()
        form.form_errors.append(say(WRONG))
        return _page(form), 422
    web_session.sign_in(person, shared=form.shared.data)
    kept = form.kept.data
    if kept:
        return redirect(url_for("session.resume", token=kept), 303)
    return redirect(own_address(form.next.data) or url_for("home.show"), 303)


def _counted(
    person: Person | None, form: SignInForm | ForgottenForm, purpose: str = "sign-in"
) -> dict[str, int]:
    """Where failures are counted: one person's together, whatever name was typed for him."""
    who = f"person {person.id}" if person else f"nobody {form.name.data}"
    return guessing.keys(who, request.remote_addr or "", purpose)


def _page(form: SignInForm) -> str:
    cast: list[Person] = []
    if settings().demo:
        found = db.session.scalars(select(Person).where(Person.number.in_(labels.CAST)))
        cast = sorted(found, key=lambda person: list(labels.CAST).index(person.number))
    return render_template(
        "session/sign_in.html", form=form, cast=cast, password=DEMO_PASSWORD,
        ended=request.args.get("ended"), provider=settings().oidc_issuer and settings().oidc_name,
        passwords_off=settings().oidc_only and request.method == "GET"
        and "emergency" not in request.args,
    )  # fmt: skip


@blueprint.post("/sign-out")
@public
@writes()
def sign_out() -> Any:
    """End this browser's session and leave nothing of it behind."""
    someone = reader_or_none()
    if someone:
        sessions.end(db.session(), someone.id, someone.sign_in_id, now())
    by_provider = session.get("by_provider")
    web_session.sign_out()
    response = redirect(url_for("session.sign_in"), 303)
    if by_provider is not None:
        session["left_provider"] = by_provider
        response = redirect(url_for("oidc.left"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.get("/resume/<token>")
@signed_in
def resume(token: str) -> Any:
    """What was typed while signed out, ready to be sent again by its owner."""
    kept = db.session.get(once.KeptForm, sessions.digest(token))
    if kept is None or kept.person_id != reader().id:
        return redirect(url_for("home.show"), 303)
    return render_template("session/resume.html", kept=kept)


@blueprint.post("/language")
@public
@writes(repeatable=True)
def language() -> Any:
    """Switch the language, for a signed-in person everywhere."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        switch_language(chosen)
    target = own_address(request.values.get("next")) or url_for("home.show")
    someone = reader_or_none()
    kept = keep(someone.id, target, but=("language", "next")) if someone else None
    if kept:
        target += f"{'&' if '?' in target else '?'}kept={kept}"
    return redirect(target, 303)


def switch_language(chosen: str) -> None:
    """Use ``chosen`` from the next page on. The caller's view commits."""
    session["language"] = chosen
    someone = reader_or_none()
    if someone:
        db.session.execute(update(Person).where(Person.id == someone.id).values(language=chosen))


@blueprint.get("/forgotten")
@public
def forgotten() -> Any:
    """Ask for a link to a new password."""
    return render_template("session/forgotten.html", form=ForgottenForm(), sent=False)


@blueprint.post("/forgotten")
@public
@writes()
def forgotten_post() -> Any:
    """Send the link; the answer is the same whether the person exists or not."""
    form = ForgottenForm()
    if not form.validate():
        return render_template("session/forgotten.html", form=form, sent=False), 422
    database, at = db.session(), now()
    person = find_by_sign_in(database, form.name.data or "")
    counted = _counted(person, form, "forgotten")
    try:
        guessing.refuse_guessers(database, counted, at)
    except NotNow as refusal:
        form.form_errors.append(say(refusal.words))
        return render_template("session/forgotten.html", form=form, sent=False), 429
    guessing.note_failure(database, counted, at)
    if person and may_use_password(person, only_provider=settings().oidc_only):
        token = sessions.issue(database, person, sessions.RESET, at)
        jobs.enqueue(database, "mail_token", due_at=at, rank=jobs.URGENT, person_id=person.id,
                     purpose=sessions.RESET, token=token)  # fmt: skip
    return render_template("session/forgotten.html", form=form, sent=True)


@blueprint.get("/password/<any(invite, reset):purpose>/<token>")
@public
def new_password(purpose: str, token: str) -> Any:
    """Choose a password with a link from a mail; opening the link uses nothing up."""
    person = sessions.holder(db.session(), token, purpose, now())
    return _new_password_page(NewPasswordForm(), person, purpose)


@blueprint.post("/password/<any(invite, reset):purpose>/<token>")
@public
@writes()
def new_password_post(purpose: str, token: str) -> Any:
    """Set the password, end every session of the person, and sign this browser in."""
    form = NewPasswordForm()
    database, at = db.session(), now()
    person = sessions.holder(database, token, purpose, at)
    if not may_use_password(person, only_provider=settings().oidc_only):
        raise NotNow(words(PASSWORDS_OFF.text, name=settings().oidc_name))
    if not form.validate():
        return _new_password_page(form, person, purpose), 422
    try:
        passwords.check(form.password.data or "", person.name, person.email, person.number)
    except Invalid as refusal:
        form.refuse(refusal)
        return _new_password_page(form, person, purpose), 422
    sessions.redeem(database, token, purpose, at)
    sessions.end_tokens(database, person.id, at)
    person.password_hash = passwords.hashed(form.password.data or "")
    sessions.end_all(database, person.id, at)
    web_session.sign_in(person, shared=False)
    flash(_("Your password is set and you are signed in."), "success")
    return redirect(url_for("home.show"), 303)


def _new_password_page(form: NewPasswordForm, person: Person, purpose: str) -> str:
    return render_template(
        "session/new_password.html", form=form, someone=person, purpose=purpose,
        least=passwords.SHORTEST,
    )  # fmt: skip
