"""Projects: what costs are booked on beside the cost centre."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.db import Rows
from portal.core.errors import Invalid
from portal.core.events import Subject, record
from portal.core.versions import refuse_stale, version_of
from portal.core.words import Named, words
from portal.people import events
from portal.people.directory import belongs_to, somebody
from portal.people.models import Person, Project


def listed(session: Session) -> Rows:
    """All projects with the names of their owners, those in use first, by code. One query."""
    return session.execute(
        select(
            Project.id, Project.code, Project.name_zh, Project.name_en, Project.active,
            Person.name.label("owner"),
        )
        .outerjoin(Person, Person.id == Project.owner_id)
        .order_by(Project.active.desc(), Project.code)
    ).all()  # fmt: skip


def numbers(session: Session) -> frozenset[int]:
    """The ids of all projects. One query."""
    return frozenset(session.scalars(select(Project.id)))


def names_of(session: Session) -> dict[int, Named]:
    """The names of all projects by their ids. One query."""
    return {each.id: each.name for each in session.scalars(select(Project))}


def in_use(session: Session) -> Sequence[Project]:
    """The projects that take new costs, by code. One query."""
    return session.scalars(select(Project).where(Project.active).order_by(Project.code)).all()


def cells_of(session: Session, project: Project) -> dict[str, str]:
    """What is known of the project, as a form shows it; ``active`` is ``yes`` or empty."""
    owner = session.get(Person, project.owner_id) if project.owner_id else None
    return {
        "code": project.code,
        "name_zh": project.name_zh,
        "name_en": project.name_en,
        "owner": owner.number if owner else "",
        "active": "yes" if project.active else "",
    }


def shown_version(session: Session, project: Project) -> str:
    """What a form carries to ``change``: the state of the project that it shows."""
    return version_of(cells_of(session, project))


def create(session: Session, cells: Mapping[str, str], *, by: int, at: datetime) -> Project:
    """Begin a project. ``cells`` are as in ``cells_of``; raises ``Invalid``."""
    project = Project()
    _set(session, project, cells)
    session.add(project)
    session.flush()
    record(session, events.PROJECT_CREATED, Subject("project", project.id), by=by, at=at)
    return project


def change(
    session: Session, project: Project, cells: Mapping[str, str], *,
    shown: str, by: int, at: datetime,
) -> list[str]:  # fmt: skip
    """Change a project; the names of what changed.

    One that is no longer in use keeps what was booked on it and takes nothing new. Raises
    ``Stale`` when ``shown`` is not how it stands now, and ``Invalid``.
    """
    before = cells_of(session, project)
    refuse_stale(shown, before)
    _set(session, project, cells)
    after = cells_of(session, project)
    changed = [name for name in before if before[name] != after[name]]
    if changed:
        about = Subject("project", project.id)
        record(session, events.PROJECT_CHANGED, about, by=by, at=at, fields=changed)
    return changed


def _set(session: Session, project: Project, cells: Mapping[str, str]) -> None:
    typed = {name: cells[name].strip() for name in ("code", "name_zh", "name_en")}
    for name, value in typed.items():
        if not value:
            raise Invalid(words("This is needed."), name)
    other = session.scalars(select(Project).where(Project.code == typed["code"])).first()
    if other is not None and other.id != project.id:
        raise Invalid(belongs_to(other.name, other.code), "code")
    try:
        owner = somebody(session, cells["owner"])
    except Invalid as refusal:
        raise Invalid(refusal.words, "owner") from None
    if owner and not owner.active and owner.id != project.owner_id:
        raise Invalid(words("%(name)s has left and can own nothing.", name=owner.name), "owner")
    for name, value in typed.items():
        setattr(project, name, value)
    project.owner_id = owner.id if owner else None
    project.active = bool(cells["active"])
