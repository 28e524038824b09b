"""Finding the people that a directory asks for: SCIM's filters as conditions of a query."""

from collections.abc import Callable
from typing import Any

from scim2_models import InvalidFilterException
from scim2_models.path import (
    CompareOperator,
    Comparison,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
)
from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import selectinload

from portal.people.models import DirectoryEntry, Person

USER_NAME = func.coalesce(DirectoryEntry.user_name, Person.email)
"""Who was not taken in by the directory is found by his e-mail address."""

KNOWN = (
    select(Person, DirectoryEntry)
    .outerjoin(DirectoryEntry, DirectoryEntry.person_id == Person.id)
    .where(or_(DirectoryEntry.deleted.is_(None), DirectoryEntry.deleted.is_(False)))
    .options(selectinload(Person.department), selectinload(Person.manager))
)
"""Everybody whom the directory has not deleted."""


def _folded(column: Any) -> Callable[[Any], ColumnElement[bool]]:
    return lambda value: func.lower(column) == str(value).lower()


def _number(value: Any) -> ColumnElement[bool]:
    text = str(value)
    return Person.id == int(text) if text.isdecimal() and len(text) < 10 else false()


EQUALS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "id": _number,
    "username": _folded(USER_NAME),
    "externalid": lambda value: DirectoryEntry.external_id == str(value),
    "displayname": _folded(Person.name),
    "emails": _folded(Person.email),
    "emails.value": _folded(Person.email),
    "active": lambda value: Person.active.is_(bool(value)),
    "employeenumber": _folded(Person.number),
}


class Conditions(FilterVisitor[ColumnElement[bool]]):
    """A filter as a condition on ``KNOWN``. Raises ``InvalidFilterException`` for others than
    ``eq``, ``and`` and ``or`` on the attributes in ``EQUALS``."""

    def visit_comparison(self, node: Comparison) -> ColumnElement[bool]:
        path = node.attr_path
        name = f"{path.attr}.{path.sub_attr}" if path.sub_attr else path.attr
        equals = EQUALS.get(name.lower())
        if equals is None or node.op != CompareOperator.eq or node.value is None:
            return self._refuse()
        return equals(node.value)

    def visit_logical_expr(self, node: LogicalExpr) -> ColumnElement[bool]:
        terms = [self.visit(term) for term in node.terms]
        return and_(*terms) if node.op == LogicalOperator.and_ else or_(*terms)

    def visit_present(self, node: object) -> ColumnElement[bool]:
        return self._refuse()

    visit_not = visit_value_path = visit_present

    def _refuse(self) -> ColumnElement[bool]:
        raise InvalidFilterException(
            detail=f"Filter with eq, and, or on one of: {', '.join(sorted(EQUALS))}"
        )
