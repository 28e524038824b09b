"""The company's rules: for everybody to read, for finance and administrators to change."""

from flask import Blueprint

from portal.people.roles import ADMIN, FINANCE

blueprint = Blueprint("policy", __name__, url_prefix="/policy")

EDITORS = (FINANCE, ADMIN)
"""Who may change the rules."""

from portal.blueprints.policy import (  # noqa: E402
    calendar,
    categories,
    draft,
    file,
    history,
    publish,
    show,
    try_on,
)

__all__ = [
    "EDITORS",
    "blueprint",
    "calendar",
    "categories",
    "draft",
    "file",
    "history",
    "publish",
    "show",
    "try_on",
]
