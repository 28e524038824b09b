"""What directories and identity providers call people."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("people") as batch_op:
        batch_op.add_column(sa.Column("subject", sa.String(length=300), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_people_subject"), ["subject"])

    op.create_table(
        "directory_entries",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("user_name", sa.String(length=254), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("given_name", sa.String(length=120), nullable=False),
        sa.Column("family_name", sa.String(length=120), nullable=False),
        sa.Column("department", sa.String(length=120), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_directory_entries_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_directory_entries")),
        sa.UniqueConstraint("external_id", name=op.f("uq_directory_entries_external_id")),
        sa.UniqueConstraint("user_name", name=op.f("uq_directory_entries_user_name")),
    )


def downgrade() -> None:
    op.drop_table("directory_entries")

    with op.batch_alter_table("people") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_people_subject"), type_="unique")
        batch_op.drop_column("subject")
