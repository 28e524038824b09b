"""One file per feature; this one only lists them."""

from importlib import import_module

from flask import Flask

FEATURES = (
    "session",
    "home",
    "account",
    "claims",
    "approvals",
    "payments",
    "notices",
    "people",
    "policy",
    "kb",
    "audit",
    "verify",
    "health",
    "demo",
)


def register(app: Flask) -> None:
    """Add every feature's pages to the application."""
    from importlib.util import find_spec

    for feature in FEATURES:
        if find_spec(f"portal.blueprints.{feature}"):
            app.register_blueprint(import_module(f"portal.blueprints.{feature}").blueprint)
