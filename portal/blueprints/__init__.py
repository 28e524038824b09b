"""One file per feature; this one only lists them."""

from importlib import import_module

from flask import Flask

FEATURES = (
    "session",
    "home",
    "oidc",
    "account",
    "deputies",
    "claims",
    "prior",
    "approvals",
    "payments",
    "rates",
    "invoices",
    "notices",
    "people",
    "scim",
    "policy",
    "kb",
    "audit",
    "verify",
    "health",
    "demo",
)


def register(app: Flask) -> None:
    """Add every feature's pages to the application."""
    for feature in FEATURES:
        app.register_blueprint(import_module(f"portal.blueprints.{feature}").blueprint)
