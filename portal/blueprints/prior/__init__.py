"""Trip requests and advances: one file per part of their journey."""

from flask import Blueprint

blueprint = Blueprint("prior", __name__)

ONE = "/<any(trips, advances):shelf>/<int:request_id>"
"""The address of one request."""

from portal.blueprints.prior import decide, edit, list, owed, paper, show, submit  # noqa: E402

__all__ = ["blueprint", "decide", "edit", "list", "owed", "paper", "show", "submit"]
