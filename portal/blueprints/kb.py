"""The help center, for everybody, signed in or not."""

from typing import Any

from flask import Blueprint, render_template

from portal.web.guards import public
from portal.web.help import library
from portal.web.languages import language

blueprint = Blueprint("kb", __name__, url_prefix="/help")


@blueprint.get("", endpoint="list")
@public
def list_all() -> Any:
    """Every article by section."""
    return render_template("kb/list.html", sections=library().sections(language()))


@blueprint.get("/<slug>")
@public
def show(slug: str) -> Any:
    """One article, in the other language where it does not exist in the reader's."""
    article = library().get(slug, language())
    section = next(each for each in library().sections(language()) if each.slug == article.section)
    return render_template("kb/show.html", article=article, section=section)
