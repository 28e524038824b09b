"""The rules as tables."""

from collections.abc import Mapping

from portal.core.words import Named
from portal.people.models import GRADES
from portal.policy.editing import LimitTable, limit_tables
from portal.policy.rules import Category, Limit, Policy

LODGING = Category("lodging", Named("住宿费", "Lodging"))


def table(amounts: Mapping[str, Mapping[str, int]]) -> LimitTable:
    rules = Policy(
        version=1,
        categories={"lodging": LODGING},
        limits=(Limit("lodging", "night", amounts), Limit("gone", "day", {"*": {"*": 1}})),
        cities={"上海": "1", "杭州": "2"},
    )
    (only,) = limit_tables(rules, GRADES)
    return only


def test_each_tier_is_a_row_and_each_grade_a_column() -> None:
    found = table({"1": {"staff": 100, "*": 300}, "*": {"*": 50}})
    assert found.grades == GRADES
    assert found.rows == (("1", (100, 300, 300)), ("2", (50, 50, 50)), ("3", (50, 50, 50)))


def test_where_cities_make_no_difference_there_is_one_row() -> None:
    found = table({"*": {"staff": 100, "director": 300}})
    assert found.rows == (("", (100, None, 300)),)


def test_where_all_are_alike_there_is_one_amount() -> None:
    found = table({"*": {"*": 200}})
    assert (found.grades, found.rows) == ((), (("", (200,)),))
