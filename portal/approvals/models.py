"""What the company drew (flows), and the routes worked out from it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, Minor
from portal.core.words import Named

WAITING, OPEN, APPROVED, RETURNED, REJECTED, SKIPPED, ENDED = (
    "waiting",
    "open",
    "approved",
    "returned",
    "rejected",
    "skipped",
    "ended",
)
"""States of a step; ``ended`` is a step that was never reached or lost its subject."""

OPEN_ONLY = text("state = 'open'")


class Flow(Base):
    """The steps one kind of subject goes through. Amounts are minor units."""

    __tablename__ = "flows"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(20), index=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    active: Mapped[bool] = mapped_column(default=True)
    auto_below: Mapped[Minor | None]
    """Approved by nobody up to this amount when there are no findings."""
    fallback_role: Mapped[str] = mapped_column(String(20))
    """Who decides a step for which nobody is found."""

    steps: Mapped[list["FlowStep"]] = relationship(order_by="FlowStep.position")


class FlowStep(Base):
    __tablename__ = "flow_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    flow_id: Mapped[int] = mapped_column(ForeignKey("flows.id"), index=True)
    position: Mapped[int]
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    decider: Mapped[str] = mapped_column(String(40))
    """``line_manager``, ``department_head``, ``company_head`` or ``role:<role>``."""
    floor: Mapped[Minor] = mapped_column(default=0)
    """The step is needed above this amount."""
    hours: Mapped[int] = mapped_column(default=48)
    """How long the step may take before it is late."""

    @property
    def name(self) -> Named:
        """The step's name in both languages."""
        return Named(self.name_zh, self.name_en)


class Route(Base):
    """The steps worked out for one submission of a subject."""

    __tablename__ = "routes"
    __table_args__ = (UniqueConstraint("subject_kind", "subject_id", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    round: Mapped[int]
    flow_id: Mapped[int] = mapped_column(ForeignKey("flows.id"))
    amount: Mapped[Minor]
    planned_at: Mapped[datetime]
    auto: Mapped[bool] = mapped_column(default=False)


class Step(Base):
    """One stop on a route. Of a route at most one step is open."""

    __tablename__ = "steps"
    __table_args__ = (
        UniqueConstraint("route_id", "position"),
        Index("ix_steps_subject", "subject_kind", "subject_id"),
        Index("ix_steps_due", "due_at", sqlite_where=OPEN_ONLY, postgresql_where=OPEN_ONLY),
        Index(
            "uq_steps_open", "route_id", unique=True,
            sqlite_where=OPEN_ONLY, postgresql_where=OPEN_ONLY,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    route_id: Mapped[int] = mapped_column(ForeignKey("routes.id"))
    flow_step_id: Mapped[int] = mapped_column(ForeignKey("flow_steps.id"))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    position: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    why: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    comment: Mapped[str] = mapped_column(Text, default="")
    reminders: Mapped[int] = mapped_column(default=0)


class StepPerson(Base):
    """Who may decide a step. ``waiting_since`` is set while the step waits for them."""

    __tablename__ = "step_people"
    __table_args__ = (
        Index(
            "ix_step_people_inbox", "person_id", "waiting_since",
            sqlite_where=text("waiting_since IS NOT NULL"),
            postgresql_where=text("waiting_since IS NOT NULL"),
        ),
        Index("ix_step_people_person", "person_id", "step_id"),
    )  # fmt: skip

    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    waiting_since: Mapped[datetime | None]


class UsualWait(Base):
    """How long one person usually takes for one step of a flow: a running mean."""

    __tablename__ = "usual_waits"

    flow_step_id: Mapped[int] = mapped_column(ForeignKey("flow_steps.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    decisions: Mapped[int] = mapped_column(default=0)
    mean_seconds: Mapped[int] = mapped_column(default=0)
