"""Bringing the database to the form that this version of the portal needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect, text

from portal.core.db import db

FOLDER = Path(__file__).parents[1] / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


def migrate(app: Flask) -> None:
    """Run every migration that the database has not seen."""
    with app.app_context():
        command.upgrade(_config(), "head")


def is_current() -> bool:
    """Whether the database has the form this version needs. Needs an application context."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if not inspect(db.engine).has_table("alembic_version"):
        return False
    with db.engine.connect() as connection:
        return connection.scalar(text("SELECT version_num FROM alembic_version")) == newest
