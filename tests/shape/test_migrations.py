"""The migrations make the database that the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from portal.core.db import Base, db
from portal.web import schema


def test_a_migrated_database_is_what_the_models_say(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        missing = compare_metadata(context, Base.metadata)
    assert missing == [], "make a migration for these"


def test_a_migrated_database_is_current_and_migrating_again_changes_nothing(app: Flask) -> None:
    schema.migrate(app)
    with app.app_context():
        assert schema.is_current()
