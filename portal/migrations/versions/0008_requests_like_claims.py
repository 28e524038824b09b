"""Trip requests and advances: asked about, filled by colleagues, kept with their findings."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Document

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PEOPLE = ("asked_by_id", "entered_by_id")

REWORDED = (
    ("The claimant's line manager.", "The line manager of the person it is for."),
    ("nobody decides on their own claim.", "nobody decides on what is their own."),
    ("Approved before the claim was returned.", "Approved before it was returned."),
)
"""Reasons that stand with stored steps: what they said of claims is now said of requests too."""


def upgrade() -> None:
    with op.batch_alter_table("prior_requests") as batch_op:
        for name in PEOPLE:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch_op.create_foreign_key(
                batch_op.f(f"fk_prior_requests_{name}_people"), "people", [name], ["id"]
            )
        batch_op.add_column(
            sa.Column("findings", Document, nullable=False, server_default=sa.text("'[]'"))
        )
        batch_op.create_index(
            batch_op.f("ix_prior_requests_entered_by_id"), ["entered_by_id"], unique=False
        )
    for before, now in REWORDED:
        reword(before, now)


def downgrade() -> None:
    for before, now in REWORDED:
        reword(now, before)
    with op.batch_alter_table("prior_requests") as batch_op:
        batch_op.drop_index(batch_op.f("ix_prior_requests_entered_by_id"))
        for name in PEOPLE:
            batch_op.drop_constraint(
                batch_op.f(f"fk_prior_requests_{name}_people"), type_="foreignkey"
            )
            batch_op.drop_column(name)
        batch_op.drop_column("findings")


def reword(before: str, after: str) -> None:
    """Say ``after`` where stored steps said ``before``."""
    kind = "jsonb" if op.get_bind().dialect.name == "postgresql" else "text"
    op.get_bind().execute(
        sa.text(
            f"UPDATE steps SET why = CAST(replace(CAST(why AS text), :before, :after) AS {kind})"  # noqa: S608
            " WHERE CAST(why AS text) LIKE '%' || :before || '%'"
        ),
        {"before": before, "after": after},
    )
