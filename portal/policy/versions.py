"""The rules as they were, are and will be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from portal.core.errors import Missing
from portal.core.words import Named, words
from portal.people.models import Person
from portal.policy.differences import Difference, differences
from portal.policy.models import PolicyVersion
from portal.policy.queries import NEWEST_FIRST, categories

MOST_SHOWN = 200


@dataclass(frozen=True)
class Past:
    """A version in the history. ``author`` is empty for the rules the portal came with."""

    id: int
    valid_from: date
    created_at: datetime
    note: str
    author: str
    approver: str
    based_on: int | None


def history(session: Session) -> list[Past]:
    """The versions, newest first. One query."""
    author, approver = aliased(Person), aliased(Person)
    found = (
        select(
            PolicyVersion.id, PolicyVersion.valid_from, PolicyVersion.created_at,
            PolicyVersion.note, author.name, approver.name, PolicyVersion.based_on,
        )
        .outerjoin(author, author.id == PolicyVersion.created_by_id)
        .outerjoin(approver, approver.id == PolicyVersion.approved_by_id)
        .order_by(*NEWEST_FIRST)
        .limit(MOST_SHOWN)
    )  # fmt: skip
    return [
        Past(row[0], row[1], row[2], row[3], row[4] or "", row[5] or "", row[6])
        for row in session.execute(found)
    ]


def newest(session: Session) -> PolicyVersion:
    """The version that no other follows, in force or still to come. One query."""
    return session.scalars(select(PolicyVersion).order_by(*NEWEST_FIRST).limit(1)).one()


def version(session: Session, version_id: int) -> PolicyVersion:
    """A version by its number. Raises ``Missing``."""
    found = session.get(PolicyVersion, version_id)
    if found is None:
        raise Missing(words("There is no such version of the rules."))
    return found


def in_force_until(versions: Sequence[Past], version_id: int) -> date | None:
    """The day on which another version takes over, None while none does."""
    later = [one for one in versions if one.id == version_id]
    if not later:
        return None
    here = later[0]
    after = [
        one.valid_from for one in versions if (one.valid_from, one.id) > (here.valid_from, here.id)
    ]
    return min(after, default=None)


def between(session: Session, before: int, after: int) -> list[Difference]:
    """What differs between two versions. Raises ``Missing``."""
    old, new = version(session, before), version(session, after)
    return differences(old.rules, new.rules, category_names(session))


def category_names(session: Session) -> dict[str, Named]:
    """The names of all categories by their codes."""
    return {category.code: category.name for category in categories(session)}
