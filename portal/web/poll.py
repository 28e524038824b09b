"""The question that open pages ask all day, answered before the framework wakes.

A page asks every 1.5 seconds whether anything changed since its beat. Nearly always nothing
did: then one indexed read is all it takes, and the answer is 204. Whatever else it is (changed,
signed out, malformed) goes on to the view, which knows the rules.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

from flask import Flask
from itsdangerous import BadSignature, Signer
from sqlalchemy import bindparam, func, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from portal.claims.models import Claim
from portal.core.clock import now
from portal.core.db import ALONE
from portal.core.events import Subject
from portal.core.notices import Beat
from portal.people.models import Person, SignIn
from portal.people.sessions import LONGEST, SHARED_IDLE, digest
from portal.prior.models import KINDS, PriorRequest

HEADERS = [("Cache-Control", "no-store")]
LONGEST_QUESTION = 500
KEPT = 2000
"""Cookies and pages whose signatures a process remembers."""

Environ = dict[str, Any]
Start = Callable[..., Any]

_signed_in = (
    select(SignIn.seen_at, SignIn.started_at, SignIn.shared, SignIn.id)
    .join(Person, Person.id == SignIn.person_id)
    .where(SignIn.token_hash == bindparam("token_hash"), SignIn.ended_at.is_(None), Person.active)
)
PERSONS_BEAT = _signed_in.add_columns(func.coalesce(Beat.count, 0).label("beat")).outerjoin(
    Beat, Beat.person_id == SignIn.person_id
)
CLAIMS_BEAT, REQUESTS_BEAT = (
    _signed_in.add_columns(model.beat.label("beat")).join(
        model, model.id == bindparam("subject_id")
    )
    for model in (Claim, PriorRequest)
)
BEATS = {"claim": CLAIMS_BEAT, **dict.fromkeys(KINDS, REQUESTS_BEAT)}
"""The read for each kind of what a page shows."""


class Poll:
    """WSGI middleware that answers 204 to pages on which nothing changed."""

    def __init__(self, app: Flask, engine: Engine, idle_seconds: int):
        self.wsgi_app = app.wsgi_app
        self.cookies = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        self.cookie_begins = app.config["SESSION_COOKIE_NAME"] + "="
        self.signer = _signer(app.config["SECRET_KEY"])
        # A page asks again and again with the same cookie and for the same thing. What a
        # signature says never changes; whether it still counts, the row below decides.
        self.token_hash = lru_cache(maxsize=KEPT)(self._token_hash)
        self.shown = lru_cache(maxsize=KEPT)(self._shown)
        self.engine = engine.execution_options(**{ALONE: True})
        self.idle = timedelta(seconds=idle_seconds)

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        question = environ.get("QUERY_STRING", "")
        asks = environ.get("REQUEST_METHOD") == "GET" and "HTTP_HX_REQUEST" in environ
        if asks and "beat=" in question and self._unchanged(environ):
            start_response("204 No Content", HEADERS)
            return []
        return self.wsgi_app(environ, start_response)

    def _unchanged(self, environ: Environ) -> bool:
        question = parse_qs(environ["QUERY_STRING"][:LONGEST_QUESTION])
        beat = question.get("beat", [""])[0]
        token_hash = self.token_hash(self._cookie(environ.get("HTTP_COOKIE", "")))
        if token_hash is None or not beat.isdecimal() or len(beat) > 18:
            return False
        values: dict[str, Any] = {"token_hash": token_hash}
        read, sign_in_id = PERSONS_BEAT, None
        if "shown" in question:
            shown = self.shown(question["shown"][0])
            if shown is None:
                return False
            kind, values["subject_id"], sign_in_id = shown
            read = BEATS[kind]
        try:
            with self.engine.connect() as connection:
                row = connection.execute(read, values).one_or_none()
        except SQLAlchemyError:
            return False
        if row is None or row.beat != int(beat):
            return False
        if sign_in_id is not None and row.id != sign_in_id:
            return False
        return self._still_signed_in(row.seen_at, row.started_at, shared=row.shared, at=now())

    def _cookie(self, cookies: str) -> str:
        for cookie in cookies.split("; "):
            if cookie.startswith(self.cookie_begins):
                return cookie[len(self.cookie_begins) :]
        return ""

    def _token_hash(self, cookie: str) -> str | None:
        try:
            token = self.cookies.loads(cookie).get("_user_id")
        except BadSignature:
            return None
        return digest(token) if isinstance(token, str) else None

    def _shown(self, signed: str) -> tuple[str, int, int] | None:
        """Kind and id of what was shown, and to which sign-in."""
        try:
            kind, subject_id, sign_in_id = self.signer.unsign(signed).decode().split("-")
            return kind, int(subject_id), int(sign_in_id)
        except (BadSignature, ValueError):
            return None

    def _still_signed_in(
        self, seen_at: datetime, started_at: datetime, *, shared: bool, at: datetime
    ) -> bool:
        idle = SHARED_IDLE if shared else self.idle
        return at - seen_at <= idle and at - started_at <= LONGEST


def signed(secret: str, shown: Subject, sign_in_id: int) -> str:
    """Signs that a claim or request was shown to a session, which may ask whether it changed."""
    return _signer(secret).sign(f"{shown.kind}-{shown.id}-{sign_in_id}").decode()


def _signer(secret: str) -> Signer:
    return Signer(secret, salt="shown", sep="~")
