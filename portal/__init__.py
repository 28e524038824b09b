"""The portal's application."""

from flask import Flask

from portal.settings import Settings


def create_app(settings: Settings) -> Flask:
    """The portal as one WSGI application, made from ``settings`` alone."""
    from portal import blueprints, web

    app = Flask(__name__, static_folder=None)
    web.init(app, settings)
    blueprints.register(app)
    return app
