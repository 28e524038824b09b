"""Importing a table of people: every problem at once, all or nothing."""

import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from portal.core.events import Event
from portal.core.notices import Notice
from portal.core.sheets import as_csv
from portal.people.directory import Incorrect
from portal.people.directory_csv import export, read
from portal.people.directory_fields import COLUMNS
from portal.people.directory_import import Plan, apply, plan
from portal.people.directory_judge import circles
from portal.people.models import Person, SignIn
from tests.people.typed import rows, typed

AT = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)


def person(session: Session, number: str) -> Person:
    return session.scalars(select(Person).where(Person.number == number)).one()


def told(found: Plan) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, str(problem.says)) for problem in found.problems]


def test_new_people_come_in_with_managers_defined_later_in_the_file(session: Session) -> None:
    found = plan(
        session,
        rows(
            typed(manager="E200", roles="payer auditor"),
            typed(number="E200", email="qian@example.com", manager="Alice@Example.com"),
        ),
    )
    assert not found.problems
    apply(session, found, by=None, at=AT)
    zhao = person(session, "E100")
    assert zhao.manager is not None
    assert (zhao.manager.number, zhao.manager.manager_id) == ("E200", person(session, "alice").id)
    assert {grant.role for grant in zhao.grants} == {"payer", "auditor"}
    assert zhao.hired_on == date(2026, 3, 1)


def test_every_problem_is_told_by_row(session: Session) -> None:
    found = plan(
        session,
        rows(
            typed(),
            typed(number="E101", manager="nobody"),
            typed(number="E102", email="bob@example.com"),
            typed(number="E100", email="other@example.com"),
            typed(number="E103", email="third@example.com", hired_on="2026-02-30", grade="king"),
            typed(number="E104", email="no address", department="moon", roles="admin pope"),
            typed(number="E105", email="five@example.com", language="la", active="perhaps"),
            typed(number="", email="six@example.com", name="x" * 121),
        ),
    )
    assert [(row, column) for row, column, _says in told(found)] == [
        (3, "email"),
        (3, "manager"),
        (4, "email"),
        (5, "number"),
        (6, "grade"),
        (6, "hired_on"),
        (7, "email"),
        (7, "department"),
        (7, "roles"),
        (8, "language"),
        (8, "active"),
        (9, "number"),
        (9, "name"),
    ]


def test_nothing_happens_when_one_row_is_wrong(session: Session) -> None:
    found = plan(session, rows(typed(), typed(number="E101", email="bob@example.com")))
    with pytest.raises(Incorrect):
        apply(session, found, by=None, at=AT)
    assert session.scalar(select(Person.id).where(Person.number == "E100")) is None


def test_a_circle_of_managers_is_told_at_each_of_its_rows(session: Session) -> None:
    found = plan(
        session,
        rows(
            typed(number="grace", email="grace@example.com", name="Grace", manager="alice"),
            typed(number="E100", manager="E100"),
        ),
    )
    assert told(found) == [
        (2, "manager", "This makes a circle of managers: Grace → Alice → Bob → Grace."),
        (3, "manager", "Nobody can be their own manager."),
    ]


def test_importing_again_updates_by_employee_number(session: Session) -> None:
    apply(session, plan(session, rows(typed())), by=None, at=AT)
    found = plan(session, rows(typed(name="赵小敏", grade="manager", manager="")))
    assert (len(found.created), len(found.updated), found.unchanged) == (0, 1, 0)
    assert set(found.updated[0].fields) == {"name", "grade", "manager_id"}
    apply(session, found, by=None, at=AT)
    zhao = person(session, "E100")
    assert (zhao.name, zhao.grade, zhao.manager_id) == ("赵小敏", "manager", None)


def test_columns_left_out_stay_as_they_are(session: Session) -> None:
    columns = ("number", "email", "name", "department")
    bob = typed(number="bob", email="bob@example.com", name="Robert", department="sales")
    apply(session, plan(session, rows(bob, columns=columns)), by=None, at=AT)
    stored = person(session, "bob")
    assert (stored.name, stored.grade) == ("Robert", "manager")
    assert stored.manager_id == person(session, "grace").id
    assert stored.bank_account


