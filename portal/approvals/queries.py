"""Named reads about steps."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from portal.approvals.models import StepPerson


def waiting_count(person_id: Any) -> ColumnElement[int]:
    """How many steps wait for a person, as a part of a larger query."""
    return (
        select(func.count())
        .select_from(StepPerson)
        .where(StepPerson.person_id == person_id, StepPerson.waiting_since.is_not(None))
        .correlate_except(StepPerson)
        .scalar_subquery()
    )
