"""Trip requests and advances."""

import sqlalchemy as sa
from alembic import op

from portal.core.db import Document, Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


FLOWS = {
    "trip": ("出差申请", "Trip requests", (
        ("直属上级", "Line manager", "line_manager", 0, 24),
        ("部门负责人", "Department head", "department_head", 5_000_00, 24),
    )),
    "advance": ("借款", "Advances", (
        ("直属上级", "Line manager", "line_manager", 0, 24),
        ("财务审核", "Finance review", "role:finance", 0, 48),
        ("公司领导", "Executive", "company_head", 10_000_00, 48),
    )),
}  # fmt: skip
"""Kind of request: names of the flow, and of each step its names, decider, floor and hours."""

UNDRAW = (
    "DELETE FROM step_people WHERE step_id IN"
    " (SELECT id FROM steps WHERE subject_kind IN ('trip', 'advance'))",
    "DELETE FROM steps WHERE subject_kind IN ('trip', 'advance')",
    "DELETE FROM routes WHERE subject_kind IN ('trip', 'advance')",
    "DELETE FROM usual_waits WHERE flow_step_id IN (SELECT flow_steps.id FROM flow_steps"
    " JOIN flows ON flows.id = flow_id WHERE subject_kind IN ('trip', 'advance'))",
    "DELETE FROM flow_steps WHERE flow_id IN"
    " (SELECT id FROM flows WHERE subject_kind IN ('trip', 'advance'))",
    "DELETE FROM flows WHERE subject_kind IN ('trip', 'advance')",
    "DELETE FROM payments WHERE claim_id IS NULL",
)
"""What has to go before the tables can."""


def upgrade() -> None:
    op.create_table(
        "prior_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("number", sa.String(length=28), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("cities", sa.String(length=200), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("trip_id", sa.Integer(), nullable=True),
        sa.Column("typed", Document, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("submitted_at", Moment(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("paid_at", Moment(), nullable=True),
        sa.Column("owed", sa.BigInteger(), nullable=False),
        sa.Column("reminded_at", Moment(), nullable=True),
        sa.CheckConstraint("owed >= 0", name=op.f("ck_prior_requests_owed_not_negative")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_prior_requests_company_id_companies")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_prior_requests_department_id_departments"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["people.id"], name=op.f("fk_prior_requests_owner_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_prior_requests_project_id_projects")
        ),
        sa.ForeignKeyConstraint(
            ["trip_id"],
            ["prior_requests.id"],
            name=op.f("fk_prior_requests_trip_id_prior_requests"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prior_requests")),
        sa.UniqueConstraint("number", name=op.f("uq_prior_requests_number")),
    )

    with op.batch_alter_table("prior_requests") as batch_op:
        batch_op.create_index("ix_prior_requests_owner", ["owner_id", "kind", "id"], unique=False)
        batch_op.create_index("ix_prior_requests_state", ["kind", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_prior_requests_trip_id"), ["trip_id"], unique=False)

    op.create_table(
        "movements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("advance_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["advance_id"],
            ["prior_requests.id"],
            name=op.f("fk_movements_advance_id_prior_requests"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_movements_by_id_people")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_movements_claim_id_claims")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movements")),
    )

    with op.batch_alter_table("movements") as batch_op:
        batch_op.create_index(batch_op.f("ix_movements_advance_id"), ["advance_id"], unique=False)

    op.create_table(
        "settlements",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("advance_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["advance_id"],
            ["prior_requests.id"],
            name=op.f("fk_settlements_advance_id_prior_requests"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["claims.id"],
            name=op.f("fk_settlements_claim_id_claims"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("claim_id", "advance_id", name=op.f("pk_settlements")),
    )

    with op.batch_alter_table("settlements") as batch_op:
        batch_op.create_index(batch_op.f("ix_settlements_advance_id"), ["advance_id"], unique=False)

    with op.batch_alter_table("claims") as batch_op:
        batch_op.add_column(sa.Column("trip_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_claims_trip_id"), ["trip_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_claims_trip_id_prior_requests"), "prior_requests", ["trip_id"], ["id"]
        )

    with op.batch_alter_table("payments") as batch_op:
        batch_op.add_column(sa.Column("advance_id", sa.Integer(), nullable=True))
        batch_op.alter_column("claim_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f("ix_payments_advance_id"), ["advance_id"], unique=False)
        batch_op.create_index(
            "uq_payments_advance_once",
            ["advance_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'failed'"),
            postgresql_where=sa.text("state <> 'failed'"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_payments_advance_id_prior_requests"),
            "prior_requests",
            ["advance_id"],
            ["id"],
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_payments_amount_not_negative"), "amount >= 0"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_payments_one_document"), "(claim_id IS NULL) <> (advance_id IS NULL)"
        )

    _draw_flows()


def _draw_flows() -> None:
    """Give installations that have a company already the flows that new ones start with."""
    connection = op.get_bind()
    flows, steps = (sa.Table(name, sa.MetaData(), autoload_with=connection)
                    for name in ("flows", "flow_steps"))  # fmt: skip
    if connection.scalar(sa.select(sa.func.count()).select_from(flows)) == 0:
        return
    for kind, (name_zh, name_en, drawn) in FLOWS.items():
        flow_id = connection.scalar(
            flows.insert()
            .values(
                subject_kind=kind, name_zh=name_zh, name_en=name_en, active=True,
                fallback_role="admin",
            )
            .returning(flows.c.id)
        )  # fmt: skip
        for position, (zh, en, decider, floor, hours) in enumerate(drawn, start=1):
            connection.execute(
                steps.insert().values(
                    flow_id=flow_id,
                    position=position,
                    name_zh=zh,
                    name_en=en,
                    decider=decider,
                    floor=floor,
                    hours=hours,
                )
            )


def downgrade() -> None:
    for statement in UNDRAW:
        op.execute(statement)

    with op.batch_alter_table("payments") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_payments_one_document"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_payments_amount_not_negative"), type_="check")
        batch_op.drop_constraint(
            batch_op.f("fk_payments_advance_id_prior_requests"), type_="foreignkey"
        )
        batch_op.drop_index(
            "uq_payments_advance_once",
            sqlite_where=sa.text("state <> 'failed'"),
            postgresql_where=sa.text("state <> 'failed'"),
        )
        batch_op.drop_index(batch_op.f("ix_payments_advance_id"))
        batch_op.alter_column("claim_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("advance_id")

    with op.batch_alter_table("claims") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_claims_trip_id_prior_requests"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_claims_trip_id"))
        batch_op.drop_column("trip_id")

    with op.batch_alter_table("settlements") as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlements_advance_id"))

    op.drop_table("settlements")

    with op.batch_alter_table("movements") as batch_op:
        batch_op.drop_index(batch_op.f("ix_movements_advance_id"))

    op.drop_table("movements")

    with op.batch_alter_table("prior_requests") as batch_op:
        batch_op.drop_index(batch_op.f("ix_prior_requests_trip_id"))
        batch_op.drop_index("ix_prior_requests_state")
        batch_op.drop_index("ix_prior_requests_owner")

    op.drop_table("prior_requests")
