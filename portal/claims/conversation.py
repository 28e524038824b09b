"""Talking about a claim without moving it: comments, questions, answers."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from portal.approvals.models import Step, StepPerson
from portal.claims import access, events
from portal.claims.access import Seen
from portal.claims.models import SUBMITTED, Claim
from portal.claims.workflow import CHANGED, decidable, remark, tell
from portal.core.errors import Invalid, NotAllowed, Stale
from portal.core.events import record
from portal.core.notices import quicken
from portal.core.words import words
from portal.people.models import Person


def comment(
    session: Session, seen: Seen, text: str, mentioned: Iterable[int], *, at: datetime
) -> None:
    """Say something about the claim; the claimant's first words after a question answer it.

    Those in ``mentioned`` are told; the caller has made sure that they may see the claim.
    Raises ``Invalid`` without text and ``NotAllowed``.
    """
    said = _said(text)
    claim = seen.claim
    if not access.may_comment(seen):
        raise NotAllowed(words("You cannot comment on this claim."))
    asked_by = claim.asked_by_id if seen.mine else None
    kind = events.ANSWERED if asked_by else events.COMMENTED
    if seen.mine:
        _quicken(session, claim, asked_by_id=None)
    else:
        _quicken(session, claim)
    record(session, kind, claim.subject, by=seen.reader.id, at=at, comment=said)
    told = {*mentioned, *([asked_by] if asked_by else []), claim.claimant_id} - {seen.reader.id}
    tell(session, claim, told, kind, at, seen.reader.name)


def ask(session: Session, seen: Seen, text: str, *, at: datetime) -> None:
    """Ask the claimant without returning the claim; the step stays open.

    Raises ``Invalid`` without text and ``NotAllowed``.
    """
    said = _said(text)
    claim, _step_id = decidable(seen)
    if not _quicken(session, claim, Claim.state == SUBMITTED, asked_by_id=seen.reader.id):
        raise Stale(CHANGED)
    record(session, events.ASKED, claim.subject, by=seen.reader.id, at=at, comment=said)
    tell(session, claim, [claim.claimant_id], events.ASKED, at, seen.reader.name)
    quicken(session, [seen.reader.id])


def _said(text: str) -> str:
    said = remark(text)
    if not said:
        raise Invalid(words("Write something first."), "comment")
    return said


def _quicken(session: Session, claim: Claim, *still: ColumnElement[bool], **values: Any) -> bool:
    """Let open pages notice, without making a decision that was not affected stale."""
    changed = session.execute(
        update(Claim)
        .where(Claim.id == claim.id, *still)
        .values(beat=Claim.beat + 1, **values)
        .returning(Claim.id)
        .execution_options(synchronize_session=False)
    ).first()
    return changed is not None


def participants(session: Session, claim: Claim) -> dict[int, str]:
    """Everybody the claim came to, and the claimant, by id: those a comment may mention."""
    rows = session.execute(
        select(Person.id, Person.name)
        .join(StepPerson, StepPerson.person_id == Person.id)
        .join(Step, Step.id == StepPerson.step_id)
        .where(
            Step.subject_kind == "claim",
            Step.subject_id == claim.id,
            Step.opened_at.is_not(None),
        )
        .union(select(Person.id, Person.name).where(Person.id == claim.claimant_id))
    )
    return {row[0]: row[1] for row in rows}
