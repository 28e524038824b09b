"""Trip requests and advances: one file per part of their journey."""

from flask import Blueprint

blueprint = Blueprint("prior", __name__)

SHELF = "/<any(trips, advances):shelf>"
"""The address of all trip requests or all advances."""
ONE = f"{SHELF}/<int:request_id>"
"""The address of one request."""

from portal.blueprints.prior import (  # noqa: E402
    decide,
    draft,
    edit,
    list,
    owed,
    paper,
    show,
    submit,
)

__all__ = ["blueprint", "decide", "draft", "edit", "list", "owed", "paper", "show", "submit"]
