"""Writing the next version of the rules: begin, change, propose, publish, discard.

There is one draft at a time, on top of the newest version. Whatever is typed is kept, also what
no rule could use; only publishing asks for a document without faults.
"""

import copy
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.core.errors import Invalid, Missing, NotAllowed, NotNow, Stale
from portal.core.events import record
from portal.core.text import typed
from portal.core.words import words
from portal.policy import events, versions
from portal.policy.checking import Fault, faults
from portal.policy.differences import changed_parts, differences
from portal.policy.document import complete
from portal.policy.events import SUBJECT
from portal.policy.models import PolicyDraft, PolicyVersion
from portal.policy.queries import categories

LONGEST_NOTE = 400
MOST_TOLD = 20
"""Changes that the event of a publication names one by one."""

CHANGED_ELSEWHERE = words(
    "Somebody changed this draft since this page was shown. "
    "What you typed is kept below; look at it and save again."
)


def open_draft(session: Session) -> PolicyDraft | None:
    """The draft that is being written, None when nobody writes one. One query."""
    found = select(PolicyDraft).where(
        PolicyDraft.published_as.is_(None), PolicyDraft.discarded_at.is_(None)
    )
    return session.scalars(found.order_by(PolicyDraft.id).limit(1)).one_or_none()


def the_draft(session: Session) -> PolicyDraft:
    """The draft that is being written. Raises ``Missing``."""
    draft = open_draft(session)
    if draft is None:
        raise Missing(words("Nobody is changing the rules right now. Begin a draft first."))
    return draft


def start(
    session: Session, *, by: int, at: datetime, restoring: int | None = None,
    rules: Mapping[str, Any] | None = None, note: str = "",
) -> PolicyDraft:  # fmt: skip
    """A draft like the newest version, like an older one (``restoring``), or of ``rules``.

    Raises ``NotNow`` while there is another draft, and ``Missing``.
    """
    if open_draft(session) is not None:
        raise NotNow(words("There is a draft already. Publish or discard it first."))
    base = versions.newest(session)
    source = versions.version(session, restoring).rules if restoring is not None else base.rules
    draft = PolicyDraft(
        based_on=base.id,
        author_id=by,
        note=note,
        rules=copy.deepcopy(complete(source if rules is None else rules)),
        created_at=at,
        updated_at=at,
    )
    session.add(draft)
    how = {"restored": restoring} if restoring is not None else {"imported": rules is not None}
    record(session, events.DRAFT_STARTED, SUBJECT, by=by, at=at, based_on=base.id, **how)
    return draft


def save(
    session: Session, draft: PolicyDraft, parts: Mapping[str, Any],
    *, shown: int, by: int, at: datetime,
) -> list[str]:  # fmt: skip
    """Replace parts of the document; the names of those that changed.

    A proposal ends when the draft changes. Raises ``Stale`` when ``shown`` is not its version.
    """
    before = draft.rules
    rules = complete({**copy.deepcopy(before), **parts})
    changed = changed_parts(before, rules)
    _take(
        session, draft, shown,
        rules=rules, author_id=by, proposed_by_id=None, updated_at=at,
    )  # fmt: skip
    if changed:
        record(session, events.DRAFT_CHANGED, SUBJECT, by=by, at=at, parts=changed)
    return changed


def faults_of(session: Session, draft: PolicyDraft, articles: Collection[str]) -> list[Fault]:
    """What keeps the draft from being published."""
    return faults(draft.rules, {one.code for one in categories(session)}, articles)


def may_publish(draft: PolicyDraft, person: int, *, two_people: bool) -> bool:
    """Whether this person may switch the draft on, as far as it depends on who they are."""
    if not two_people:
        return True
    return draft.proposed_by_id is not None and person not in (
        draft.author_id,
        draft.proposed_by_id,
    )


