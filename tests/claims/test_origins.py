"""What invoices say for a line: filled in where it is blank, and told where it differs."""

from datetime import date
from typing import Any

import pytest

from portal.claims.models import Line
from portal.claims.origins import Other, fill, origins
from portal.invoices.models import Invoice

DAY = date(2026, 3, 17)
CITIES = ("上海", "南京", "济南")


def invoice(source: str = "xml", key: str | None = "26312000000123456789", **said: Any) -> Invoice:
    values = {"issued_on": DAY, "total": 120_00, "seller": "青禾餐饮（苏州）有限公司"} | said
    return Invoice(
        source=source, key=key, kind=values.pop("kind", "digital"), unread=[], items=[],
        sources=values.pop("sources", {}), details=values.pop("details", {}),
        disagreements=values.pop("disagreements", []), **values,
    )  # fmt: skip


def line(**stands: Any) -> Line:
    values = {"typed": {}, "purpose": "", "merchant": "", "city": "", "currency": "CNY"} | stands
    return Line(**values)


RAIL = {"from": "上海虹桥", "to": "南京南", "departure": "2026-03-15 08:20", "number": "G7012"}


def test_what_is_blank_is_filled() -> None:
    filled = line()
    fill(filled, [invoice()])
    assert (filled.spent_on, filled.amount) == (DAY, 120_00)
    assert filled.merchant == filled.purpose == "青禾餐饮（苏州）有限公司"


@pytest.mark.parametrize(
    "stands",
    [{"amount": 99_00}, {"spent_on": date(2026, 1, 1)}, {"purpose": "Lunch"},
     {"merchant": "Green Rice"}],
)  # fmt: skip
def test_what_was_typed_is_kept(stands: dict[str, Any]) -> None:
    filled = line(**stands)
    fill(filled, [invoice()])
    assert {name: getattr(filled, name) for name in stands} == stands


def test_what_could_not_be_understood_is_kept_too() -> None:
    filled = line(typed={"amount": "12.345"})
    fill(filled, [invoice()])
    assert filled.amount is None
    assert origins(filled, [invoice()])["amount"].typed_differs


@pytest.mark.parametrize("total", [-120_00, 0])
def test_a_credit_note_leaves_the_amount_to_the_claimant(total: int) -> None:
    filled = line()
    fill(filled, [invoice(total=total)])
    assert filled.amount is None
    assert filled.spent_on == DAY


def test_an_amount_in_another_currency_is_not_taken_for_one_in_yuan() -> None:
    filled = line(currency="USD")
    fill(filled, [invoice()])
    assert filled.amount is None


def test_a_ticket_says_the_day_and_the_city_of_the_journey() -> None:
    filled = line()
    fill(filled, [invoice(kind="rail", seller=None, details=RAIL)], CITIES)
    assert filled.spent_on == date(2026, 3, 15)
    assert (filled.city, filled.purpose) == ("南京", "上海虹桥–南京南 G7012")


def test_a_ticket_fills_the_journey_but_not_when_it_arrived() -> None:
    ticket = invoice(kind="rail", details=RAIL)
    filled = line()
    fill(filled, [ticket])
    assert filled.leg == {
        "from": "上海虹桥", "left_at": "2026-03-15 08:20", "to": "南京南", "number": "G7012",
    }  # fmt: skip
    found = origins(filled, [ticket])
    assert {found[name].source for name in ("origin", "left_at", "transport_number")} == {"xml"}
    assert "arrived_at" not in found


def test_what_was_typed_of_a_journey_is_kept_and_marked() -> None:
    ticket = invoice(kind="rail", details=RAIL)
    filled = line(leg={"from": "Hongqiao"}, typed={"left_at": "early"})
    fill(filled, [ticket])
    assert filled.leg == {"from": "Hongqiao", "to": "南京南", "number": "G7012"}
    found = origins(filled, [ticket])
    assert (found["origin"].typed_differs, found["origin"].value) == (True, "上海虹桥")
    assert found["left_at"].typed_differs
    assert not found["destination"].typed_differs


def test_the_journeys_of_two_tickets_never_mix() -> None:
    out = {name: value for name, value in RAIL.items() if name != "departure"}
    back = {"from": "南京南", "to": "上海虹桥", "departure": "2026-03-16 19:00", "number": "G7013"}
    filled = line()
    fill(filled, [invoice(kind="rail", details=out),
                  invoice(kind="rail", details=back, key="26312000000999999999")])  # fmt: skip
    assert filled.leg == {"from": "上海虹桥", "to": "南京南", "number": "G7012"}


