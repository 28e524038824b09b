"""People as a directory provisions them by SCIM 2.0 (RFC 7644): the storage behind the protocol.

Everything goes by the rules that administrators go by. The directory never gives roles, grades
or bank accounts, and what it deletes is deactivated: claims and history stay.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NoReturn, cast

from scim2_models import (
    ForbiddenException,
    InvalidValueException,
    NotFoundException,
    NotImplementedException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    SearchRequest,
    UniquenessException,
)
from scim2_server.conditions import Conditions as Preconditions
from scim2_server.service import ScimService
from scim2_server.storage import ScimStorage, SearchPage
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal.core.errors import Invalid, NotNow
from portal.core.events import Subject, record
from portal.people import directory, events, scim_said, scim_shown
from portal.people.models import Department, DirectoryEntry, Person
from portal.people.scim_found import KNOWN, USER_NAME, Conditions
from portal.people.scim_users import PROVIDER, EnterpriseUser, User

Known = tuple[Person, DirectoryEntry | None]
GROUP = "Group"
TAKEN = directory.belongs_to("", "").text
READ_ONLY = "Departments are changed in the portal."


class People(ScimStorage):
    """Everybody as users, and departments as groups that can only be read.

    ``moved`` are the people whose place changed: the caller hands over what waits for them.
    """

    def __init__(self, session: Session, at: datetime):
        self.session, self.at = session, at
        self.moved: set[int] = set()

    def get(
        self, resource_type: ResourceType, resource_id: str, *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:  # fmt: skip
        if resource_type.name != GROUP:
            person, entry = self._found(resource_id)
            return self._shown(person, entry)
        for department in self._departments():
            if str(department.id) == resource_id:
                return scim_shown.group(self.session, department)
        raise NotFoundException

    def search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *,
        position: Any = None,
    ) -> SearchPage:  # fmt: skip
        if len(resource_types) != 1:
            raise NotImplementedException(detail="Search in Users or in Groups.")
        start, count = search_request.start_index_0 or 0, search_request.count
        wanted = search_request.filter
        if resource_types[0].name == GROUP:
            groups = [scim_shown.group(self.session, each) for each in self._departments()]
            matching = [group for group in groups if wanted is None or wanted.match(group)]
            return SearchPage(len(matching), list(matching[start:][:count]))
        found = KNOWN if wanted is None else KNOWN.where(Conditions(self.at).visit(wanted.ast))
        total = self.session.scalar(select(func.count()).select_from(found.subquery()))
        page = self.session.execute(found.order_by(Person.id).offset(start).limit(count)).all()
        return SearchPage(total, [self._shown(person, entry) for person, entry in page])

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        user = self._user(resource)
        again = self._deleted(user)
        if again is not None:
            user.active = user.active is not False
            return self._written(*again, user)
        self._refuse_taken(user)
        entry = DirectoryEntry()
        said = scim_said.cells(self.session, user, None, entry)
        try:
            cells = scim_said.given(self.session, user) | said
            person = directory.create(self.session, cells, by=None, at=self.at)
        except Invalid as refusal:
            self._refuse(refusal)
        scim_said.enter(entry, user)
        entry.person_id = person.id
        self.session.add(entry)
        self._set_active(person, user.active)
        self.session.flush()
        return self._shown(person, entry)

    def update(
        self, resource_type: ResourceType, resource: Resource[Any], *,
        expected_version: str | None = None,
    ) -> Resource[Any]:  # fmt: skip
        user = self._user(resource)
        person, entry = self._found(resource.id or "", expected_version)
        self._refuse_taken(user, but=person.id)
        if entry is None:
            entry = DirectoryEntry(person_id=person.id)
        return self._written(person, entry, user)

    def delete(
        self, resource_type: ResourceType, resource_id: str, *,
        expected_version: str | None = None,
    ) -> None:  # fmt: skip
        if resource_type.name == GROUP:
            raise NotImplementedException(detail=READ_ONLY)
        person, entry = self._found(resource_id, expected_version)
        self._set_active(person, active=False)
        if entry is None:
            entry = DirectoryEntry(person_id=person.id, user_name=person.email)
            self.session.add(entry)
        entry.deleted = True
        self.session.flush()

    def _written(self, person: Person, entry: DirectoryEntry, user: User[Any]) -> Resource[Any]:
        cells = scim_said.cells(self.session, user, person, entry)
        try:
            directory.change(
                self.session, person, cells,
                shown=directory.shown_version(person), by=None, at=self.at,
            )  # fmt: skip
        except Invalid as refusal:
            self._refuse(refusal)
        if scim_said.enter(entry, user):
            self.session.add(entry)
            about = Subject("person", person.id)
            record(self.session, events.PERSON_CHANGED, about, by=None, at=self.at,
                   fields=["directory"])  # fmt: skip
        self._set_active(person, user.active)
        self.moved.add(person.id)
        self.session.flush()
        # Department and manager were loaded before they changed.
        self.session.expire(person, ["department", "manager"])
        return self._shown(person, entry)

    def _set_active(self, person: Person, active: bool | None) -> None:
        if active is None or active == person.active:
            return
        change = directory.reactivate if active else directory.deactivate
        try:
            change(self.session, person, by=None, at=self.at)
        except NotNow as refusal:
            raise ForbiddenException(detail=str(refusal.words)) from refusal
        self.moved.add(person.id)

    def _found(self, resource_id: str, expected_version: str | None = None) -> Known:
        """Raises ``NotFoundException``, and ``PreconditionFailedException`` for another version."""
        if not resource_id.isdecimal() or len(resource_id) > 9:
            raise NotFoundException
        row = self.session.execute(KNOWN.where(Person.id == int(resource_id))).one_or_none()
        if row is None:
            raise NotFoundException
        person, entry = cast(Known, tuple(row))
        if expected_version is not None:
            meta = self._shown(person, entry).meta
            if meta is None or meta.version != expected_version:
                raise PreconditionFailedException
        return person, entry

    def _deleted(self, user: User[Any]) -> tuple[Person, DirectoryEntry] | None:
        """Whom the directory had deleted and now takes in again."""
        row = self.session.execute(
            select(Person, DirectoryEntry)
            .join(DirectoryEntry, DirectoryEntry.person_id == Person.id)
            .where(
                DirectoryEntry.deleted,
                func.lower(DirectoryEntry.user_name) == (user.user_name or "").lower(),
            )
        ).first()
        return (row[0], row[1]) if row else None

    def _refuse_taken(self, user: User[Any], but: int | None = None) -> None:
        name, external_id = (user.user_name or "").lower(), user.external_id
        same = [func.lower(USER_NAME) == name]
        if external_id:
            same.append(DirectoryEntry.external_id == external_id)
        found = (
            select(Person.id)
            .outerjoin(DirectoryEntry, DirectoryEntry.person_id == Person.id)
            .where(or_(*same))
        )
        if but is not None:
            found = found.where(Person.id != but)
        if self.session.scalars(found).first() is not None:
            raise UniquenessException

    def _user(self, resource: Resource[Any]) -> User[Any]:
        if not isinstance(resource, User):
            raise NotImplementedException(detail=READ_ONLY)
        for said, most in ((resource.user_name, 254), (resource.external_id, 200)):
            if said and len(said) > most:
                raise InvalidValueException(detail=f"At most {most} characters: {said[:20]}…")
        return resource

    def _refuse(self, refusal: Invalid) -> NoReturn:
        """A refusal of the rules as SCIM says it; what another person has is a conflict."""
        detail = f"{refusal.field}: {refusal.words}" if refusal.field else str(refusal.words)
        if refusal.words.text == TAKEN:
            raise UniquenessException(detail=detail) from refusal
        raise InvalidValueException(detail=detail) from refusal

    def _shown(self, person: Person, entry: DirectoryEntry | None) -> Resource[Any]:
        return scim_shown.user(self.session, person, entry, self.at)

    def _departments(self) -> Sequence[Department]:
        return self.session.scalars(select(Department).order_by(Department.id)).all()


class Service(ScimService):
    """The protocol. What a PUT leaves out stays as it was: a directory that knows no managers
    must not take them away (RFC 7644, 3.5.1 leaves it open)."""

    def apply_replacement(
        self, current: Resource[Any], replacement: Resource[Any], conditions: Preconditions
    ) -> Resource[Any] | None:
        if isinstance(current, User) and isinstance(replacement, User):
            for name in ("external_id", "name", "display_name", "preferred_language", "active",
                         "emails"):  # fmt: skip
                if getattr(replacement, name) is None:
                    setattr(replacement, name, getattr(current, name))
            known, said = current[EnterpriseUser], replacement[EnterpriseUser]
            if said is None:
                replacement[EnterpriseUser] = known
            elif known is not None:
                for name in ("employee_number", "department", "manager"):
                    if getattr(said, name) is None:
                        setattr(said, name, getattr(known, name))
        return super().apply_replacement(current, replacement, conditions)


SERVICE = Service(PROVIDER)
