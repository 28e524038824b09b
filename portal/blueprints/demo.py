"""The mails of demo mode, which are files and leave this machine never."""

from typing import Any

from flask import Blueprint, render_template

from portal.core import mail
from portal.core.errors import Missing
from portal.web.guards import NO_SUCH_PAGE, public
from portal.web.session import settings

blueprint = Blueprint("demo", __name__, url_prefix="/demo")

MOST = 50


@blueprint.before_request
def only_in_demo_mode() -> None:
    """Elsewhere these pages do not exist, whoever asks."""
    if not settings().demo:
        raise Missing(NO_SUCH_PAGE)


@blueprint.get("/mail")
@public
def list() -> Any:
    """The mails sent last, newest first."""
    return render_template("demo/list.html", mails=mail.written(_folder(), MOST), most=MOST)


@blueprint.get("/mail/<name>")
@public
def show(name: str) -> Any:
    """One mail as text."""
    found = mail.read(_folder(), name)
    if found is None:
        raise Missing(NO_SUCH_PAGE)
    return render_template("demo/show.html", mail=found)


def _folder() -> Any:
    return settings().instance / "mail"
