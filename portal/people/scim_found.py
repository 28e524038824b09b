"""Finding the people that a directory asks for: SCIM's filters as conditions of a query.

Source: RFC 7644, 3.4.2.2. The library reads the text of a filter, with its groups and what goes
before what; here each operator becomes SQL. No condition is ever unknown (NULL): what is missing
counts as empty text, so that ``not`` turns every answer round.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from scim2_models import InvalidFilterException
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)
from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import selectinload

from portal.core.events import Event
from portal.people.models import Department, DirectoryEntry, Person

USER_NAME = func.coalesce(DirectoryEntry.user_name, Person.email)
"""Who was not taken in by the directory is found by his e-mail address."""

KNOWN = (
    select(Person, DirectoryEntry)
    .outerjoin(DirectoryEntry, DirectoryEntry.person_id == Person.id)
    .where(or_(DirectoryEntry.deleted.is_(None), DirectoryEntry.deleted.is_(False)))
    .options(selectinload(Person.department), selectinload(Person.manager))
)
"""Everybody whom the directory has not deleted."""

Column = SQLColumnExpression[Any]
Condition = ColumnElement[bool]
Operators = Mapping[CompareOperator, Callable[[Column, Any], Condition]]

SAID = func.coalesce(DirectoryEntry.department, "")
MEANT = select(Department.id).where(
    Department.id == Person.department_id,
    or_(
        *(
            func.lower(name) == func.lower(SAID)
            for name in (Department.code, Department.name_zh, Department.name_en)
        )
    ),
)
NAMED = select(Department.name_zh).where(Department.id == Person.department_id)
DEPARTMENT = case(
    (MEANT.correlate(Person, DirectoryEntry).exists(), SAID),
    else_=NAMED.correlate(Person).scalar_subquery(),
)
"""As the directory writes it, as long as it means this one."""

EXACT: Mapping[str, Column] = {
    "id": cast(Person.id, String),
    "externalid": DirectoryEntry.external_id,
    "manager.value": cast(Person.manager_id, String),
}
FOLDED: Mapping[str, Column] = {
    "username": USER_NAME,
    "displayname": Person.name,
    "name.formatted": Person.name,
    "name.givenname": DirectoryEntry.given_name,
    "name.familyname": DirectoryEntry.family_name,
    "emails.value": Person.email,
    "emails.type": literal("work"),
    "preferredlanguage": Person.language,
    "employeenumber": Person.number,
    "department": DEPARTMENT,
}
"""Texts of which capital letters make no difference."""

SWITCHES: Mapping[str, Column] = {"active": Person.active, "emails.primary": literal(value=True)}
MOMENTS: Mapping[str, Any] = {"meta.created": func.min, "meta.lastmodified": func.max}
"""Which of a person's events tells the moment."""

SHORT = {"emails": "emails.value", "name": "name.formatted", "manager": "manager.value"}
"""What is compared, or has to be there, where only the whole is named."""

ORDERED: Operators = {
    CompareOperator.eq: lambda column, value: column == value,
    CompareOperator.ne: lambda column, value: column != value,
    CompareOperator.gt: lambda column, value: column > value,
    CompareOperator.ge: lambda column, value: column >= value,
    CompareOperator.lt: lambda column, value: column < value,
    CompareOperator.le: lambda column, value: column <= value,
}
# LIKE would fold capital letters on one database and not on the other.
TEXT: Operators = {
    **ORDERED,
    CompareOperator.co: lambda column, value: func.replace(column, value, "") != column,
    CompareOperator.sw: lambda column, value: func.substr(column, 1, func.length(value)) == value,
    CompareOperator.ew: lambda column, value: and_(
        func.length(column) >= func.length(value),
        func.substr(column, func.length(column) - func.length(value) + 1) == value,
    ),
}


