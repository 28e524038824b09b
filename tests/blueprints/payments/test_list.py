"""Approved claims that wait for money."""

import pytest
from flask import Flask
from sqlalchemy import update

from portal.claims.payment_queries import WAITING_PAGE
from portal.core.db import begin_writing, db
from portal.people.models import Person
from tests.blueprints.conftest import CountQueries
from tests.blueprints.payments.cases import store_approved
from tests.blueprints.prior.pages import a_paid
from tests.browser import Visitor


def ticks(visitor: Visitor) -> list[str | None]:
    return [box.attributes["value"] for box in visitor.find("input[name=claim]")]


def test_it_works(app: Flask, carol: Visitor) -> None:
    first, second = store_approved(app, ("alice", 1234_50), ("dan", 65_50))
    carol.go("/payments/").sees("¥1,300.00", "2 payments", "Alice", "¥1,234.50", "6222 0000")
    assert ticks(carol) == [str(first), str(second)], "the longest waiting must come first"


def test_it_says_what_to_do_when_nothing_waits(carol: Visitor) -> None:
    carol.go("/payments/").sees("Nothing waits for payment.", "Payment batches")


def test_own_claims_cannot_be_ticked_and_it_says_why(app: Flask, carol: Visitor) -> None:
    _own, other = store_approved(app, ("carol", 10_00), ("alice", 20_00))
    carol.go("/payments/").sees("Your own claims have to be paid by somebody else.")
    assert ticks(carol) == [str(other)]


def test_a_missing_bank_account_is_flagged_with_its_mend(app: Flask, carol: Visitor) -> None:
    store_approved(app, ("dan", 10_00))
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(Person).where(Person.number == "dan").values(bank_account=""))
        db.session.commit()
    carol.go("/payments/").sees("The bank account is missing. An administrator can enter it")
    assert ticks(carol) == []


def test_the_sum_of_the_ticked_is_shown_without_scripts(app: Flask, carol: Visitor) -> None:
    first, _second = store_approved(app, ("alice", 100_00), ("dan", 50_00))
    carol.go(f"/payments/?claim={first}").sees("1 payment ticked ¥100.00")
    carol.go("/payments/?tick=all").sees("2 payments ticked ¥150.00")
    assert len(carol.find("input[name=claim][checked]")) == 2


def test_ticking_one_asks_for_the_sum_alone(app: Flask, carol: Visitor) -> None:
    store_approved(app, ("alice", 100_00))
    [form] = carol.go("/payments/").find("form#choose")
    assert form.attributes["hx-select"] == form.attributes["hx-target"] == "#chosen"
    assert len(carol.find("#chosen")) == 1


def test_a_long_list_goes_on_where_it_ended(app: Flask, carol: Visitor) -> None:
    ids = store_approved(app, *[("alice", 1_00)] * (WAITING_PAGE + 2))
    seen = ticks(carol.go("/payments/"))
    [following] = carol.find("a[rel=next]")
    seen += ticks(carol.go(following.attributes["href"] or ""))
    assert seen == [str(number) for number in ids]


@pytest.mark.parametrize("name", ["bob", "ivan"])
def test_those_who_only_look_have_nothing_to_tick(app: Flask, name: str) -> None:
    store_approved(app, ("alice", 100_00))
    visitor = Visitor(app).signed_in(name).go("/payments/")
    if name == "ivan":
        visitor.sees("¥100.00").misses("Tick all", "Make a batch")
        assert ticks(visitor) == []
    else:
        assert visitor.status == 404


def test_it_refuses_a_stranger(dan: Visitor) -> None:
    assert dan.go("/payments/").status == 404


def test_a_strange_address_is_the_first_page(app: Flask, carol: Visitor) -> None:
    store_approved(app, ("alice", 100_00))
    for address in ("?after=x", "?after=1e400:1", "?claim=x", "?after=inf:2"):
        assert len(ticks(carol.go(f"/payments/{address}"))) == 1, address


def test_what_is_transferred_stands_beside_what_was_claimed(app: Flask, carol: Visitor) -> None:
    a_paid(app, 300_00)
    mine, other = store_approved(app, ("alice", 500_00), ("dan", 50_00))
    carol.go("/payments/").sees("¥250.00 ¥550.00 less ¥300.00 that settles advances 2 payments")
    carol.sees("¥500.00 ¥200.00 ¥300.00 settles advances", "¥50.00 ¥50.00")
    carol.go(f"/payments/?claim={mine}&claim={other}").sees("2 payments ticked ¥250.00")


def test_all_that_waits_is_netted_and_not_only_this_page(app: Flask, carol: Visitor) -> None:
    a_paid(app, 300_00)
    store_approved(app, *[("dan", 1_00)] * WAITING_PAGE, ("alice", 500_00))
    carol.go("/payments/").sees("¥300.00 ¥600.00 less ¥300.00 that settles advances")


def test_it_asks_the_database_a_fixed_number_of_questions(
    app: Flask, carol: Visitor, count_queries: CountQueries
) -> None:
    counts = []
    for more in (1, 20):
        a_paid(app, 300_00)
        store_approved(app, *[("alice", 500_00)] * more)
        with count_queries() as asked:
            carol.go("/payments/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12, "\n".join(asked)
