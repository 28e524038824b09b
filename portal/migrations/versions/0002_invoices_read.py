"""Invoices read from any file, and each claimed once."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Document, Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invoice_allowances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_invoice_allowances_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_invoice_allowances_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_allowances")),
        sa.UniqueConstraint("key", "share", name=op.f("uq_invoice_allowances_key_share")),
    )

    op.create_table(
        "invoice_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("port", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_invoice_checks_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_checks")),
    )

    with op.batch_alter_table("invoice_checks") as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_checks_key"), ["key"], unique=False)

    op.create_table(
        "readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=160), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("outcome", Document, nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["claims.id"],
            name=op.f("fk_readings_claim_id_claims"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["lines.id"],
            name=op.f("fk_readings_line_id_lines"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
    )

    with op.batch_alter_table("readings") as batch_op:
        batch_op.create_index(batch_op.f("ix_readings_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_readings_sha256"), ["sha256"], unique=False)

    with op.batch_alter_table("invoice_holds") as batch_op:
        batch_op.add_column(sa.Column("share", sa.Integer(), nullable=False, server_default="0"))
        batch_op.drop_constraint(op.f("pk_invoice_holds"), type_="primary")
        batch_op.create_primary_key(op.f("pk_invoice_holds"), ["key", "share"])

    with op.batch_alter_table("invoices") as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(length=12), nullable=False, server_default="other")
        )
        batch_op.add_column(sa.Column("special", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("page", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("sources", Document, nullable=False, server_default="{}"))
        batch_op.add_column(
            sa.Column("disagreements", Document, nullable=False, server_default="[]")
        )
        batch_op.add_column(sa.Column("items", Document, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("details", Document, nullable=False, server_default="{}"))
        batch_op.create_index("ix_invoices_alike", ["issued_on", "total"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoices_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoices_total"), ["total"], unique=False)

    with op.batch_alter_table("lines") as batch_op:
        batch_op.add_column(
            sa.Column("merchant", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("guess", sa.String(length=40), nullable=False, server_default="")
        )
        batch_op.create_index("ix_lines_merchant", ["merchant", "id"], unique=False)

    with op.batch_alter_table("receipts") as batch_op:
        batch_op.add_column(sa.Column("page", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_receipts_invoice_id"), ["invoice_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("receipts") as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipts_invoice_id"))
        batch_op.drop_column("page")

    with op.batch_alter_table("lines") as batch_op:
        batch_op.drop_index("ix_lines_merchant")
        batch_op.drop_column("guess")
        batch_op.drop_column("merchant")

    with op.batch_alter_table("invoices") as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoices_total"))
        batch_op.drop_index(batch_op.f("ix_invoices_number"))
        batch_op.drop_index("ix_invoices_alike")
        batch_op.drop_column("details")
        batch_op.drop_column("items")
        batch_op.drop_column("disagreements")
        batch_op.drop_column("sources")
        batch_op.drop_column("page")
        batch_op.drop_column("special")
        batch_op.drop_column("kind")

    op.execute("DELETE FROM invoice_holds WHERE share > 0")
    with op.batch_alter_table("invoice_holds") as batch_op:
        batch_op.drop_constraint(op.f("pk_invoice_holds"), type_="primary")
        batch_op.create_primary_key(op.f("pk_invoice_holds"), ["key"])
        batch_op.drop_column("share")

    with op.batch_alter_table("readings") as batch_op:
        batch_op.drop_index(batch_op.f("ix_readings_sha256"))
        batch_op.drop_index(batch_op.f("ix_readings_claim_id"))

    op.drop_table("readings")

    with op.batch_alter_table("invoice_checks") as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_checks_key"))

    op.drop_table("invoice_checks")

    op.drop_table("invoice_allowances")
