"""Claims: one file per part of their journey."""

from flask import Blueprint

blueprint = Blueprint("claims", __name__, url_prefix="/claims")

from portal.blueprints.claims import (  # noqa: E402
    draft,
    edit,
    export,
    list,
    paper,
    reading,
    receipts,
    repeat,
    show,
    submit,
)

__all__ = [
    "blueprint", "draft", "edit", "export", "list", "paper", "reading", "receipts", "repeat",
    "show", "submit",
]  # fmt: skip