def test_an_itinerary_of_several_flights_leaves_the_journey_to_be_typed() -> None:
    flights = {"from": "上海虹桥 北京首都", "to": "北京首都 大连", "number": "MU5101 CA8901",
               "departure": "2026-03-18 2026-03-18 07:55 12:10"}  # fmt: skip
    filled = line()
    fill(filled, [invoice(kind="flight", details=flights)])
    assert not filled.leg


@pytest.mark.parametrize(
    ("station", "city"),
    [("济南", "济南"), ("济南西", "济南"), ("上海虹桥站", "上海"), ("巴南", ""), ("", "")],
)
def test_only_a_city_that_the_rules_know_is_filled_in(station: str, city: str) -> None:
    filled = line()
    fill(filled, [invoice(kind="rail", details=RAIL | {"to": station})], CITIES)
    assert filled.city == city


@pytest.mark.parametrize("departure", ["", "tomorrow", "2026-02-30"])
def test_a_ticket_without_a_day_of_travel_has_that_of_its_issue(departure: str) -> None:
    filled = line()
    fill(filled, [invoice(kind="flight", details=RAIL | {"departure": departure})])
    assert filled.spent_on == DAY


def test_each_value_says_where_it_was_read() -> None:
    read = invoice("qr", sources={"total": "qr", "seller": "text"})
    filled = line()
    fill(filled, [read])
    found = origins(filled, [read])
    assert {name: one.source for name, one in found.items()} == {
        "spent_on": "qr", "amount": "qr", "merchant": "text", "purpose": "text",
    }  # fmt: skip
    assert not any(one.typed_differs for one in found.values())


def test_a_typed_change_is_marked_with_what_the_file_says() -> None:
    changed = origins(line(amount=99_00, spent_on=DAY), [invoice()])
    assert changed["amount"].typed_differs
    assert changed["amount"].value == "120.00"
    assert not changed["spent_on"].typed_differs


def test_what_a_line_was_for_is_never_called_a_change() -> None:
    assert "purpose" not in origins(line(purpose="Dinner with ACME"), [invoice()])


def test_the_best_source_speaks_and_the_others_contradict() -> None:
    ofd = invoice("ofd", total=118_00)
    [amount] = [
        origins(line(amount=120_00), files)["amount"]
        for files in ([ofd, invoice()],)
    ]  # fmt: skip
    assert (amount.source, amount.value) == ("xml", "120.00")
    assert amount.disagreements == (Other("ofd", "118.00"),)
    assert not amount.typed_differs


def test_a_better_file_fills_what_the_first_one_did_not_say() -> None:
    photo, xml = invoice("qr", seller=None), invoice()
    filled = line()
    fill(filled, [photo])
    assert filled.merchant == ""
    fill(filled, [photo, xml])
    assert filled.merchant == "青禾餐饮（苏州）有限公司"


def test_names_written_differently_are_no_disagreement() -> None:
    other = invoice("ofd", seller="青禾餐饮(苏州)有限公司 ")
    assert origins(line(), [invoice(), other])["merchant"].disagreements == ()


def test_a_value_that_the_file_contradicts_is_told_and_not_filled() -> None:
    stated = [
        {"field": "total", "source": "qr", "value": "120.00"},
        {"field": "total", "source": "text", "value": "1200.00"},
    ]
    torn = invoice("qr", total=None, disagreements=stated)
    filled = line()
    fill(filled, [torn])
    assert filled.amount is None
    amount = origins(filled, [torn])["amount"]
    assert amount.source == ""
    assert amount.disagreements == (Other("qr", "120.00"), Other("text", "1200.00"))


def test_different_invoices_of_one_line_add_up() -> None:
    both = [invoice(), invoice(key="26312000000999999999", total=30_00)]
    filled = line()
    fill(filled, both)
    assert filled.amount == 150_00
    assert not origins(filled, both)["amount"].typed_differs
    assert origins(line(amount=120_00), both)["amount"].typed_differs


def test_invoices_without_numbers_are_different_ones() -> None:
    filled = line()
    fill(filled, [invoice(key=None), invoice(key=None)])
    assert filled.amount == 240_00


def test_a_sum_of_which_a_part_is_not_known_is_not_given() -> None:
    both = [invoice(), invoice(key="26312000000999999999", total=None)]
    filled = line()
    fill(filled, both)
    assert filled.amount is None
