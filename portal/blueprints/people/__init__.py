"""People and departments, for administrators: one file per part."""

from flask import Blueprint

blueprint = Blueprint("people", __name__, url_prefix="/people")

from portal.blueprints.people import departments, edit, import_, leaving, list  # noqa: E402

__all__ = ["blueprint", "departments", "edit", "import_", "leaving", "list"]
