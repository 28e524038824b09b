"""Copies of categories and calendar, and which of them a claim was judged by."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from portal.core.db import Document, Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CATEGORY = (
    "code", "name_zh", "name_en", "parent_code", "accounting_code", "position", "needs_city",
    "needs_nights", "needs_attendees", "needs_project", "needs_merchant", "reimbursable", "active",
    "computed",
)  # fmt: skip
FLAGS = [name for name in CATEGORY if name.startswith("needs_")] + ["reimbursable", "active"]


def upgrade() -> None:
    editions = op.create_table(
        "policy_editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.String(length=32), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("categories", Document, nullable=False),
        sa.Column("calendar", Document, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_editions")),
        sa.UniqueConstraint("stamp", name=op.f("uq_policy_editions_stamp")),
    )
    with op.batch_alter_table("claims") as batch_op:
        batch_op.add_column(sa.Column("policy_stamp", sa.String(length=32), nullable=True))
    stamp = op.get_bind().execute(sa.text("SELECT stamp FROM policy_stamps WHERE id = 1")).scalar()
    if stamp is not None:
        op.bulk_insert(
            editions,
            [{"stamp": stamp, "since": datetime.now(UTC), "categories": categories(),
              "calendar": calendar()}],
        )  # fmt: skip


def categories() -> list[dict[str, object]]:
    """The categories as they are now."""
    stored = sa.table("categories", *(sa.column(name) for name in CATEGORY))
    rows = op.get_bind().execute(sa.select(stored))
    return [
        {name: bool(value) if name in FLAGS else value for name, value in row._mapping.items()}
        for row in rows
    ]


def calendar() -> list[dict[str, object]]:
    """The calendar as it is now."""
    rows = op.get_bind().execute(
        sa.text("SELECT day, works, name_zh, name_en FROM calendar_days ORDER BY day")
    )
    return [
        {"day": str(row.day), "works": bool(row.works), "name_zh": row.name_zh,
         "name_en": row.name_en}
        for row in rows
    ]  # fmt: skip


def downgrade() -> None:
    with op.batch_alter_table("claims") as batch_op:
        batch_op.drop_column("policy_stamp")
    op.drop_table("policy_editions")
