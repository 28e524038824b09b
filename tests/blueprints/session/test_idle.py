"""Browsers that nobody uses any more, on shared computers above all."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from portal.core.clock import now
from tests.blueprints.claims.pages import a_sent
from tests.browser import Visitor


@pytest.fixture
def clock(app: Flask) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now(), tick=False) as traveller:
        yield traveller


def still_in(visitor: Visitor) -> bool:
    return not visitor.go("/claims/").path.startswith("/sign-in")


@pytest.mark.parametrize(
    ("shared", "minutes", "stays"), [(True, 4.9, True), (True, 5.1, False), (False, 29.9, True),
                                     (False, 30.1, False)],
)  # fmt: skip
def test_after_a_quiet_while_the_browser_is_signed_out(
    app: Flask, clock: time_machine.Traveller, shared: bool, minutes: float, stays: bool
) -> None:
    visitor = Visitor(app).signed_in("alice", shared=shared)
    clock.shift(timedelta(minutes=minutes))
    assert still_in(visitor) == stays


def test_using_it_keeps_it_signed_in(app: Flask, clock: time_machine.Traveller) -> None:
    visitor = Visitor(app).signed_in("alice", shared=True)
    for _time in range(4):
        clock.shift(timedelta(minutes=4))
        assert still_in(visitor)


def test_pages_that_ask_by_themselves_do_not(app: Flask, clock: time_machine.Traveller) -> None:
    number = a_sent(app)
    visitor = Visitor(app).signed_in("alice", shared=True)
    for trigger, address in (("claim-status", f"/claims/{number}/changes?beat=0"),
                             ("beat", "/claims/?beat=0"), ("beat", "/?beat=0")):  # fmt: skip
        clock.shift(timedelta(minutes=1.5))
        asked = {"HX-Request": "true", "HX-Trigger": trigger}
        assert visitor.client.get(address, headers=asked).status_code == 200
    clock.shift(timedelta(minutes=1))
    assert not still_in(visitor)


def test_a_page_that_asks_after_the_end_is_sent_to_sign_in(
    app: Flask, clock: time_machine.Traveller
) -> None:
    number = a_sent(app)
    visitor = Visitor(app).signed_in("alice", shared=True)
    clock.shift(timedelta(minutes=6))
    asked = {"HX-Request": "true", "HX-Trigger": "claim-status"}
    answer = visitor.client.get(f"/claims/{number}/changes?beat=0", headers=asked)
    assert (answer.status_code, answer.data) == (401, b"")
    assert answer.headers["HX-Redirect"].startswith("/sign-in")


def test_the_page_of_a_shared_computer_knows_when_to_go_blank(app: Flask) -> None:
    visitor = Visitor(app).signed_in("alice", shared=True).go("/")
    [body] = visitor.find("body[data-idle-seconds]")
    assert body.attributes["data-idle-seconds"] == "300"
    assert visitor.go(body.attributes["data-idle-url"] or "").status == 200
    assert not Visitor(app).signed_in("alice").go("/").find("body[data-idle-seconds]")


def test_nobody_stays_signed_in_for_more_than_a_day(
    app: Flask, clock: time_machine.Traveller
) -> None:
    visitor = Visitor(app).signed_in("alice")
    for _time in range(50):
        clock.shift(timedelta(minutes=29))
        visitor.client.get("/claims/")
    assert not still_in(visitor)
