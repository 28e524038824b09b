"""Named reads of the lists of claims: one's own, everybody's and those on Home."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, Text, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from portal.claims.models import DRAFT, MOVING, RETURNED, WITHDRAWN, Claim, Template
from portal.claims.queries import PAGE
from portal.core.db import Rows, fetch
from portal.people.models import Deputy, Person


@dataclass(frozen=True)
class Filter:
    """What a list of claims is narrowed to. ``before`` pages by key: ids below it."""

    state: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    department_id: int | None = None
    before: int | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """The fields that narrow."""
        return tuple(name for name, value in vars(self).items() if value)

    @property
    def values(self) -> dict[str, Any]:
        """What ``NARROWED`` is filled with."""
        text = self.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return {**vars(self), "number": self.text.upper(), "pattern": f"%{text}%"}


LISTED = (
    Claim.id, Claim.number, Claim.state, Claim.purpose, Claim.total, Claim.currency,
    Claim.updated_at, Claim.submitted_at, Claim.asked_by_id,
)  # fmt: skip
OWN = select(*LISTED).where(Claim.claimant_id == bindparam("person_id"))
SENT = (Claim.submitted_at.is_not(None), Claim.state != WITHDRAWN)
"""What those who see all claims see."""
EVERYBODYS = (
    select(*LISTED, Person.name.label("claimant"))
    .join(Person, Person.id == Claim.claimant_id)
    .where(*SENT)
)
NARROWED = {
    "state": Claim.state == bindparam("state"),
    "text": or_(
        Claim.number == bindparam("number"),
        Claim.purpose.ilike(bindparam("pattern", type_=Text), escape="\\"),
    ),
    "since": Claim.updated_at >= bindparam("since"),
    "until": Claim.updated_at < bindparam("until"),
    "department_id": Claim.department_id == bindparam("department_id"),
    "before": Claim.id < bindparam("before"),
}
"""What each field of a filter asks of a claim."""


def claims_of(session: Session, person_id: int, wanted: Filter) -> Rows:
    """A page of the person's own claims, newest first, and one row more if there are more."""
    found = fetch(session, _page(OWN, wanted.asked), person_id=person_id, **wanted.values)
    return found.all()


def all_claims(session: Session, wanted: Filter) -> Rows:
    """A page of everybody's submitted claims, newest first, and one row more if there are."""
    return fetch(session, _page(EVERYBODYS, wanted.asked), **wanted.values).all()


FILLED = (
    select(*LISTED, Person.name.label("claimant"))
    .join(Person, Person.id == Claim.claimant_id)
    .join(Deputy, and_(Deputy.person_id == Person.id, Deputy.deputy_id == Claim.entered_by_id))
    .where(Claim.entered_by_id == bindparam("deputy_id"))
    .order_by(Claim.id.desc())
    .limit(100)
)


def filled_by(session: Session, deputy_id: int) -> Rows:
    """The last claims that this person filled for those who still allow it, newest first."""
    return fetch(session, FILLED, deputy_id=deputy_id).all()


@cache
def _page(listed: Select[Any], asked: tuple[str, ...]) -> Select[Any]:
    """The statement of a page, built once for each set of fields that is asked for."""
    narrowed = listed.where(*(NARROWED[name] for name in asked))
    return narrowed.order_by(Claim.id.desc()).limit(PAGE + 1)


MOST_ON_HOME = 10
IN_HAND = (
    OWN.where(or_(Claim.state.in_((DRAFT, RETURNED)), Claim.asked_by_id.is_not(None)))
    .order_by(Claim.id.desc())
    .limit(MOST_ON_HOME)
)
ON_THE_WAY = OWN.where(Claim.state.in_(MOVING)).order_by(Claim.id.desc()).limit(MOST_ON_HOME)


def in_hand(session: Session, person_id: int) -> Rows:
    """The person's claims that need something from them: drafts, returned ones, questions."""
    return fetch(session, IN_HAND, person_id=person_id).all()


def on_the_way(session: Session, person_id: int) -> Rows:
    """The person's claims that somebody else has to move."""
    return fetch(session, ON_THE_WAY, person_id=person_id).all()


TEMPLATES = (
    select(Template.id, Template.name)
    .where(Template.owner_id == bindparam("owner_id"))
    .order_by(Template.name, Template.id)
    .limit(bindparam("most", type_=Integer))
)


def template_names(session: Session, owner_id: int, most: int) -> Rows:
    """The first of the person's templates by name, without what is in them."""
    return fetch(session, TEMPLATES, owner_id=owner_id, most=most).all()
