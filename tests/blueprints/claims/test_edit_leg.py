"""The leg of a journey on the form, on the claim page, and on copies."""

import io
from typing import Any

import pytest
from flask import Flask

from portal.core.clock import now
from portal.web import work
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
from tests.browser import Visitor
from tests.invoices import tickets

OUT: dict[str, Any] = {
    "origin": "上海虹桥", "left_at": "8:05", "destination": "北京南", "arrived_at": "12:40",
    "transport_number": "G102",
}  # fmt: skip


def shown(visitor: Visitor, place: int = 0) -> bool:
    """Whether the form asks for the journey."""
    name = on_line(visitor, place, origin="").popitem()[0]
    return visitor.find(f"[name='{name}']")[0].attributes.get("type") != "hidden"


@pytest.mark.parametrize(("category", "journey"), [("rail", True), ("meals", False)])
def test_only_journeys_are_asked_from_where_to_where(
    alice: Visitor, category: str, journey: bool
) -> None:
    press(editing(alice), "save", **good(alice, category=category))
    assert shown(alice) == journey


def test_what_was_typed_of_a_journey_stays_whatever_the_category(alice: Visitor) -> None:
    press(editing(alice), "save", **good(alice, category="rail"))
    press(alice, "save", **on_line(alice, **OUT))
    press(alice, "save", **on_line(alice, category="office"))
    assert shown(alice)
    assert value(alice, f"{lines(alice)[0]}-left_at") == f"{spent()} 08:05"


def test_a_time_that_is_none_is_kept_and_stops_the_claim(alice: Visitor) -> None:
    press(editing(alice), "save", purpose="Trip", **good(alice, category="rail"))
    press(alice, "check", **on_line(alice, left_at="early", origin="上海"))
    alice.sees("“early” is not a time. Type it like 2026-03-31 08:05.")
    line = lines(alice)[0]
    assert value(alice, f"{line}-left_at") == "early"
    assert alice.find(f"#error-summary a[href='#{line}-left_at']")


def test_the_claim_page_shows_the_journey(alice: Visitor, app: Flask) -> None:
    alice.go(f"/claims/{a_draft(app, 80_00)}/edit")
    press(alice, "check", **on_line(alice, category="rail", **OUT))
    alice.send("submit")
    alice.sees(f"Departure {spent()} 08:05 上海虹桥", f"Arrival {spent()} 12:40 北京南", "G102")


def test_a_copied_line_goes_the_same_way_at_another_time(alice: Visitor) -> None:
    press(editing(alice), "save", **good(alice, category="rail"))
    press(alice, "save", **on_line(alice, **OUT))
    press(alice, f"copy:{lines(alice)[0].removeprefix('line-')}")
    copy = lines(alice)[1]
    said: dict[str, Any] = {name: value(alice, f"{copy}-{name}") for name in OUT}
    assert said == OUT | {"left_at": "", "arrived_at": ""}


def test_a_ticket_fills_the_journey_and_says_so(alice: Visitor, app: Flask) -> None:
    editing(alice)
    ticket = tickets.ticket("rai", tickets.RAIL)
    press(alice, "upload", files=(io.BytesIO(ticket), "ticket.xml"))
    while work.work_once(app, now()):
        pass
    alice.go(f"/claims/{claim_id(alice)}/edit")
    assert stored(app, claim_id(alice)).lines[0].leg == {
        "from": "上海虹桥", "left_at": "2026-03-17 08:20", "to": "南京南", "number": "G7012",
    }  # fmt: skip
    alice.sees("Departure time: from the XML", "Train or flight: from the XML")
    press(alice, "save", **on_line(alice, transport_number="G7014"))
    alice.sees("Train or flight: typed; the file says G7012")