def propose(
    session: Session, draft: PolicyDraft, *, valid_from: date, note: str,
    articles: Collection[str], shown: int, by: int, at: datetime, today: date,
) -> None:  # fmt: skip
    """Hand the draft to a second person. Raises ``Invalid``, ``NotNow`` and ``Stale``."""
    _refuse(session, draft, articles, valid_from, today)
    note = _note(note)
    _take(session, draft, shown, proposed_by_id=by, valid_from=valid_from, note=note)
    record(
        session, events.DRAFT_PROPOSED, SUBJECT, by=by, at=at,
        valid_from=valid_from.isoformat(), comment=note,
    )  # fmt: skip


def publish(
    session: Session, draft: PolicyDraft, *, valid_from: date, note: str, two_people: bool,
    articles: Collection[str], shown: int, by: int, at: datetime, today: date,
) -> PolicyVersion:  # fmt: skip
    """Make the draft the rules from a day on; claims that were judged keep their version.

    With ``two_people`` somebody else must have proposed exactly this draft, with its day and
    note. Raises ``NotAllowed``, ``Invalid``, ``NotNow`` and ``Stale``.
    """
    if two_people:
        if draft.proposed_by_id is None:
            raise NotNow(
                words("This draft has to be proposed before a second person publishes it.")
            )
        if not may_publish(draft, by, two_people=True):
            raise NotAllowed(words("A second person has to publish what you changed or proposed."))
        valid_from, note = draft.valid_from or valid_from, draft.note
    _refuse(session, draft, articles, valid_from, today)
    base = versions.version(session, draft.based_on)
    new = PolicyVersion(
        valid_from=valid_from, created_at=at, created_by_id=draft.author_id, rules=draft.rules,
        note=_note(note), approved_by_id=by if two_people else None, based_on=base.id,
    )  # fmt: skip
    session.add(new)
    session.flush()
    _take(session, draft, shown, published_as=new.id, valid_from=valid_from, note=new.note)
    told = differences(base.rules, new.rules, versions.category_names(session))
    record(
        session, events.PUBLISHED, SUBJECT, by=by, at=at, version=new.id,
        valid_from=valid_from.isoformat(), comment=new.note,
        changes=[
            f"{', '.join(map(str, one.what))}: {one.before or '–'} → {one.after or '–'}"
            for one in told[:MOST_TOLD]
        ],
    )  # fmt: skip
    return new


def discard(session: Session, draft: PolicyDraft, *, shown: int, by: int, at: datetime) -> None:
    """Give the draft up. Raises ``Stale``."""
    _take(session, draft, shown, discarded_at=at)
    record(session, events.DRAFT_DISCARDED, SUBJECT, by=by, at=at, based_on=draft.based_on)


def earliest(session: Session, today: date) -> date:
    """The first day from which a new version can hold.

    Not in the past, and not before a version that is still to come: the one that begins later
    would take over again.
    """
    return max(today, versions.newest(session).valid_from)


def _refuse(
    session: Session, draft: PolicyDraft, articles: Collection[str], valid_from: date, today: date
) -> None:
    if faults_of(session, draft, articles):
        raise NotNow(words("The draft has problems. Correct them first."))
    base = versions.version(session, draft.based_on)
    if not changed_parts(base.rules, draft.rules):
        raise NotNow(words("The draft says the same as the rules it began with."))
    first = earliest(session, today)
    if valid_from < first:
        raise Invalid(
            words("The new rules can begin on %(day)s at the earliest.", day=first), "valid_from"
        )


def _note(note: str) -> str:
    note = typed(note).strip()[:LONGEST_NOTE]
    if not note:
        raise Invalid(words("Say in a few words why the rules change."), "note")
    return note


def _take(session: Session, draft: PolicyDraft, shown: int, **values: Any) -> None:
    """Change the draft unless somebody did since ``shown``. Raises ``Stale``."""
    taken = session.execute(
        update(PolicyDraft)
        .where(
            PolicyDraft.id == draft.id,
            PolicyDraft.version == shown,
            PolicyDraft.published_as.is_(None),
            PolicyDraft.discarded_at.is_(None),
        )
        .values(version=PolicyDraft.version + 1, **values)
        .returning(PolicyDraft)
        .execution_options(populate_existing=True)
    ).first()
    if taken is None:
        raise Stale(CHANGED_ELSEWHERE)
