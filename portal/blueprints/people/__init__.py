"""People, departments, companies and projects, for administrators: one file per part."""

from flask import Blueprint

blueprint = Blueprint("people", __name__, url_prefix="/people")

from portal.blueprints.people import (  # noqa: E402
    companies,
    departments,
    deputies,
    edit,
    import_,
    leaving,
    list,
    projects,
)

__all__ = [
    "blueprint",
    "companies",
    "departments",
    "deputies",
    "edit",
    "import_",
    "leaving",
    "list",
    "projects",
]
