"""The one place that commits."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, current_app, g, make_response, redirect, request
from flask_login import current_user
from itsdangerous import BadSignature
from sqlalchemy.orm import Session

from portal.core import once
from portal.core.clock import now
from portal.core.db import begin_before_writing, begin_writing, db, go_on_writing
from portal.people import sessions
from portal.web.kept_forms import form_keys
from portal.web.session import ask_to_sign_in

View = TypeVar("View", bound=Callable[..., Any])


class _Repeated(Exception):
    """The form was acted on meanwhile; ``args`` hold where it led."""


class _SignedOut(Exception):
    """The sign-in was ended while the request waited for its turn."""


def writes(
    *, repeatable: bool = False, before: Callable[[], None] | None = None, in_turn: bool = False
) -> Callable[[View], View]:
    """Mark a view as writing: what it did is committed when it answers without an error.

    A form's one-time key makes a double click one action: the second is sent where the
    first was. ``repeatable`` views (saving a draft) are protected by versions instead.
    ``before`` does what takes long and needs no lock, such as reading uploaded files; it
    runs after the guards, so that nobody else's files are looked at. A view that is
    ``in_turn`` says itself, by ``turn``, which part of it writes.
    """

    def mark(view: View) -> View:
        marked: Any = _in_turn(view) if in_turn else _as_a_whole(view, repeatable, before)
        marked.writes = True
        marked.prepares = before is not None
        marked.in_turn = in_turn
        marked.once = not repeatable
        return cast(View, marked)

    return mark


def _as_a_whole(view: View, repeatable: bool, before: Callable[[], None] | None) -> Any:
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
            if g.get("touch_sign_in"):
                sessions.touch(session, g.touch_sign_in, now())
            _commit(session)
        else:
            session.rollback()
        return response

    return committed


def _in_turn(view: View) -> Any:
    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> Response:
        try:
            return make_response(view(*args, **kwargs))
        except _Repeated as repeated:
            return _same_answer(*repeated.args)
        except _SignedOut:
            return ask_to_sign_in()

    return answered


@contextmanager
def turn(leads_to: str | None = None) -> Iterator[None]:
    """The part of an ``in_turn`` view that writes; committed at its end unless it raises.

    What the view and its guards read before may have changed by now: only a transition that
    swaps on the version they saw may rely on it. Whether the reader is still signed in is
    looked at again. ``leads_to`` is where a repetition of the form is sent; without it the
    form may be sent again and again.
    """
    session = db.session()
    go_on_writing(session)
    try:
        at = now()
        if not sessions.touch(session, current_user.reader.sign_in_id, at):
            raise _SignedOut
        key = _key() if leads_to else None
        if key and not once.use_key(session, key, at, leads_to):
            raise _Repeated(once.answer_of(session, key))
        yield
        _commit(session)
    except BaseException:
        session.rollback()
        raise


def _commit(session: Session) -> None:
    session.commit()
    g.touch_sign_in = None


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
    if getattr(view, "in_turn", False):
        # Looking at files takes long; who brings some does not stand in line meanwhile.
        if not request.files:
            begin_before_writing(db.session())
    elif not getattr(view, "prepares", False):
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
