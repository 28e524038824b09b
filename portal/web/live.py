"""Pages that change by themselves: they ask for themselves again, naming what they know."""

from urllib.parse import urlencode

from flask import request

from portal.web.guards import reader


def unchanged() -> bool:
    """Whether nothing happened to what the reader watches since the page was made.

    The page asks with the beat it was made at; without one it is asked for anew.
    """
    return request.args.get("beat", type=int) == reader().beat


def own_address() -> str:
    """The page's address without what it added to ask for itself."""
    if not request.query_string:
        return request.path
    asked = [
        (key, value)
        for key, value in request.args.items(multi=True)
        if key not in ("beat", "claim", "kept")
    ]
    return f"{request.path}?{urlencode(asked)}" if asked else request.path
