"""What concerns the reader himself: details, wishes, bank account, password, sign-ins."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for

from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Invalid, Missing, NotNow
from portal.forms.account import BankForm, SignInsForm, WishesForm
from portal.forms.base import PortalForm
from portal.forms.session import ChangePasswordForm
from portal.people import account, guessing, sessions
from portal.people.account import WrongPassword
from portal.people.browsers import browser_name
from portal.people.directory_list import whole
from portal.people.models import Person
from portal.people.passwords import SHORTEST
from portal.web.confirmed import confirmed_lately
from portal.web.guards import NO_SUCH_PAGE, reader, signed_in
from portal.web.i18n import say
from portal.web.languages import gettext as _
from portal.web.session import settings
from portal.web.writing import keep_although_refused, writes

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("/")
@signed_in
def show() -> Any:
    """Everything about the reader on one page."""
    someone = _myself()
    form = WishesForm(formdata=None, language=someone.language, notices_by=someone.notices_by)
    return _show_page(someone, form)


def _show_page(someone: Person, form: WishesForm) -> str:
    idle = timedelta(seconds=settings().idle_seconds)
    found = account.live_sign_ins(db.session(), someone.id, idle=idle, at=now())
    return render_template(
        "account/show.html",
        someone=someone,
        form=form,
        sign_ins=[(each, browser_name(each.browser)) for each in found],
        here=reader().sign_in_id,
        sign_ins_form=SignInsForm(formdata=None),
    )


@blueprint.post("/")
@signed_in
@writes()
def choose() -> Any:
    """Set the language and how notices come."""
    someone, form = _myself(), WishesForm()
    if not form.validate():
        return _show_page(someone, form), 422
    account.choose(
        db.session(), someone,
        language=form.language.data, notices_by=form.notices_by.data, at=now(),
    )  # fmt: skip
    session["language"] = form.language.data
    flash(_("Saved."), "success")
    return redirect(url_for("account.show"), 303)


@blueprint.get("/bank")
@signed_in
def bank() -> Any:
    """Where the reader's claims are paid to, as a form."""
    someone = _myself()
    form = BankForm(formdata=None, bank_name=someone.bank_name, bank_account=someone.bank_account)
    return _bank_page(form, someone)


@blueprint.post("/bank")
@signed_in
@writes()
def bank_post() -> Any:
    """Have claims paid to another account."""
    someone, form, at = _myself(), BankForm(), now()
    confirmed = _confirms(someone) and confirmed_lately(at)
    if confirmed:
        del form.password
    if not form.validate():
        return _bank_page(form, someone), 422
    try:
        _refuse_guessers()
        account.change_bank_account(
            db.session(), someone, form.bank_name.data or "", form.bank_account.data or "",
            "" if confirmed else form.password.data or "", at=at, confirmed=confirmed,
        )  # fmt: skip
    except (Invalid, NotNow) as refusal:
        status = _refused(form, refusal)
        return _bank_page(form, someone), status
    _forget_failures()
    flash(_("Your claims are paid to this account from now on."), "success")
    return redirect(url_for("account.show"), 303)


def _confirms(someone: Person) -> bool:
    """Whether the person confirms who he is at the identity provider, for want of a password."""
    return someone.password_hash is None and bool(settings().oidc_issuer)


def _bank_page(form: BankForm, someone: Person) -> str:
    provider = ""
    if _confirms(someone) and not confirmed_lately(now()):
        provider = settings().oidc_name
    elif _confirms(someone) and "password" in form:
        del form.password
    return render_template("account/bank.html", form=form, provider=provider)


@blueprint.get("/password")
@signed_in
def password() -> Any:
    """Choose another password."""
    return _password_page(ChangePasswordForm(formdata=None))


@blueprint.post("/password")
@signed_in
@writes()
def password_post() -> Any:
    """Set the new password and sign out every other browser."""
    form = ChangePasswordForm()
    if not form.validate():
        return _password_page(form), 422
    try:
        _refuse_guessers()
        account.change_password(
            db.session(), _myself(), form.old_password.data or "", form.password.data or "",
            here=reader().sign_in_id, at=now(),
        )  # fmt: skip
    except (Invalid, NotNow) as refusal:
        status = _refused(form, refusal)
        return _password_page(form), status
    _forget_failures()
    flash(_("Your password is changed. Other browsers are signed out."), "success")
    return redirect(url_for("account.show"), 303)


@blueprint.post("/sign-ins")
@signed_in
@writes()
def end_sign_ins() -> Any:
    """Sign one other browser out, or all others."""
    me, which = reader(), request.form.get("end", "")
    if which == "others":
        sessions.end_all(db.session(), me.id, now(), but=me.sign_in_id)
        flash(_("All other browsers are signed out."), "success")
    else:
        sessions.end(db.session(), me.id, request.form.get("end", 0, int), now())
        flash(_("That browser is signed out."), "success")
    return redirect(url_for("account.show"), 303)


def _myself() -> Person:
    someone = whole(db.session(), reader().id)
    if someone is None:
        raise Missing(NO_SUCH_PAGE)
    return someone


def _password_page(form: ChangePasswordForm) -> str:
    return render_template("account/password.html", form=form, least=SHORTEST)


def _counted() -> dict[str, int]:
    """Wrong passwords are counted as at the sign-in: an open screen is no way to guess."""
    return guessing.keys(f"password of {reader().number}", request.remote_addr or "")


def _refuse_guessers() -> None:
    guessing.refuse_guessers(db.session(), _counted(), now())


def _forget_failures() -> None:
    guessing.forget_failures(db.session(), _counted())


def _refused(form: PortalForm, refusal: Invalid | NotNow) -> int:
    """Show the refusal in the form; the status to answer with."""
    if isinstance(refusal, NotNow):
        form.form_errors.append(say(refusal.words))
        return 429
    if isinstance(refusal, WrongPassword):
        guessing.note_failure(db.session(), _counted(), now())
        keep_although_refused()
    form.refuse(refusal)
    return 422
