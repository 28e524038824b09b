"""The address at which a directory provisions people (SCIM 2.0), when a token is set.

Whoever has the token is the directory; there is no session, so there is nothing to forge.
"""

import json
import secrets
from typing import Any

from flask import Blueprint, Response, g, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from portal.claims.handover import hand_over
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Missing
from portal.web import errors
from portal.web.guards import NO_SUCH_PAGE, directory
from portal.web.logs import log
from portal.web.session import csrf, settings
from portal.web.writing import writes

blueprint = Blueprint("scim", __name__, url_prefix="/scim/v2")
csrf.exempt(blueprint)

LARGEST = 1_000_000
"""Bytes of a request: one person is a few kilobytes."""


@blueprint.record_once
def _configure(state: BlueprintSetupState) -> None:
    if state.app.extensions["settings"].scim_token:
        # It takes 40 MB, which portals without a directory are spared.
        from portal.people import scim  # noqa: F401


@blueprint.before_request
def _let_the_directory_in() -> Any:
    """Without a token set there is no such address; with another one sent, no entry."""
    expected = settings().scim_token
    if not expected:
        raise Missing(NO_SUCH_PAGE)
    scheme, _space, sent = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secrets.compare_digest(
        sent.strip().encode(), expected.encode()
    ):
        return None
    log.warning("a directory without the token")
    refusal = _error(401, "The token is missing or wrong.")
    refusal.headers["WWW-Authenticate"] = 'Bearer realm="SCIM"'
    return refusal


@blueprint.get("/<path:path>")
@directory
def read(path: str) -> Any:
    """Users, groups and what the portal can do."""
    return _served(path, b"")


def _read_body() -> None:
    """Before the transaction: a slow sender must not hold the lock."""
    g.body = request.stream.read(LARGEST + 1)
    if len(g.body) > LARGEST:
        raise RequestEntityTooLarge


@blueprint.route("/<path:path>", methods=["POST", "PUT", "PATCH", "DELETE"])
@directory
@writes(repeatable=True, before=_read_body)
def change(path: str) -> Any:
    """Take people in, change them, let them go."""
    return _served(path, g.body)


def _served(path: str, body: bytes) -> Response:
    from scim2_models import SCIMException
    from scim2_server.handler import ScimHandler
    from scim2_server.requests import ScimRequest

    from portal.people.scim import SERVICE, People

    at = now()
    people = People(db.session(), at)
    root = settings().base_url.rstrip("/") + url_for("scim.read", path="")
    asked = ScimRequest(
        method=request.method, base_url=root.rstrip("/"), path=f"/{path}",
        query=request.args.to_dict(), headers=list(request.headers.items()), body=body,
    )  # fmt: skip
    try:
        answer = ScimHandler(SERVICE, people).handle(asked)
    except SCIMException as refusal:
        answer = SERVICE.error_response(refusal)
    if people.moved and answer.status < 400:
        hand_over(db.session(), people.moved, by=None, at=at)
    text = json.dumps(answer.body, ensure_ascii=False) if answer.body is not None else ""
    return Response(text, status=answer.status, headers=answer.headers)


@blueprint.errorhandler(HTTPException)
@blueprint.errorhandler(IntegrityError)
@blueprint.errorhandler(OperationalError)
@blueprint.errorhandler(Exception)
def _failed(error: Exception) -> Response:
    """Whatever fails, in the form that a directory understands. It tries again by itself."""
    if isinstance(error, Missing):
        return errors.page(404)
    db.session.rollback()
    if isinstance(error, RequestEntityTooLarge):
        return _error(413, f"At most {LARGEST} bytes.")
    if isinstance(error, HTTPException):
        return _error(error.code or 500, error.description or "")
    log.error("directory not served", error=type(error).__name__, request=g.get("request_number"),
              exc_info=not isinstance(error, (IntegrityError, OperationalError)))  # fmt: skip
    if isinstance(error, IntegrityError):
        return _error(409, "Somebody else was faster.", "uniqueness")
    if isinstance(error, OperationalError):
        busy = _error(503, "The portal is busy right now.")
        busy.headers["Retry-After"] = "5"
        return busy
    return _error(500, "Something broke in the portal.")


def _error(status: int, detail: str, kind: str = "") -> Response:
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": str(status),
        "detail": detail,
        **({"scimType": kind} if kind else {}),
    }
    return Response(json.dumps(body), status=status, mimetype="application/scim+json")
