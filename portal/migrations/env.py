"""Runs migrations on the portal's own database. Each runs in one transaction."""

from alembic import context
from flask import current_app

from portal.core.db import WRITES, Base

engine = current_app.extensions["migrate"].db.engine

with engine.connect().execution_options(**{WRITES: True}) as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        # SQLite cannot alter most things in place: a changed table is written anew.
        render_as_batch=engine.dialect.name == "sqlite",
        transaction_per_migration=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
