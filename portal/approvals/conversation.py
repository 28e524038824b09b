"""Talking about what waits for approval without moving it: claims, trip requests, advances."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from portal.approvals.models import Step, StepPerson
from portal.core.errors import Invalid
from portal.core.events import Subject
from portal.core.text import fitting
from portal.core.words import words
from portal.people.models import Person

LONGEST_REMARK = 2000


def remark(text: str, field: str = "comment") -> str:
    """What somebody wrote about a subject, trimmed. Raises ``Invalid`` when it is too long."""
    return fitting(text, LONGEST_REMARK, field)


def said(text: str) -> str:
    """A comment or a question, trimmed. Raises ``Invalid`` without text or with too much."""
    written = remark(text)
    if not written:
        raise Invalid(words("Write something first."), "comment")
    return written


def noticed(session: Session, row: Any, *still: ColumnElement[bool], **values: Any) -> bool:
    """Let open pages notice, without making a decision that was not affected stale.

    ``row`` is a claim or a request, ``values`` what is stored with it; False when it is not
    ``still`` so.
    """
    model: Any = type(row)
    changed = session.execute(
        update(model)
        .where(model.id == row.id, *still)
        .values(beat=model.beat + 1, **values)
        .returning(model.id)
        .execution_options(synchronize_session=False)
    ).first()
    return changed is not None


def participants(session: Session, about: Subject, owner_id: int) -> dict[int, str]:
    """Everybody the subject came to, and its owner, by id: those a comment may mention."""
    rows = session.execute(
        select(Person.id, Person.name)
        .join(StepPerson, StepPerson.person_id == Person.id)
        .join(Step, Step.id == StepPerson.step_id)
        .where(
            Step.subject_kind == about.kind,
            Step.subject_id == about.id,
            Step.opened_at.is_not(None),
        )
        .union(select(Person.id, Person.name).where(Person.id == owner_id))
    )
    return {row[0]: row[1] for row in rows}


def mentioned(text: str, people: Mapping[int, str]) -> set[int]:
    """Those of ``people`` (id to name) whom ``text`` names after an @."""
    named = text.replace("＠", "@")
    return {person_id for person_id, name in people.items() if f"@{name}" in named}
