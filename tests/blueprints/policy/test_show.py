from flask import Flask
from sqlalchemy import update

from portal.core.db import begin_writing, db
from portal.people.models import Person
from portal.policy.models import PolicyVersion
from tests.browser import Visitor


def test_it_works(alice: Visitor) -> None:
    alice.go("/policy/").sees(
        "Expense policy", "above ¥100.00", "90 days", "Lodging", "¥450.00", "Tier 2", "¥550.00",
        "your grade", "At most ¥200.00, for everybody.", "Beijing", "Personal items and fines",
    )  # fmt: skip


def test_it_says_when_the_rules_are_the_sample(app: Flask, alice: Visitor) -> None:
    alice.go("/policy/").sees("sample data")
    with app.app_context():
        begin_writing(db.session())
        person = db.session.query(Person.id).first()
        assert person is not None
        db.session.execute(update(PolicyVersion).values(created_by_id=person.id))
        db.session.commit()
    alice.go("/policy/").misses("sample data")


def test_it_asks_a_visitor_to_sign_in(visitor: Visitor) -> None:
    assert visitor.go("/policy/").path.startswith("/sign-in")
