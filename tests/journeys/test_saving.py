"""The form saves itself while a person goes on: no press is lost, and none is made up."""

import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from flask import Flask

from tests.browser import Visitor

from .engines.chromium import Chromium
from .test_claim import DAY, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def browser(portal_address: str) -> Iterator[Chromium]:
    if reason := Chromium.available():
        pytest.skip(reason)
    with Chromium(portal_address) as browser:
        sign_in(browser, "alice")
        browser.press("An empty claim")
        browser.fill("line-1-spent_on", DAY)
        browser.choose("line-1-category", "Office supplies")
        browser.fill("line-1-purpose", "Toner")
        browser.focus("Add a line")
        browser.wait_for("2 things have to be filled in")
        yield browser


def test_a_slow_press_is_not_lost_when_what_was_saved_moves_the_button(browser: Chromium) -> None:
    browser.fill("line-1-amount", "1180")  # which needs a receipt: a sentence above the button
    with browser.holding("Add a line"):
        assert not browser.sees("Above ¥100.00 a receipt is needed.")
    browser.wait_for("Line 2")
    assert browser.sees("Above ¥100.00 a receipt is needed.")


def test_what_was_saved_during_a_press_elsewhere_is_shown_afterwards(browser: Chromium) -> None:
    browser.fill("line-1-amount", "1180")
    with browser.holding("Line 1"):
        assert not browser.sees("¥1,180.00")
    browser.wait_for("¥1,180.00")
    browser.fill("line-1-amount", "99")
    browser.focus("Add a line")
    browser.wait_for("¥99.00")


@pytest.mark.parametrize("button", ["Copy line", "Remove line", "Add a line", "中文"])
def test_a_button_that_only_has_the_keyboard_is_not_pressed(browser: Chromium, button: str) -> None:
    browser.fill("line-1-amount", "50")
    browser.focus(button)
    browser.wait_for("¥50.00")
    browser.go(browser.address())
    assert browser.sees("Line 1")
    assert not browser.sees("Line 2")


def test_a_form_on_its_way_does_not_overtake_its_next_page(
    browser: Chromium, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    served, shown = app.wsgi_app, threading.Event()

    def late(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Forms take long, and what the page saves by itself comes after the next page."""
        if environ["REQUEST_METHOD"] == "GET":
            answer = list(served(environ, start))
            shown.set()
            return answer
        if "HTTP_HX_TRIGGER" in environ:
            shown.wait(3)
        else:
            shown.clear()
            time.sleep(0.5)
        return served(environ, start)

    monkeypatch.setattr(app, "wsgi_app", late)
    browser.fill("line-1-amount", "1180")
    browser.press("Save draft")
    browser.wait_for("¥1,180.00")
    browser.press("Check and submit")
    browser.wait_for("Please look at this first")
    assert not browser.sees("changed in another window")


def test_a_claim_changed_elsewhere_is_shown_whole_with_what_was_typed(
    browser: Chromium, app: Flask
) -> None:
    elsewhere = Visitor(app).signed_in("alice").go("/claims/1/edit")
    elsewhere.send("claim-form", purpose="From the other window")
    assert elsewhere.status == 200
    browser.fill("line-1-amount", "77.70")
    browser.focus("Add a line")
    browser.wait_for("changed in another window")
    browser.press("Save draft")
    browser.wait_for("¥77.70")
