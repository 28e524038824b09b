"""What happened to a subject, told with the names of those who acted."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Text, bindparam, cast, select
from sqlalchemy.orm import Session, aliased

from portal.core.db import fetch
from portal.core.events import Event, Subject
from portal.people.models import Person


class Told(NamedTuple):
    """An event and who acted, None for the portal, and for whom. ``told`` is JSON."""

    at: datetime
    kind: str
    name: str | None
    told: str
    principal: str | None = None

    @property
    def data(self) -> Any:
        """What the event says, read when it is asked for: a page made before need not."""
        return json.loads(self.told)


Principal = aliased(Person)
TIMELINE = (
    select(Event.at, Event.kind, Person.name, cast(Event.data, Text), Principal.name)
    .outerjoin(Person, Person.id == Event.actor_id)
    .outerjoin(Principal, Principal.id == Event.for_id)
    .where(Event.subject_kind == bindparam("kind"), Event.subject_id == bindparam("subject_id"))
    .order_by(Event.id)
)


def timeline(session: Session, about: Subject) -> tuple[Told, ...]:
    """The subject's events, oldest first. One query."""
    rows = fetch(session, TIMELINE, kind=about.kind, subject_id=about.id)
    return tuple(map(Told._make, rows))
