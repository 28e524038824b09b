"""Pages that change by themselves: they ask for themselves again, naming what they know."""

from urllib.parse import urlencode, urlsplit

from flask import current_app, request, url_for

from portal.web.guards import reader


def unchanged() -> bool:
    """Whether nothing happened to what the reader watches since the page was made.

    The page asks with the beat it was made at; without one it is asked for anew.
    """
    return request.args.get("beat", type=int) == reader().beat


def own_address() -> str:
    """The page's address without what it added to ask for itself.

    A form may be answered with a page at an address that cannot be opened: then that of the
    page that the form was on, as far as the browser says so.
    """
    if request.method == "POST" and not _can_be_opened():
        before = urlsplit(request.referrer or "")
        return before.path if before.netloc == request.host else url_for("home.show")
    if not request.query_string:
        return request.path
    asked = [
        (key, value)
        for key, value in request.args.items(multi=True)
        if key not in ("beat", "claim", "request", "kept")
    ]
    return f"{request.path}?{urlencode(asked)}" if asked else request.path


def _can_be_opened() -> bool:
    routes = current_app.create_url_adapter(request)
    return routes is not None and routes.test(method="GET")