class Conditions(FilterVisitor[Condition]):
    """A filter as a condition on ``KNOWN``; ``at`` stands for changes that were never recorded.

    Raises ``InvalidFilterException`` for attributes that are not in the tables above, and for
    operators and values that an attribute cannot be compared with.
    """

    def __init__(self, at: datetime, within: str = ""):
        self.at, self.within = at, within

    def visit_logical_expr(self, node: LogicalExpr) -> Condition:
        terms = [self.visit(term) for term in node.terms]
        return and_(*terms) if node.op == LogicalOperator.and_ else or_(*terms)

    def visit_not(self, node: Not) -> Condition:
        return not_(self.visit(node.expr))

    def visit_value_path(self, node: ValuePath) -> Condition:
        """Everybody has one address, so that its parts are compared one by one."""
        if self._named(node.attr_path) != SHORT["emails"]:
            self._refuse("Only emails are chosen among by […].")
        return Conditions(self.at, within="emails.").visit(node.val_filter)

    def visit_present(self, node: Present) -> Condition:
        name = self._named(node.attr_path)
        if name in EXACT or name in FOLDED:
            return _text(name) != ""
        return true()

    def visit_comparison(self, node: Comparison) -> Condition:
        name, op, value = self._named(node.attr_path), node.op, node.value
        if value is None:
            return self._against_null(node)
        if name in SWITCHES:
            return self._switch(SWITCHES[name], op, value)
        if name in MOMENTS:
            moment = func.coalesce(_events(MOMENTS[name]), literal(self.at, Event.at.type))
            return self._known(ORDERED, op)(moment, self._moment(value))
        if not isinstance(value, str):
            self._refuse(f"{node.attr_path} is compared with text in quotation marks.")
        column, text = _text(name), func.lower(value) if name in FOLDED else literal(value)
        there = column != "" if op not in (CompareOperator.eq, CompareOperator.ne) else true()
        if not value and op not in ORDERED:
            return there
        return and_(there, self._known(TEXT, op)(column, text))

    def _named(self, path: AttrPath) -> str:
        """The attribute by its name in the tables above."""
        name = f"{path.attr}.{path.sub_attr}" if path.sub_attr else path.attr
        name = self.within + name.lower()
        name = SHORT.get(name, name)
        if not any(name in table for table in (EXACT, FOLDED, SWITCHES, MOMENTS)):
            known = sorted([*EXACT, *FOLDED, *SWITCHES, *MOMENTS])
            self._refuse(f"Filter on one of: {', '.join(known)}")
        return name

    def _against_null(self, node: Comparison) -> Condition:
        """RFC 7643, 2.5: what is null is unassigned."""
        present = self.visit_present(Present(node.attr_path))
        if node.op == CompareOperator.ne:
            return present
        if node.op != CompareOperator.eq:
            self._refuse("Only eq and ne compare with null.")
        return not_(present)

    def _switch(self, column: Column, op: CompareOperator, value: object) -> Condition:
        # Microsoft Entra sends "True".
        said = {"true": True, "false": False}.get(str(value).lower())
        if said is None or op not in (CompareOperator.eq, CompareOperator.ne):
            self._refuse("What is true or false is compared with eq or ne.")
        wanted = said if op == CompareOperator.eq else not said
        return column.is_(true() if wanted else false())

    def _moment(self, value: object) -> datetime:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self._refuse(f"No moment: {str(value)[:40]!r}. Write it like 2026-03-31T08:00:00Z.")
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def _known(self, operators: Operators, op: CompareOperator) -> Callable[..., Condition]:
        if op not in operators:
            self._refuse(f"Moments are compared with: {', '.join(operators)}")
        return operators[op]

    def _refuse(self, detail: str) -> NoReturn:
        raise InvalidFilterException(detail=detail)


def _text(name: str) -> Column:
    """The column of a text, empty where there is none, in small letters where they are alike."""
    if name in EXACT:
        return func.coalesce(EXACT[name], "")
    return func.lower(func.coalesce(FOLDED[name], ""))


def _events(first_or_last: Any) -> Any:
    found: Select[Any] = select(first_or_last(Event.at)).where(
        Event.subject_kind == "person", Event.subject_id == Person.id
    )
    return found.correlate(Person).scalar_subquery()
