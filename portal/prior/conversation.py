"""Talking about a request without moving it: comments, questions, answers."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from portal.approvals.conversation import noticed, said
from portal.core.errors import NotAllowed, Stale
from portal.core.events import record
from portal.core.notices import quicken
from portal.core.words import words
from portal.prior import access, events
from portal.prior.access import Seen
from portal.prior.models import SUBMITTED, PriorRequest
from portal.prior.workflow import CHANGED, decidable, tell


def comment(
    session: Session, seen: Seen, text: str, mentioned: Iterable[int], *, at: datetime
) -> None:
    """Say something about the request; its owner's first words after a question answer it.

    Those in ``mentioned`` are told; the caller has made sure that they may see the request.
    Raises ``Invalid`` without text and ``NotAllowed``.
    """
    written, request = said(text), seen.request
    if not access.may_comment(seen):
        raise NotAllowed(words("You cannot comment on this request."))
    asked_by = request.asked_by_id if seen.mine else None
    kind = events.ANSWERED if asked_by else events.COMMENTED
    if seen.mine:
        noticed(session, request, asked_by_id=None)
    else:
        noticed(session, request)
    record(session, kind, request.subject, by=seen.reader.id, at=at, comment=written)
    told = {*mentioned, *([asked_by] if asked_by else []), request.owner_id} - {seen.reader.id}
    tell(session, request, told, kind, at, seen.reader.name)


def ask(session: Session, seen: Seen, text: str, *, at: datetime) -> None:
    """Ask who asked for it without returning the request; the step stays open.

    Raises ``Invalid`` without text, ``NotAllowed`` and ``Stale``.
    """
    written = said(text)
    request, _step_id = decidable(seen)
    if not noticed(session, request, PriorRequest.state == SUBMITTED, asked_by_id=seen.reader.id):
        raise Stale(CHANGED)
    record(session, events.ASKED, request.subject, by=seen.reader.id, at=at, comment=written)
    tell(session, request, [request.owner_id], events.ASKED, at, seen.reader.name)
    quicken(session, [seen.reader.id])