def test_two_people_can_swap_their_addresses(session: Session) -> None:
    columns = ("number", "email", "name", "department")
    alice = typed(number="alice", email="bob@example.com", name="Alice")
    bob = typed(number="bob", email="alice@example.com", name="Bob")
    found = plan(session, rows(alice, bob, columns=columns))
    assert not found.problems
    apply(session, found, by=None, at=AT)
    assert person(session, "alice").email == "bob@example.com"
    assert person(session, "bob").email == "alice@example.com"


def test_who_leaves_or_loses_a_role_is_signed_out(session: Session) -> None:
    for name in ("alice", "carol"):
        session.add(
            SignIn(token_hash=name, person_id=person(session, name).id, started_at=AT, seen_at=AT)
        )
    alice = typed(number="alice", email="alice@example.com", name="Alice", active="no")
    carol = typed(
        number="carol", email="carol@example.com", name="Carol", department="finance", manager="",
        roles="finance",
    )  # fmt: skip
    apply(session, plan(session, rows(alice, carol)), by=None, at=AT)
    session.commit()
    ended = select(func.count()).where(SignIn.ended_at == AT)
    assert session.scalar(ended) == 2
    kinds = session.execute(select(Event.kind, Event.data).order_by(Event.id)).all()
    assert [kind for kind, _data in kinds] == ["person_deactivated", "person_changed"]
    assert kinds[1].data["roles_taken"] == ["payer"]
    assert not any("6222" in str(data) for _kind, data in kinds), "an account number in the log"
    assert session.scalar(select(func.count(Notice.id))) == 2, "told that their account changed"


def test_nobody_imports_away_his_own_access(session: Session) -> None:
    admin = person(session, "admin")
    row = typed(number="admin", email="admin@example.com", name="Admin", department="company")
    found = plan(session, rows(row), by=admin.id)
    assert [(row, column) for row, column, _says in told(found)] == [(2, "roles")]
    found = plan(session, rows(row | {"roles": "admin", "active": "no"}), by=admin.id)
    assert [(row, column) for row, column, _says in told(found)] == [(2, "active")]


def test_an_import_leaves_an_administrator(session: Session) -> None:
    row = typed(number="admin", email="admin@example.com", name="Admin", department="company")
    other = typed(roles="admin")
    assert "Somebody has to be administrator" in str(told(plan(session, rows(row))))
    assert not plan(session, rows(row, other)).problems


def test_the_portal_accepts_its_own_export_unchanged(session: Session) -> None:
    found = plan(session, read(export(session)))
    assert (found.problems, found.created, found.updated, found.unchanged) == ((), (), (), 10)


SHOWN = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=SHOWN, bank=SHOWN, quoted=st.sampled_from(["", "=1+1", "＠x", "'-2", ",\"'"]))
def test_whatever_came_in_goes_out_and_in_again(
    session: Session, name: str, bank: str, quoted: str
) -> None:
    given = typed(name=name + quoted, bank_name=quoted + bank)
    with session.begin_nested() as nested:
        data = as_csv([COLUMNS, [given[column] for column in COLUMNS]])
        apply(session, plan(session, read(data)), by=None, at=AT)
        again = plan(session, read(export(session)))
        nested.rollback()
    assert (again.problems, again.created, again.updated) == ((), (), ())


def test_ten_thousand_rows_are_planned_in_seconds_with_three_queries(session: Session) -> None:
    many = [
        typed(number=f"E{n}", email=f"e{n}@example.com", manager=f"E{n + 1}" if n < 10_000 else "")
        for n in range(1, 10_001)
    ]
    asked: list[str] = []
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    began = time.monotonic()
    found = plan(session, rows(*many))
    assert time.monotonic() - began < 5
    assert (len(found.problems), len(found.created), len(asked)) == (0, 10_000, 3)


def test_circles_are_found_once_and_only_where_they_are() -> None:
    above = {"a": "b", "b": "c", "c": "b", "d": "", "e": "e", "f": "d"}
    assert circles(above) == [["b", "c"], ["e"]]
