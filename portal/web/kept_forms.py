"""Not losing what somebody typed: signed one-time keys, and forms kept for their owner.

A form that arrives from a browser that was signed out is kept for the person whose key it
carries; one that was half filled when the language was switched is kept for its next page.
"""

import secrets
from collections.abc import Sequence
from functools import lru_cache

from flask import current_app, g, request
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import MultiDict

from portal.core.clock import now
from portal.core.db import begin_writing, db
from portal.core.once import KeptForm
from portal.people.sessions import digest, new_token

NEVER_KEPT = ("csrf_token", "form_key", "password", "new_password", "old_password")
MOST_KEPT = 200_000
"""Characters of a form that are kept."""


def form_keys() -> URLSafeSerializer:
    """Signs the keys of forms: whose form it was, and a number used once."""
    return _form_keys(current_app.config["SECRET_KEY"])


@lru_cache(maxsize=4)
def _form_keys(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="form key")


def new_form_key(person_id: int) -> str:
    """A one-time key for a form of this person."""
    return str(form_keys().dumps([person_id, secrets.token_hex(8)]))


def keep_for_signer() -> str | None:
    """Keep the form that was just sent for whoever its key names; returns its token."""
    try:
        person_id, _number = form_keys().loads(request.form.get("form_key", ""))
    except (BadSignature, ValueError):
        return None
    database = db.session()
    database.rollback()
    begin_writing(database)
    token = keep(person_id, request.path)
    database.commit()
    return token


def keep(person_id: int, path: str, *, but: Sequence[str] = ()) -> str | None:
    """Keep what was just sent, without secrets and the fields in ``but``. The caller commits.

    None when there is nothing to keep, or more than is kept.
    """
    fields = [
        [name, value]
        for name, value in request.form.items(multi=True)
        if name not in (*NEVER_KEPT, *but)
    ]
    if not fields or sum(len(value) for _name, value in fields) > MOST_KEPT:
        return None
    token = new_token()
    db.session.add(
        KeptForm(
            token_hash=digest(token), person_id=person_id, path=path, fields=fields, kept_at=now()
        )
    )
    return token


def kept_fields() -> MultiDict[str, str] | None:
    """What the reader had typed into this page before it was renewed, None when nothing."""
    if request.method != "GET" or "kept" not in request.args or not current_user.is_authenticated:
        return None
    if "kept_fields" not in g:
        kept = db.session.get(KeptForm, digest(request.args["kept"]))
        g.kept_fields = None
        if kept is not None and kept.person_id == current_user.reader.id:
            g.kept_fields = MultiDict([(name, value) for name, value in kept.fields])
    fields: MultiDict[str, str] | None = g.kept_fields
    return fields


def typed(name: str) -> str:
    """What stands in a control that belongs to no form class."""
    kept = kept_fields()
    return request.form.get(name) or (kept.get(name, "") if kept else "")
