"""Cookies, signing in, and not losing what somebody typed while signed out.

The cookie holds a token that names a row in ``sign_ins``: ending the row ends the access,
so a stolen or replayed cookie is worth nothing after sign-out.
"""

from datetime import timedelta
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    request,
    session,
    url_for,
)
from flask.sessions import SecureCookieSessionInterface
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, login_user, logout_user
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.exc import SQLAlchemyError

from portal.approvals.queries import waiting_count
from portal.core.clock import now
from portal.core.db import begin_writing, db
from portal.people import sessions
from portal.people.models import Person
from portal.people.roles import Reader
from portal.settings import Settings
from portal.web import kept_forms
from portal.web.logs import log

csrf = CSRFProtect()
logins = LoginManager()


SIGNED_IN = sessions.SIGNED_IN.add_columns(waiting_count(Person.id).label("waiting"))


class Cookies(SecureCookieSessionInterface):
    """Flask's cookie, whose signer is made once instead of twice with every request."""

    signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        self.signer = self.signer or super().get_signing_serializer(app)
        return self.signer


class SignedIn(UserMixin):
    """What Flask-Login carries around: the reader and the token of the cookie."""

    def __init__(self, reader: Reader, token: str):
        self.reader, self.token = reader, token

    def get_id(self) -> str:
        return self.token


def settings() -> Settings:
    """The settings of the running portal."""
    return cast(Settings, current_app.extensions["settings"])


def init(app: Flask, chosen: Settings) -> None:
    """Set up cookies, CSRF and the sign-in."""
    app.config.update(
        SECRET_KEY=chosen.secret_key,
        SESSION_COOKIE_NAME="portal",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=chosen.secure,
        SESSION_REFRESH_EACH_REQUEST=False,
        # A form left open over lunch must still save: the token lives as long as the cookie.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = Cookies()
    csrf.init_app(app)
    logins.session_protection = None
    logins.anonymous_user = AnonymousUserMixin
    logins.init_app(app)
    app.register_error_handler(CSRFError, lambda _error: ask_to_sign_in())


def csrf_token() -> str:
    """The token of this browser's forms."""
    secret = session.get("csrf_token")
    if secret is not None and "csrf_token" not in g:
        g.csrf_token = _signed_token(secret)
    return generate_csrf()


@lru_cache(maxsize=2000)
def _signed_token(_secret: str) -> str:
    # Tokens have no time limit, so one signature is enough for all pages of a browser.
    return generate_csrf()


@logins.user_loader
def _load(token: str) -> SignedIn | None:
    at = now()
    idle = timedelta(seconds=settings().idle_seconds)
    found = sessions.signed_in(db.session(), token, idle=idle, at=at, read=SIGNED_IN)
    if found is None:
        return None
    reader, stale = found
    g.touch_sign_in = reader.sign_in_id if stale and not is_poll() else None
    return SignedIn(reader, token)


def is_poll() -> bool:
    """Whether the page asked by itself: that does not keep a shared computer signed in."""
    return request.headers.get("HX-Trigger") in ("beat", "claim-status")


def touch(response: Response) -> Response:
    """After each request: note that the browser was used, at most every 20 seconds."""
    sign_in_id = g.pop("touch_sign_in", None)
    if sign_in_id is not None:
        try:
            db.session.rollback()
            begin_writing(db.session())
            sessions.touch(db.session(), sign_in_id, now())
            db.session.commit()
        except SQLAlchemyError as error:
            # The answer is made; that the visit could not be noted must not spoil it.
            db.session.rollback()
            log.warning("visit not noted", error=type(error).__name__)
    return response


def sign_in(person: Person, *, shared: bool) -> None:
    """Give this browser a new session for the person. The caller commits."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    token = sessions.start(
        db.session(), person, shared=shared, address=request.remote_addr or "",
        browser=request.headers.get("User-Agent", ""), at=now(),
    )  # fmt: skip
    roles = frozenset(grant.role for grant in person.grants)
    reader = Reader(
        id=person.id, number=person.number, name=person.name, email=person.email,
        department_id=person.department_id, grade=person.grade, language=person.language,
        roles=roles, sign_in_id=0, shared=shared,
    )  # fmt: skip
    login_user(SignedIn(reader, token))
    _forget_reader()
    # The secret of forms goes out with the same cookie: the next page need not send another.
    generate_csrf()


def sign_out() -> None:
    """Forget this browser's session."""
    language = session.get("language")
    logout_user()
    _forget_reader()
    session.clear()
    if language:
        session["language"] = language


def _forget_reader() -> None:
    """What this request has noted about who asks, and in whose name forms are signed."""
    g.pop("reader", None)
    g.pop("csrf_token", None)


def own_address(target: str | None) -> str | None:
    """``target`` when it is a path of this portal, else None."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    safe = not parts.scheme and not parts.netloc and target.isprintable() and "\\" not in target
    return target if safe else None


def ask_to_sign_in() -> Response:
    """Send a visitor to the sign-in page and back; what he had typed is kept for him."""
    wanted: dict[str, Any] = {}
    if request.method == "GET":
        wanted["next"] = request.full_path.rstrip("?")
    else:
        kept = kept_forms.keep_for_signer()
        if kept:
            wanted["kept"] = kept
        wanted["ended"] = 1
    address = url_for("session.sign_in", **wanted)
    if request.headers.get("HX-Request"):
        response = make_response("", 401)
        response.headers["HX-Redirect"] = address
        return response
    return cast(Response, redirect(address, 303))
