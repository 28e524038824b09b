"""Legal entities, projects, and who may fill claims for whom."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "companies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("tax_id", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("bank_name", sa.String(length=120), nullable=False),
        sa.Column("bank_account", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
        sa.UniqueConstraint("code", name=op.f("uq_companies_code")),
    )

    op.create_table(
        "deputies",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deputy_id"], ["people.id"], name=op.f("fk_deputies_deputy_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_deputies_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", "deputy_id", name=op.f("pk_deputies")),
    )

    with op.batch_alter_table("deputies") as batch_op:
        batch_op.create_index(batch_op.f("ix_deputies_deputy_id"), ["deputy_id"], unique=False)

    op.create_table(
        "projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["people.id"], name=op.f("fk_projects_owner_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("code", name=op.f("uq_projects_code")),
    )

    # Until now there was one company, named as the department at the top.
    op.execute(
        "INSERT INTO companies (code, name_zh, name_en, tax_id, currency, prefix, bank_name,"
        " bank_account, active) SELECT code, name_zh, name_en, '', 'CNY', '', '', '', true"
        " FROM departments WHERE parent_id IS NULL ORDER BY id LIMIT 1"
    )
    with op.batch_alter_table("departments") as batch_op:
        batch_op.add_column(sa.Column("company_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_departments_company_id_companies"), "companies", ["company_id"], ["id"]
        )
    op.execute(
        "UPDATE departments SET company_id = (SELECT min(id) FROM companies)"
        " WHERE parent_id IS NULL"
    )
    with op.batch_alter_table("claims") as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(length=12), nullable=False, server_default="expense")
        )
        batch_op.add_column(sa.Column("company_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("entered_by_id", sa.Integer(), nullable=True))
    with op.batch_alter_table("batches") as batch_op:
        batch_op.add_column(sa.Column("company_id", sa.Integer(), nullable=True))
    for table in ("claims", "batches"):
        op.execute(f"UPDATE {table} SET company_id = (SELECT min(id) FROM companies)")  # noqa: S608
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("company_id", existing_type=sa.Integer(), nullable=False)
            batch_op.create_foreign_key(
                batch_op.f(f"fk_{table}_company_id_companies"), "companies", ["company_id"], ["id"]
            )
    with op.batch_alter_table("claims") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_claims_entered_by_id"), ["entered_by_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_claims_entered_by_id_people"), "people", ["entered_by_id"], ["id"]
        )
    # Numbers are counted by what they begin with, which a company's prefix may become part of.
    op.execute("UPDATE counters SET name = 'BX' || substr(name, 8) WHERE name LIKE 'claims %'")


def downgrade() -> None:
    op.execute("UPDATE counters SET name = 'claims ' || substr(name, 3) WHERE name LIKE 'BX%'")

    with op.batch_alter_table("departments") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_departments_company_id_companies"), type_="foreignkey"
        )
        batch_op.drop_column("company_id")

    with op.batch_alter_table("claims") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_claims_company_id_companies"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_claims_entered_by_id_people"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_claims_entered_by_id"))
        batch_op.drop_column("entered_by_id")
        batch_op.drop_column("company_id")
        batch_op.drop_column("kind")

    with op.batch_alter_table("batches") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_batches_company_id_companies"), type_="foreignkey")
        batch_op.drop_column("company_id")

    op.drop_table("projects")

    with op.batch_alter_table("deputies") as batch_op:
        batch_op.drop_index(batch_op.f("ix_deputies_deputy_id"))

    op.drop_table("deputies")

    op.drop_table("companies")
