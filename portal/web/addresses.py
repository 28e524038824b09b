"""The addresses that templates write, each made once.

A page names some thirty views. Flask makes each address anew in the light of the request, in
which ours do not differ: the portal stands at the root of its host.
"""

from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import Flask


def init(app: Flask) -> None:
    """Teach templates ``url_for(endpoint, **values)``, which answers as Flask's does."""
    routes = app.url_map.bind("")

    @lru_cache(maxsize=4096)
    def made_once(endpoint: str, **values: Any) -> str:
        return routes.build(endpoint, values)

    def url_for(endpoint: str, *, _anchor: str = "", **values: Any) -> str:
        listed = any(isinstance(value, list) for value in values.values())
        address = routes.build(endpoint, values) if listed else made_once(endpoint, **values)
        return f"{address}#{quote(_anchor)}" if _anchor else address

    app.jinja_env.globals["url_for"] = url_for
