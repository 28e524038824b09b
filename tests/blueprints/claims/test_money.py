"""Foreign money, kilometres, allowances, pieces and parts on the form, with scripts off."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.claims.models import Line
from portal.core.clock import day, now
from portal.people.models import Project
from portal.policy.models import CategoryRow
from portal.policy.stamp import renew_stamp
from portal.rates.editing import NewRate, store
from tests.blueprints.claims.pages import (
    a_draft,
    claim_id,
    editing,
    good,
    lines,
    on_line,
    press,
    spent,
    stored,
    value,
)
from tests.blueprints.conftest import CountQueries
from tests.browser import Visitor
from tests.claims.stories import ZONE, writing


def rate(app: Flask, worth: str, currency: str = "USD", *, ago: int = 10) -> None:
    """A rate that began some days ago."""
    on = day(now(), ZONE) - timedelta(days=ago)
    with writing(app) as session:
        store(session, [NewRate(currency, on, Decimal(worth))], base="CNY", by=None, at=now())


def first_line(app: Flask, visitor: Visitor) -> Line:
    return stored(app, claim_id(visitor)).lines[0]


def in_dollars(visitor: Visitor, **more: str) -> dict[str, str]:
    return good(visitor, **{"amount": "10.00", "currency": "USD", **more})


def test_foreign_money_is_converted_at_the_rate_of_its_day(alice: Visitor, app: Flask) -> None:
    rate(app, "7.1234")
    rate(app, "9.9999", ago=1)
    editing(alice)
    press(alice, "save", purpose="Visit", **in_dollars(alice))
    alice.sees("= ¥71.23 at 7.1234 of", "¥71.23", "Ready to submit.")
    line = first_line(app, alice)
    assert (line.original, line.amount, line.rate) == (10_00, 71_23, Decimal("7.1234"))
    assert value(alice, f"{lines(alice)[0]}-amount") == "10.00"


def test_without_a_rate_nothing_is_made_up_and_finance_is_named(alice: Visitor, app: Flask) -> None:
    editing(alice)
    fields = good(alice, amount="1500", currency="other", currency_code="jpy")
    press(alice, "check", purpose="Visit", **fields)
    alice.sees("There is no exchange rate for this currency and day.", "Ask finance")
    line = first_line(app, alice)
    assert (line.currency, line.original, line.amount) == ("JPY", 1500, None)
    rate(app, "0.0482", "JPY")
    alice.go(alice.path).sees("= ¥72.30 at 0.0482", "Ready to submit.")


def test_a_code_that_is_none_stays_as_typed(alice: Visitor) -> None:
    editing(alice)
    fields = good(alice, currency="other", currency_code="RMB")
    press(alice, "check", purpose="Visit", **fields).sees("This is not a currency.")
    assert value(alice, f"{lines(alice)[0]}-currency_code") == "RMB"


def test_a_draft_follows_newer_rates_and_what_was_sent_keeps_its_own(
    alice: Visitor, bob: Visitor, app: Flask
) -> None:
    rate(app, "7")
    editing(alice)
    press(alice, "check", purpose="Visit", **in_dollars(alice))
    alice.sees("Submit this claim?", "¥70.00")
    number = claim_id(alice)
    rate(app, "8")
    alice.send("submit").sees("A rate has changed since this page was shown")
    assert stored(app, number).state == "draft"
    alice.go(f"/claims/{number}/submit").sees("¥80.00").send("submit")
    rate(app, "9")
    alice.go(f"/claims/{number}").sees("¥80.00", "= ¥80.00 at 8 of", "US$10.00")
    kept = stored(app, number)
    assert (kept.total, kept.lines[0].rate) == (80_00, Decimal(8))


def test_a_line_that_was_sent_keeps_its_rate_until_its_day_changes(
    alice: Visitor, app: Flask
) -> None:
    rate(app, "7")
    number = a_draft(app, 500_00)
    alice.go(f"/claims/{number}/edit")
    press(alice, "check", **in_dollars(alice, amount="100.00")).send("submit")
    alice.go(f"/claims/{number}/withdraw").send("withdraw")
    rate(app, "8")
    alice.go(f"/claims/{number}/edit").sees("¥700.00")
    press(alice, "save", **on_line(alice, purpose="Taxi")).sees("¥700.00")
    press(alice, "save", **on_line(alice, spent_on=spent(4))).sees("¥800.00")


def test_kilometres_are_paid_by_the_rules_and_not_typed_over(alice: Visitor, app: Flask) -> None:
    editing(alice)
    press(alice, "save", purpose="Visit", **good(alice, category="mileage", amount="999"))
    assert not alice.find("input[type='text'][name$='-amount']")
    line = lines(alice)[0]
    press(alice, "save", **{f"{line}-quantity": "12.5", f"{line}-amount": "999"})
    alice.sees("12.5 km at ¥1.00 each: ¥12.50")
    assert first_line(app, alice).amount == 12_50


def test_an_allowance_is_paid_for_each_day_in_the_city(alice: Visitor, app: Flask) -> None:
    editing(alice)
    fields = good(alice, category="per_diem", city="上海", spent_on=spent(5))
    press(alice, "save", purpose="Visit", **fields)
    press(alice, "save", **on_line(alice, ends_on=spent(3), city="上海"))
    alice.sees("3 days at ¥100.00 each: ¥300.00")
    press(alice, "check", **on_line(alice, ends_on=spent(6)))
    alice.sees("The last day lies before the first")
    assert first_line(app, alice).amount is None


def test_pieces_have_a_price_also_in_foreign_money(alice: Visitor, app: Flask) -> None:
    with writing(app) as session:
        session.add(CategoryRow(code="books", name_zh="书", name_en="Books", computed="quantity"))
        renew_stamp(session, now())
    rate(app, "7")
    editing(alice)
    press(alice, "check", purpose="Visit", **good(alice, category="books"))
    alice.sees("It does not say how many.")
    press(alice, "save", **on_line(alice, quantity="3", unit_price="1.50", currency="USD"))
    alice.sees("3 × US$1.50 = US$4.50", "= ¥31.50 at 7 of")
    assert first_line(app, alice).amount == 31_50


def part(visitor: Visitor, place: int, **fields: str) -> dict[str, str]:
    """Fields of one part of the first line."""
    [*found] = visitor.find("[name$='-part']")
    name = (found[place].attributes["name"] or "").removesuffix("part")
    return {f"{name}{field}": text for field, text in fields.items()}


def split_amounts(app: Flask, visitor: Visitor) -> list[int]:
    with app.app_context(), writing(app) as session:
        line = session.get_one(Line, first_line(app, visitor).id)
        return [split.amount for split in line.splits]


def test_a_line_is_split_by_shares_that_follow_it(alice: Visitor, app: Flask) -> None:
    editing(alice)
    press(alice, "save", purpose="Visit", **good(alice, amount="0.05", cost_centre="SALE"))
    press(alice, f"split:{lines(alice)[0][5:]}")
    assert split_amounts(app, alice) == [3, 2]
    press(alice, "save", **part(alice, 1, cost_centre="RES"), **on_line(alice, amount="90.01"))
    assert split_amounts(app, alice) == [45_01, 45_00]
    alice.sees("¥45.01", "¥45.00", "Ready to submit.")
    press(alice, "save", **part(alice, 0, part="40%")).sees("The parts do not add up to the line.")
    press(alice, f"split:{lines(alice)[0][5:]}").sees("¥9.00", "Ready to submit.")
    assert sum(split_amounts(app, alice)) == 90_01


def test_typed_parts_have_to_add_up_and_go_with_their_button(alice: Visitor, app: Flask) -> None:
    editing(alice)
    press(alice, "save", purpose="Visit", **good(alice, amount="50.00"))
    press(alice, f"split:{lines(alice)[0][5:]}")
    fields = part(alice, 0, part="20.00") | part(alice, 1, part="29.99", cost_centre="RES")
    press(alice, "check", **fields).sees("The parts do not add up to the line.")
    press(alice, "save", **part(alice, 1, part="lots")).sees("This is not an amount.")
    press(alice, "save", **part(alice, 1, part="30.00")).sees("Ready to submit.")
    first = alice.find("button[value^='unsplit:']")[0].attributes["value"]
    press(alice, first or "")
    assert split_amounts(app, alice) == []
    assert first_line(app, alice).cost_centre == "RES"


def test_a_project_is_offered_until_it_is_closed(alice: Visitor, app: Flask) -> None:
    with writing(app) as session:
        session.add(Project(code="p1", name_zh="新厂", name_en="New plant"))
    editing(alice)
    [offered] = [o for o in alice.find("select[name$='-project'] option") if o.text() != "–"]
    assert offered.text() == "New plant"
    chosen = offered.attributes["value"] or ""
    press(alice, "save", purpose="Visit", **good(alice, project=chosen))
    with writing(app) as session:
        session.get_one(Project, int(chosen)).active = False
    alice.go(alice.path).sees("This project is no longer in use.", "A project that is closed")
    press(alice, "save", **on_line(alice, project="99999"))
    assert first_line(app, alice).project_id is None


def test_the_approver_sees_how_it_was_worked_out(alice: Visitor, bob: Visitor, app: Flask) -> None:
    rate(app, "7")
    with writing(app) as session:
        session.add(Project(id=1, code="p1", name_zh="新厂", name_en="New plant"))
    number = a_draft(app, 500_00)
    alice.go(f"/claims/{number}/edit")
    press(alice, "save", **in_dollars(alice, amount="142.80"))
    press(alice, f"split:{lines(alice)[0][5:]}")
    press(alice, "check", **part(alice, 1, cost_centre="RES", project="1")).send("submit")
    bob.go(f"/claims/{number}").sees("US$142.80", "= ¥999.60 at 7 of", "¥499.80 (50%)")
    bob.sees("RES New plant")


def test_a_copied_line_and_a_template_keep_currency_and_parts(alice: Visitor, app: Flask) -> None:
    rate(app, "7")
    editing(alice)
    press(alice, "save", purpose="Visit", **in_dollars(alice))
    press(alice, f"split:{lines(alice)[0][5:]}")
    press(alice, f"copy:{lines(alice)[0][5:]}")
    claim = stored(app, claim_id(alice))
    assert [line.amount for line in claim.lines] == [70_00, 70_00]
    assert claim.total == 140_00
    assert len(alice.find("[name$='-part']")) == 4


@pytest.mark.parametrize("size", [2, 20])
def test_splits_and_rates_ask_no_more_questions_for_more_lines(
    alice: Visitor, app: Flask, size: int, count_queries: CountQueries
) -> None:
    rate(app, "7")
    number = a_draft(app, *[10_00] * size)
    with writing(app) as session:
        for line in stored_lines(session, number):
            line.currency, line.spent_on = "USD", date.fromisoformat(spent(3))
    alice.go(f"/claims/{number}/edit")
    for name in lines(alice)[:2]:
        press(alice, f"split:{name[5:]}")
    with count_queries() as asked:
        alice.go(f"/claims/{number}/edit")
    assert len(asked) <= 24, "\n".join(asked)


def stored_lines(session: Session, number: int) -> list[Line]:
    return list(session.scalars(select(Line).where(Line.claim_id == number)))
