"""The portal's application."""

from typing import TYPE_CHECKING

from portal.settings import Settings

if TYPE_CHECKING:
    from flask import Flask


def create_app(settings: Settings) -> "Flask":
    """The portal as one WSGI application, made from ``settings`` alone."""
    # Child processes that know no web import this package too.
    from flask import Flask

    from portal import blueprints, web

    app = Flask(__name__, static_folder=None)
    web.init(app, settings)
    blueprints.register(app)
    return app
