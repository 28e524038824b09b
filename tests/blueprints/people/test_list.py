from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from portal.people.models import Department, Person
from tests.browser import Visitor


def test_it_works(admin: Visitor) -> None:
    admin.go("/people/").sees("People", "10 at work in 5 departments.", "Alice", "Heidi")


def test_it_refuses_a_stranger(alice: Visitor) -> None:
    for path in ("", "1", "new", "1/edit", "1/deactivate", "departments", "import", "export.csv"):
        assert alice.go(f"/people/{path}").status == 404, path


def test_it_searches_names_numbers_and_addresses(admin: Visitor) -> None:
    admin.go("/people/?text=ALICE@").sees("Alice").misses("Heidi")
    admin.go("/people/?text=%25").sees("No people match.")


def test_it_narrows_by_department_role_and_state(admin: Visitor) -> None:
    admin.go("/people/?department=finance&role=payer").sees("Carol", "Heidi").misses("Ivan")
    admin.go("/people/?state=left").sees("No people match.")


def hire_many(session: Session) -> None:
    """Seventy people of the same name: the name alone does not tell where a page ends."""
    department_id = session.scalars(select(Department.id).limit(1)).one()
    session.add_all(
        Person(number=f"E{n}", email=f"e{n}@example.com", name="Li Na", department_id=department_id)
        for n in range(70)
    )
    session.commit()


def test_every_person_is_on_exactly_one_page(session: Session, admin: Visitor) -> None:
    hire_many(session)
    seen: list[str] = []
    path: str | None = "/people/"
    while path:
        admin.go(path)
        seen += [link.attributes["href"] or "" for link in admin.find("td.main-cell a")]
        later = admin.find("a[rel=next]")
        path = later[0].attributes["href"] if later else None
    assert len(seen) == len(set(seen)) == 80


def test_more_people_take_no_more_queries(session: Session, admin: Visitor) -> None:
    asked: list[str] = []

    @event.listens_for(session.get_bind(), "before_cursor_execute")
    def count(*args: Any) -> None:
        asked.append(args[2])

    def queries(path: str) -> int:
        asked.clear()
        admin.go(path)
        return len([statement for statement in asked if statement.startswith("SELECT")])

    with_few = queries("/people/")
    hire_many(session)
    assert queries("/people/") == with_few <= 5
    event.remove(session.get_bind(), "before_cursor_execute", count)
