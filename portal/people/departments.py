"""The tree of departments: reading it, and changing it without making circles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.errors import Invalid
from portal.core.events import Subject, record
from portal.core.versions import refuse_stale, version_of
from portal.core.words import Named, words
from portal.people import companies, events
from portal.people.directory import belongs_to, somebody
from portal.people.models import Company, Department, Person


@dataclass(frozen=True)
class Branch:
    """A department in its tree: how deep it stands, its head and how many work there."""

    id: int
    code: str
    name: Named
    depth: int
    cost_centre: str
    head: str | None
    people: int


def tree(session: Session) -> list[Branch]:
    """All departments, each directly before those below it, by code. One query."""
    working = (
        select(func.count())
        .select_from(Person)
        .where(Person.department_id == Department.id, Person.active)
        .correlate(Department)
        .scalar_subquery()
    )
    head = select(Person.name).where(Person.id == Department.head_id).correlate(Department)
    rows = session.execute(
        select(
            Department.id, Department.code, Department.name_zh, Department.name_en,
            Department.parent_id, Department.cost_centre,
            head.scalar_subquery().label("head"), working.label("people"),
        ).order_by(Department.code)
    ).all()  # fmt: skip
    below: dict[int | None, list[int]] = {}
    for place, row in enumerate(rows):
        below.setdefault(row.parent_id, []).append(place)
    found: list[Branch] = []
    waiting = [(place, 0) for place in reversed(below.get(None, []))]
    while waiting:
        place, depth = waiting.pop()
        row = rows[place]
        name = Named(row.name_zh, row.name_en)
        found.append(Branch(row.id, row.code, name, depth, row.cost_centre, row.head, row.people))
        waiting += [(child, depth + 1) for child in reversed(below.get(row.id, []))]
    return found


def cells_of(session: Session, department: Department) -> dict[str, str]:
    """What is known of the department, as a form shows it."""
    parent = session.get(Department, department.parent_id) if department.parent_id else None
    head = session.get(Person, department.head_id) if department.head_id else None
    company = session.get(Company, department.company_id) if department.company_id else None
    return {
        "code": department.code,
        "name_zh": department.name_zh,
        "name_en": department.name_en,
        "parent": parent.code if parent else "",
        "head": head.number if head else "",
        "cost_centre": department.cost_centre,
        "company": company.code if company else "",
    }


def shown_version(session: Session, department: Department) -> str:
    """What a form carries to ``change``: the state of the department that it shows."""
    return version_of(cells_of(session, department))


def create(session: Session, cells: Mapping[str, str], *, by: int, at: datetime) -> Department:
    """Found a department. ``cells`` are as in ``cells_of``; raises ``Invalid``."""
    department = Department(code="", name_zh="", name_en="")
    _set(session, department, cells)
    session.add(department)
    session.flush()
    about = Subject("department", department.id)
    record(session, events.DEPARTMENT_CREATED, about, by=by, at=at)
    return department


def change(
    session: Session, department: Department, cells: Mapping[str, str], *,
    shown: str, by: int, at: datetime,
) -> Sequence[str]:  # fmt: skip
    """Change a department; the names of what changed.

    Raises ``Stale`` when ``shown`` is not how it stands now, and ``Invalid``.
    """
    before = cells_of(session, department)
    refuse_stale(shown, before)
    _set(session, department, cells)
    after = cells_of(session, department)
    changed = [name for name in before if before[name] != after[name]]
    if changed:
        about = Subject("department", department.id)
        record(session, events.DEPARTMENT_CHANGED, about, by=by, at=at, fields=changed)
    return changed


def _set(session: Session, department: Department, cells: Mapping[str, str]) -> None:
    plain = {name: cell.strip() for name, cell in cells.items()}
    for name in ("code", "name_zh", "name_en"):
        if not plain[name]:
            raise Invalid(words("This is needed."), name)
    # Nothing is set before all is judged: a refused form leaves the department alone.
    _refuse_taken(session, department, plain["code"])
    parent_id = _parent_id(session, department, plain["parent"])
    try:
        head = somebody(session, plain["head"])
    except Invalid as refusal:
        raise Invalid(refusal.words, "head") from None
    if head and not head.active:
        raise Invalid(words("%(name)s has left and can head nothing.", name=head.name), "head")
    company_id = companies.choose(session, plain["company"], topmost=parent_id is None)
    department.code = plain["code"]
    department.name_zh, department.name_en = plain["name_zh"], plain["name_en"]
    department.cost_centre = plain["cost_centre"]
    department.parent_id = parent_id
    department.head_id = head.id if head else None
    department.company_id = company_id


def _refuse_taken(session: Session, department: Department, code: str) -> None:
    other = session.scalars(select(Department).where(Department.code == code)).first()
    if other is not None and other.id != department.id:
        raise Invalid(belongs_to(other.name, other.code), "code")


def _parent_id(session: Session, department: Department, code: str) -> int | None:
    if not code:
        return None
    above: dict[int, tuple[str, int | None]] = {
        row.id: (row.code, row.parent_id)
        for row in session.execute(select(Department.id, Department.code, Department.parent_id))
    }
    parent_id = next((i for i, (known, _up) in above.items() if known == code), None)
    if parent_id is None:
        raise Invalid(words("Choose a department from the list."), "parent")
    up: int | None = parent_id
    while up is not None:
        if up == department.id:
            raise Invalid(words("A department cannot stand below itself."), "parent")
        up = above[up][1]
    return parent_id
