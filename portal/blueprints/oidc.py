"""Signing in at the company's identity provider, when one is configured."""

from typing import Any, cast

from flask import (
    Blueprint,
    Flask,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.blueprints import BlueprintSetupState

from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Missing, NotAllowed
from portal.core.words import Words
from portal.people import identities, sessions
from portal.web import session as web_session
from portal.web.confirmed import confirm
from portal.web.guards import NO_SUCH_PAGE, public, reader_or_none
from portal.web.session import own_address
from portal.web.writing import writes

blueprint = Blueprint("oidc", __name__, url_prefix="/sign-in/with")

LONGEST_TOKEN = 2500
"""Signs of an ID token that the cookie has room for."""


@blueprint.record_once
def _configure(state: BlueprintSetupState) -> None:
    chosen = state.app.extensions["settings"]
    if chosen.oidc_issuer:
        # Authlib takes 30 MB, which portals without a provider are spared.
        from portal.web.oidc import Provider

        state.app.extensions["provider"] = Provider(cast(Flask, state.app), chosen)


@blueprint.get("/")
@public
def start() -> Any:
    """Send the browser to the provider; a link, because the page's policy forbids a form to."""
    from portal.web.oidc import Refused

    provider = _provider()
    again = "again" in request.args
    session["wish"] = {
        "shared": "shared" in request.args or (again and _shared()),
        "next": own_address(request.args.get("next")) or "",
        "kept": request.args.get("kept", ""),
        "again": again,
    }
    try:
        return provider.send_away(url_for("oidc.back"), again=again)
    except Refused as refused:
        return _refused_page(refused.status, refused.says)


def _shared() -> bool:
    someone = reader_or_none()
    return someone is not None and someone.shared


def _ask() -> None:
    """Before the transaction: what the provider says, which may take seconds."""
    from portal.web.oidc import Refused

    provider = _provider()
    try:
        g.answer, g.refused = provider.answer(), None
    except Refused as refused:
        g.answer, g.refused = None, refused


@blueprint.get("/back")
@public
@writes(repeatable=True, before=_ask)
def back() -> Any:
    """The provider sends the browser back here: sign the person in, or say why not."""
    wish: dict[str, Any] = session.pop("wish", {})
    if g.refused:
        return _refused_page(g.refused.status, g.refused.says)
    database, at = db.session(), now()
    try:
        person = identities.find(database, g.answer.identity, at=at)
    except NotAllowed as refusal:
        return _refused_page(403, refusal.words)
    before = reader_or_none()
    if before:
        sessions.end(database, before.id, before.sign_in_id, at)
    web_session.sign_in(person, shared=bool(wish.get("shared")))
    token: str = g.answer.token
    session["by_provider"] = token if len(token) <= LONGEST_TOKEN else ""
    if wish.get("again") and g.answer.just_now:
        confirm(at)
    if wish.get("kept"):
        return redirect(url_for("session.resume", token=wish["kept"]), 303)
    return redirect(own_address(wish.get("next")) or url_for("home.show"), 303)


@blueprint.get("/left")
@public
def left() -> Any:
    """After signing out: the provider may still know this browser."""
    provider = _provider()
    token = session.pop("left_provider", "")
    address = provider.good_bye(token, url_for("session.sign_in"))
    return render_template("oidc/left.html", name=provider.name, address=address)


def _provider() -> Any:
    provider = current_app.extensions.get("provider")
    if provider is None:
        raise Missing(NO_SUCH_PAGE)
    return provider


def _refused_page(status: int, says: Words) -> Any:
    return render_template("oidc/back.html", says=says, name=_provider().name), status
