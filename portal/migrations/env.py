"""Runs migrations on the portal's own database. Each runs in one transaction."""

from alembic import context
from flask import current_app

from portal.core.db import WRITES, Base

engine = current_app.extensions["migrate"].db.engine
sqlite = engine.dialect.name == "sqlite"

with engine.connect().execution_options(**{WRITES: True}) as connection:
    if sqlite:
        # A changed table is written anew, and dropping the old one would take with it all
        # that refers to its rows. The pragma does nothing once a transaction is open.
        connection.connection.execute("PRAGMA foreign_keys = OFF")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=sqlite,
        transaction_per_migration=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if sqlite:
        broken = connection.connection.execute("PRAGMA foreign_key_check").fetchall()
        connection.connection.execute("PRAGMA foreign_keys = ON")
        if broken:
            raise RuntimeError(f"rows refer to rows that are not there: {broken[:10]}")
