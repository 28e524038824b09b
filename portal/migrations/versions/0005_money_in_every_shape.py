"""Currencies, computed amounts, and costs borne by several."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Document, Exact, Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exchange_rates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("base", sa.String(length=3), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("rate", Exact(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["people.id"], name=op.f("fk_exchange_rates_entered_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rates")),
        sa.UniqueConstraint(
            "currency",
            "base",
            "on",
            "entered_at",
            name=op.f("uq_exchange_rates_currency_base_on_entered_at"),
        ),
    )

    op.create_table(
        "splits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("cost_centre", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["lines.id"], name=op.f("fk_splits_line_id_lines"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_splits_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_splits")),
        sa.UniqueConstraint("line_id", "position", name=op.f("uq_splits_line_id_position")),
    )

    with op.batch_alter_table("lines") as batch_op:
        batch_op.add_column(
            sa.Column("currency", sa.String(length=3), nullable=False, server_default="CNY")
        )
        batch_op.add_column(sa.Column("original", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("rate", Exact(), nullable=True))
        batch_op.add_column(sa.Column("rate_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("quantity", Exact(), nullable=True))
        batch_op.add_column(sa.Column("unit_price", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("tax", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("leg", Document, nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("project_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_lines_project_id_projects"), "projects", ["project_id"], ["id"]
        )
    op.execute("UPDATE lines SET original = amount")


def downgrade() -> None:
    with op.batch_alter_table("lines") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_lines_project_id_projects"), type_="foreignkey")
        batch_op.drop_column("project_id")
        batch_op.drop_column("leg")
        batch_op.drop_column("tax")
        batch_op.drop_column("ends_on")
        batch_op.drop_column("unit_price")
        batch_op.drop_column("quantity")
        batch_op.drop_column("rate_on")
        batch_op.drop_column("rate")
        batch_op.drop_column("original")
        batch_op.drop_column("currency")

    op.drop_table("splits")

    op.drop_table("exchange_rates")
