"""Talking about a claim without moving it: comments, questions, answers."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from portal.approvals.conversation import noticed, said
from portal.claims import access, events
from portal.claims.access import Seen
from portal.claims.models import SUBMITTED, Claim
from portal.claims.workflow import CHANGED, decidable, tell
from portal.core.errors import NotAllowed, Stale
from portal.core.events import record
from portal.core.notices import quicken
from portal.core.words import words


def comment(
    session: Session, seen: Seen, text: str, mentioned: Iterable[int], *, at: datetime
) -> None:
    """Say something about the claim; the claimant's first words after a question answer it.

    Those in ``mentioned`` are told; the caller has made sure that they may see the claim.
    Raises ``Invalid`` without text and ``NotAllowed``.
    """
    written = said(text)
    claim = seen.claim
    if not access.may_comment(seen):
        raise NotAllowed(words("You cannot comment on this claim."))
    asked_by = claim.asked_by_id if seen.mine else None
    kind = events.ANSWERED if asked_by else events.COMMENTED
    if seen.mine:
        noticed(session, claim, asked_by_id=None)
    else:
        noticed(session, claim)
    record(session, kind, claim.subject, by=seen.reader.id, at=at, comment=written)
    told = {*mentioned, *([asked_by] if asked_by else []), claim.claimant_id} - {seen.reader.id}
    tell(session, claim, told, kind, at, seen.reader.name)


def ask(session: Session, seen: Seen, text: str, *, at: datetime) -> None:
    """Ask the claimant without returning the claim; the step stays open.

    Raises ``Invalid`` without text and ``NotAllowed``.
    """
    written = said(text)
    claim, _step_id = decidable(seen)
    if not noticed(session, claim, Claim.state == SUBMITTED, asked_by_id=seen.reader.id):
        raise Stale(CHANGED)
    record(session, events.ASKED, claim.subject, by=seen.reader.id, at=at, comment=written)
    tell(session, claim, [claim.claimant_id], events.ASKED, at, seen.reader.name)
    quicken(session, [seen.reader.id])
