"""What the company drew, as plain values, and the default a new installation starts with."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.approvals.models import Flow, FlowStep
from portal.core.db import fetch
from portal.core.words import Named

LINE_MANAGER, DEPARTMENT_HEAD, COMPANY_HEAD = "line_manager", "department_head", "company_head"
ROLE = "role:"


@dataclass(frozen=True)
class DrawnStep:
    """A step as drawn. ``floor`` is minor units; the step is needed above it."""

    id: int
    name: Named
    decider: str
    floor: int = 0
    hours: int = 48


@dataclass(frozen=True)
class DrawnFlow:
    """A flow as drawn. ``auto_below`` is minor units, None when a human always decides."""

    id: int
    steps: tuple[DrawnStep, ...]
    fallback_role: str
    auto_below: int | None = None


ACTIVE = (
    select(Flow.id)
    .where(Flow.subject_kind == bindparam("subject_kind"), Flow.active)
    .order_by(Flow.id)
    .limit(1)
    .scalar_subquery()
)
DRAWN = (
    select(
        Flow.id.label("flow_id"), Flow.fallback_role, Flow.auto_below,
        FlowStep.id, FlowStep.name_zh, FlowStep.name_en, FlowStep.decider, FlowStep.floor,
        FlowStep.hours,
    )
    .join(FlowStep, FlowStep.flow_id == Flow.id)
    .where(Flow.id == ACTIVE)
    .order_by(FlowStep.position)
)  # fmt: skip


def flow_for(session: Session, subject_kind: str) -> DrawnFlow:
    """The active flow of a kind of subject. One query."""
    rows = fetch(session, DRAWN, subject_kind=subject_kind).all()
    if not rows:
        raise LookupError(f"no active flow for {subject_kind}")
    return DrawnFlow(
        id=rows[0].flow_id,
        steps=tuple(
            DrawnStep(row.id, Named(row.name_zh, row.name_en), row.decider, row.floor, row.hours)
            for row in rows
        ),
        fallback_role=rows[0].fallback_role,
        auto_below=rows[0].auto_below,
    )


def start_with_default(session: Session) -> None:
    """Draw the flows of a new installation. The caller commits."""
    session.add(
        Flow(
            subject_kind="claim",
            name_zh="费用报销",
            name_en="Expense claims",
            auto_below=300_00,
            fallback_role="admin",
            steps=[
                FlowStep(position=1, name_zh="直属上级", name_en="Line manager",
                         decider=LINE_MANAGER, floor=0, hours=48),
                FlowStep(position=2, name_zh="部门负责人", name_en="Department head",
                         decider=DEPARTMENT_HEAD, floor=2_000_00, hours=48),
                FlowStep(position=3, name_zh="财务审核", name_en="Finance review",
                         decider=ROLE + "finance", floor=0, hours=72),
                FlowStep(position=4, name_zh="公司领导", name_en="Executive",
                         decider=COMPANY_HEAD, floor=20_000_00, hours=72),
            ],
        )
    )  # fmt: skip
    # Migration 0006 draws the same two for installations that began before them.
    session.add(
        Flow(
            subject_kind="trip",
            name_zh="出差申请",
            name_en="Trip requests",
            fallback_role="admin",
            steps=[
                FlowStep(position=1, name_zh="直属上级", name_en="Line manager",
                         decider=LINE_MANAGER, floor=0, hours=24),
                FlowStep(position=2, name_zh="部门负责人", name_en="Department head",
                         decider=DEPARTMENT_HEAD, floor=5_000_00, hours=24),
            ],
        )
    )  # fmt: skip
    session.add(
        Flow(
            subject_kind="advance",
            name_zh="借款",
            name_en="Advances",
            fallback_role="admin",
            steps=[
                FlowStep(position=1, name_zh="直属上级", name_en="Line manager",
                         decider=LINE_MANAGER, floor=0, hours=24),
                FlowStep(position=2, name_zh="财务审核", name_en="Finance review",
                         decider=ROLE + "finance", floor=0, hours=48),
                FlowStep(position=3, name_zh="公司领导", name_en="Executive",
                         decider=COMPANY_HEAD, floor=10_000_00, hours=48),
            ],
        )
    )  # fmt: skip
