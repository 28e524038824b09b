"""What a refusal looks like: each type of error has its status and its page."""

import secrets

from flask import Flask, Response, current_app, g, make_response, render_template, request
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from portal.approvals.timeline import timeline
from portal.core.db import db
from portal.core.errors import Invalid, Missing, NotAllowed, NotNow, Refusal, Stale
from portal.core.events import Subject
from portal.core.pdf import PdfFailed
from portal.core.words import Words, words
from portal.prior.models import KINDS, PriorRequest
from portal.web.kept_forms import NEVER_KEPT
from portal.web.logs import log

STATUSES: dict[type[Refusal], int] = {
    Missing: 404,
    NotAllowed: 403,
    NotNow: 409,
    Stale: 409,
    Invalid: 422,
    PdfFailed: 503,
}

TITLES = {
    400: words("The request could not be understood"),
    403: words("You cannot do this"),
    404: words("There is nothing here"),
    405: words("This address cannot be used that way"),
    408: words("This came too slowly"),
    409: words("Something changed in the meantime"),
    413: words("This is too large"),
    422: words("Something has to be corrected"),
    429: words("Please wait a moment"),
    500: words("Something broke on our side"),
    503: words("The portal is busy right now"),
}

SAYS = {
    400: words("Go back, reload the page and try again."),
    404: words("The address may be mistyped, or it is not for you."),
    405: words("Go back and use the buttons on the page."),
    408: words("The connection was too slow, and nothing was changed. Go back and send it again."),
    413: words(
        "At most 10 MB for each file and 40 MB at once. Make it smaller or send it in parts."
    ),
    500: words("Nothing you did was wrong. Try again; if it stays, tell support the number below."),
    422: words("Something you typed cannot be stored. Correct it and try again."),
    503: words("Nothing was changed. What you sent was not saved; try again in a few seconds."),
}


def init(app: Flask) -> None:
    """Answer every error with a page in the reader's language."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(IntegrityError, _raced)
    app.register_error_handler(OSError, _disk)
    # A number in the address that no row can have.
    app.register_error_handler(OverflowError, lambda _error: page(404))
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(Exception, _broken)


def number_request() -> None:
    """Before each request: the number that error pages show and the log carries."""
    g.request_number = secrets.token_hex(4)


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal, by the nearest type that has one."""
    return next(STATUSES[kind] for kind in type(refusal).__mro__ if kind in STATUSES)


def _refused(refusal: Refusal) -> Response:
    return page(status_of(refusal), refusal.words)


def _http(error: HTTPException) -> Response:
    if error.code and error.code < 400 and error.response is not None:
        return make_response(error.response)
    return page(error.code or 500)


def _database(error: OperationalError) -> Response:
    _log("database unavailable", error)
    return page(503)


def _unstorable(error: DataError) -> Response:
    _log("unstorable", error)
    return page(404 if request.method == "GET" else 422)


def _raced(error: IntegrityError) -> Response:
    _log("lost a race", error)
    return page(409, words("Somebody else was faster. Nothing of yours was changed."))


def _disk(error: OSError) -> Response:
    _log("disk", error)
    return page(503)


def _broken(error: Exception) -> Response:
    if current_app.testing:
        raise error
    _log("unexpected", error, trace=True)
    return page(500)


def _log(what: str, error: Exception, *, trace: bool = False) -> None:
    log.error(
        what, error=type(error).__name__, request=g.get("request_number"),
        rule=str(request.url_rule),
        exc_info=trace,
    )  # fmt: skip


def page(status: int, says: Words | None = None) -> Response:
    """An error page; one about a claim or request that moved on tells what happened to it."""
    db.session.rollback()
    about: Subject | None = g.get("stale")
    happened = timeline(db.session(), about)[-3:] if status == 409 and about else ()
    typed = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in (*NEVER_KEPT, "version", "decision", "do") and len(value.strip()) > 2
    ] if request.method == "POST" and status in (409, 422, 503) else []  # fmt: skip
    html = render_template(
        "errors/error.html",
        status=status,
        title_words=TITLES.get(status, TITLES[500]),
        says=says or SAYS.get(status, SAYS[500]),
        happened=happened,
        about=about,
        currency=_currency_of(about) if happened and about else "",
        typed=typed,
        number=g.get("request_number", ""),
    )
    response = make_response(html, status)
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _currency_of(about: Subject) -> str:
    """The currency in which the events of a trip request or an advance are told."""
    asked = db.session.get(PriorRequest, about.id) if about.kind in KINDS else None
    return asked.currency if asked else ""
