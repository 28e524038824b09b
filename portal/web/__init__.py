"""Everything between HTTP and the features."""

from pathlib import Path

from flask import Flask
from flask_compress import Compress
from flask_migrate import Migrate
from htmx_flask import Htmx

from portal.core.db import db, prepare
from portal.core.files import MAX_BYTES, Store
from portal.settings import Settings
from portal.web import (
    addresses,
    assets,
    errors,
    guards,
    headers,
    help,
    i18n,
    jinja,
    kept_parts,
    logs,
    received,
    session,
    writing,
)
from portal.web.poll import Poll

MOST_FILES_AT_ONCE = 4


def init(app: Flask, settings: Settings) -> None:
    """Assemble the web side of the portal; the order is the order of a request."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    app.extensions["settings"] = settings
    app.extensions["store"] = Store(settings.instance / "uploads")
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database,
        MAX_CONTENT_LENGTH=MOST_FILES_AT_ONCE * MAX_BYTES,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        MAX_FORM_PARTS=5_000,
        TESTING=settings.mode == "test",
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_LEVEL=4,
        COMPRESS_BR_LEVEL=3,
        COMPRESS_MIMETYPES=["text/html", "application/json"],
        COMPRESS_STREAMS=False,
        COMPRESS_MIN_SIZE=800,
    )
    logs.init()
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    Migrate(app, db, directory=str(Path(app.root_path) / "migrations"), render_as_batch=True)
    app.before_request(errors.number_request)
    headers.init(app, settings)
    app.before_request(received.clean)
    app.before_request(writing.begin)
    session.init(app, settings)
    app.before_request(guards.enforce)
    app.before_request(writing.answer_repetition)
    app.after_request(session.touch)
    Compress(app)
    Htmx(app)
    i18n.init(app)
    jinja.init(app, settings)
    errors.init(app)
    addresses.init(app)
    assets.init(app)
    help.init(app)
    kept_parts.init(app)
    with app.app_context():
        app.wsgi_app = Poll(app, db.engine, settings.idle_seconds)  # type: ignore[method-assign]


def forget_connections() -> None:
    """After a fork: connections belong to the process that opened them."""
    db.engine.dispose(close=False)
