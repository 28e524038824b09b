"""For whatever watches the portal: does it answer, and can it do its work?"""

import tempfile
from collections.abc import Callable

from flask import Blueprint, Response
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from portal.core.db import db
from portal.web import schema
from portal.web.guards import public
from portal.web.session import settings

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def alive() -> Response:
    """This process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public
def ready() -> Response:
    """The database answers in the form this version needs, and the disk takes writes."""
    checks: dict[str, Callable[[], bool]] = {
        "database": _database, "schema": schema.is_current, "disk": _disk,
    }  # fmt: skip
    results = {name: _holds(check) for name, check in checks.items()}
    body = "".join(f"{name}: {'ok' if good else 'FAILED'}\n" for name, good in results.items())
    return Response(body, 200 if all(results.values()) else 503, mimetype="text/plain")


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (SQLAlchemyError, OSError):
        return False


def _database() -> bool:
    return db.session.scalar(select(1)) == 1


def _disk() -> bool:
    with tempfile.TemporaryFile(dir=settings().instance) as file:
        file.write(b"0" * 4096)
        file.flush()
    return True
