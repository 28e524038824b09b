"""Talking about a claim without moving it: comments, questions, answers."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.claims import access, events
from portal.claims.access import Seen
from portal.claims.models import Claim
from portal.claims.workflow import decidable, tell
from portal.core.errors import Invalid, NotAllowed
from portal.core.events import record
from portal.core.notices import quicken
from portal.core.words import words

LONGEST_COMMENT = 2000


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
    _quicken(session, claim, None if seen.mine else claim.asked_by_id)
    record(session, kind, claim.subject, by=seen.reader.id, at=at, comment=said)
    told = {*mentioned, *([asked_by] if asked_by else []), claim.claimant_id} - {seen.reader.id}
    tell(session, claim, told, kind, at, seen.reader.name)


def ask(session: Session, seen: Seen, text: str, *, at: datetime) -> None:
    """Ask the claimant without returning the claim; the step stays open.

    Raises ``Invalid`` without text and ``NotAllowed``.
    """
    said = _said(text)
    claim, _step_id = decidable(seen)
    _quicken(session, claim, seen.reader.id)
    record(session, events.ASKED, claim.subject, by=seen.reader.id, at=at, comment=said)
    tell(session, claim, [claim.claimant_id], events.ASKED, at, seen.reader.name)
    quicken(session, [seen.reader.id])


def _said(text: str) -> str:
    said = text.strip()
    if not said:
        raise Invalid(words("Write something first."), "comment")
    if len(said) > LONGEST_COMMENT:
        raise Invalid(
            words("At most %(most)s characters; this has %(has)s.",
                  most=LONGEST_COMMENT, has=len(said)), "comment",
        )  # fmt: skip
    return said


def _quicken(session: Session, claim: Claim, asked_by_id: int | None) -> None:
    """Let open pages notice, without making a decision that was not affected stale."""
    session.execute(
        update(Claim)
        .where(Claim.id == claim.id)
        .values(beat=Claim.beat + 1, asked_by_id=asked_by_id)
        .execution_options(synchronize_session=False)
    )
