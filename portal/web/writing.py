"""The one place that commits."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, current_app, g, make_response, redirect, request
from flask_login import current_user
from itsdangerous import BadSignature

from portal.core import once
from portal.core.clock import now
from portal.core.db import begin_writing, db
from portal.web.kept_forms import form_keys

View = TypeVar("View", bound=Callable[..., Any])


def writes(
    *, repeatable: bool = False, before: Callable[[], None] | None = None
) -> Callable[[View], View]:
    """Mark a view as writing: what it did is committed when it answers without an error.

    A form's one-time key makes a double click one action: the second is sent where the
    first was. ``repeatable`` views (saving a draft) are protected by versions instead.
    ``before`` does what takes long and needs no lock, such as reading uploaded files; it
    runs after the guards, so that nobody else's files are looked at.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def committed(*args: Any, **kwargs: Any) -> Response:
            session = db.session()
            if before is not None:
                before()
                session.rollback()
                begin_writing(session)
            key = None if repeatable else _key()
            if key and not once.use_key(session, key, now()):
                return _same_answer(once.answer_of(session, key))
            response = make_response(view(*args, **kwargs))
            if response.status_code < 400 or g.pop("keep_refused", False):
                if key:
                    once.remember_answer(session, key, response.headers.get("Location"))
                session.commit()
            else:
                session.rollback()
            return response

        committed.writes = True  # type: ignore[attr-defined]
        committed.prepares = before is not None  # type: ignore[attr-defined]
        committed.once = not repeatable  # type: ignore[attr-defined]
        return cast(View, committed)

    return mark


def keep_although_refused() -> None:
    """Commit although the answer is a refusal: a wrong password has to be counted."""
    g.keep_refused = True


def begin() -> None:
    """Before each request: a view that writes takes the write lock before it reads.

    The body is read first, so that a slow upload never holds the lock.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method != "POST" or not getattr(view, "writes", False):
        return
    request.form  # noqa: B018 - reads the body
    if not getattr(view, "prepares", False):
        begin_writing(db.session())


def answer_repetition() -> Response | None:
    """Before each request: a form that was acted on leads where it led the first time.

    The guards of an object would refuse it: what was submitted can no longer be edited.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method != "POST" or not getattr(view, "once", False):
        return None
    key = _key()
    location = once.answer_of(db.session(), key) if key else None
    return _same_answer(location) if location else None


def _key() -> str | None:
    """The reader's own one-time key in the form that was sent."""
    sent = request.form.get("form_key", "")
    try:
        person_id, _number = form_keys().loads(sent)
    except (BadSignature, TypeError, ValueError):
        return None
    if not current_user.is_authenticated or current_user.reader.id != person_id:
        return None
    return hashlib.sha256(sent.encode()).hexdigest()


def _same_answer(location: str | None) -> Response:
    return cast(Response, redirect(location or request.path, 303))
