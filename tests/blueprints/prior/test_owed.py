"""What is owed, and cash that comes back."""

from sqlalchemy import update

from portal.prior.models import PriorRequest
from tests.blueprints.prior.pages import a_paid
from tests.browser import Visitor
from tests.claims.stories import writing
from tests.prior.requests import in_days, today


def test_it_works(app, carol: Visitor) -> None:
    path = a_paid(app, 300_00)
    with writing(app) as session:
        session.execute(update(PriorRequest).values(ends_on=today().replace(year=2020)))
    carol.go("/advances/owed").sees("Alice", "Sales", "¥300.00", "days late", "overdue ¥300.00")
    carol.go(path + "/repay").sees("Alice still owes ¥300.00")
    carol.send("repay", amount="120", reference="R-1")
    carol.sees("The return is noted.", "Returned in cash", "−¥120.00", "¥180.00")
    carol.go("/advances/owed").sees("¥180.00")


def test_too_much_and_a_day_to_come_are_refused_at_their_fields(app, carol: Visitor) -> None:
    carol.go(a_paid(app, 300_00) + "/repay")
    carol.send("repay", amount="300.01", reference="R-1")
    assert carol.status == 422
    carol.sees("more than the ¥300.00 still owed")
    carol.send("repay", amount="3", reference="R-1", on=in_days(1))
    carol.sees("The day is in the future.")
    carol.send("repay", amount="3", reference=" ", on=in_days(0))
    carol.sees("Give a reference")


def test_the_same_form_twice_notes_one_return(app, carol: Visitor) -> None:
    path = a_paid(app, 300_00)
    carol.go(path + "/repay")
    [form] = carol.find("form#repay")
    fields = {
        each.attributes["name"]: each.attributes.get("value") or "" for each in form.css("input")
    }
    fields |= {"amount": "100", "reference": "R-1"}
    for _twice in range(2):
        carol.post(path + "/repay", fields)
        assert carol.path == path
    carol.sees("¥200.00").misses("¥100.00 ¥100.00")
    assert carol.text.count("Returned in cash") == 1


def test_it_refuses_whoever_is_not_of_finance(app, alice: Visitor, bob: Visitor) -> None:
    path = a_paid(app)
    assert alice.go("/advances/owed").status == 404
    assert alice.go(path + "/repay").status == 403
    assert bob.go(path + "/repay").status == 403


def test_it_refuses_a_stranger(app, dan: Visitor) -> None:
    assert dan.go(a_paid(app) + "/repay").status == 404
