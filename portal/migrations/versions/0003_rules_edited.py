"""Rules that the company edits: drafts, the working calendar, what a category needs."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Document, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_days")),
    )

    op.create_table(
        "policy_stamps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_stamps")),
    )
    op.execute("INSERT INTO policy_stamps (id, stamp) VALUES (1, 'migrated')")

    op.create_table(
        "policy_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("rules", Document, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("published_as", sa.Integer(), nullable=True),
        sa.Column("discarded_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["people.id"], name=op.f("fk_policy_drafts_author_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["based_on"],
            ["policy_versions.id"],
            name=op.f("fk_policy_drafts_based_on_policy_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["people.id"], name=op.f("fk_policy_drafts_proposed_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["published_as"],
            ["policy_versions.id"],
            name=op.f("fk_policy_drafts_published_as_policy_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_drafts")),
    )
    is_open = sa.text("published_as IS NULL AND discarded_at IS NULL")
    op.create_index(
        "uq_policy_drafts_open",
        "policy_drafts",
        ["based_on"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )

    with op.batch_alter_table("categories") as batch_op:
        batch_op.add_column(
            sa.Column("computed", sa.String(length=12), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("needs_project", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("needs_merchant", sa.Boolean(), nullable=False, server_default=sa.false())
        )

    with op.batch_alter_table("policy_versions") as batch_op:
        batch_op.add_column(
            sa.Column("note", sa.String(length=400), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("approved_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("based_on", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_policy_versions_approved_by_id_people"),
            "people",
            ["approved_by_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_policy_versions_based_on_policy_versions"),
            "policy_versions",
            ["based_on"],
            ["id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("policy_versions") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_policy_versions_based_on_policy_versions"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_policy_versions_approved_by_id_people"), type_="foreignkey"
        )
        batch_op.drop_column("based_on")
        batch_op.drop_column("approved_by_id")
        batch_op.drop_column("note")

    with op.batch_alter_table("categories") as batch_op:
        batch_op.drop_column("needs_merchant")
        batch_op.drop_column("needs_project")
        batch_op.drop_column("computed")

    op.drop_table("policy_drafts")

    op.drop_table("policy_stamps")

    op.drop_table("calendar_days")
