"""A category brings other fields while a person types on: nothing typed meanwhile is lost."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask

from tests.blueprints.claims.pages import stored

from .engines.chromium import Chromium
from .test_claim import DAY, sign_in

pytestmark = pytest.mark.browser


class SlowAnswers:
    """What the page saves by itself is answered only when it may be."""

    def __init__(self, app: Flask, monkeypatch: pytest.MonkeyPatch):
        self._served = app.wsgi_app
        self._ready, self._waits = threading.Event(), threading.Event()
        self._ready.set()
        monkeypatch.setattr(app, "wsgi_app", self._serve)

    def _serve(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        answer = list(self._served(environ, start))
        if "HTTP_HX_TRIGGER" in environ and not self._ready.is_set():
            self._waits.set()
            self._ready.wait(10)
        return answer

    @contextmanager
    def held(self) -> Iterator[None]:
        """Answers wait until the end of this; call ``on_its_way`` inside."""
        self._waits.clear()
        self._ready.clear()
        yield
        self._ready.set()

    def on_its_way(self) -> None:
        """Wait until the form was saved and its answer is held."""
        assert self._waits.wait(10)


@pytest.fixture
def answers(app: Flask, monkeypatch: pytest.MonkeyPatch) -> SlowAnswers:
    return SlowAnswers(app, monkeypatch)


@pytest.fixture
def browser(portal_address: str, answers: SlowAnswers) -> Iterator[Chromium]:
    if reason := Chromium.available():
        pytest.skip(reason)
    with Chromium(portal_address) as browser:
        sign_in(browser, "alice")
        browser.press("An empty claim")
        browser.fill("line-1-spent_on", DAY)
        browser.choose("line-1-category", "Meals on travel")
        browser.wait_for("City")
        yield browser


def test_typing_goes_on_in_a_field_that_stays(browser: Chromium, answers: SlowAnswers) -> None:
    with answers.held():
        browser.choose("line-1-category", "Lodging")
        answers.on_its_way()
        browser.type_into("line-1-city", "Wu")
    browser.wait_for("Nights")
    browser.type_on("xi")
    assert browser.value("line-1-city") == "Wuxi", "the cursor was taken away"


def test_what_was_typed_and_left_before_the_answer_stays(
    browser: Chromium, answers: SlowAnswers
) -> None:
    with answers.held():
        browser.choose("line-1-category", "Lodging")
        answers.on_its_way()
        browser.type_into("line-1-amount", "340")
        browser.type_into("line-1-city", "Wuxi")
        browser.type_into("line-1-purpose", "Two ni")
    browser.wait_for("Nights")
    browser.type_on("ghts")
    assert browser.value("line-1-amount") == "340"
    assert browser.value("line-1-city") == "Wuxi"
    assert browser.value("line-1-purpose") == "Two nights"


def test_a_field_that_goes_takes_what_was_typed_along(
    browser: Chromium, answers: SlowAnswers, app: Flask
) -> None:
    with answers.held():
        browser.choose("line-1-category", "Own car, by the kilometre")
        answers.on_its_way()
        browser.type_into("line-1-amount", "340")
        browser.type_into("line-1-purpose", "To the plant")
    browser.wait_for("Kilometres")
    browser.press("Save draft")
    browser.choose("line-1-category", "Train")
    browser.wait_for("Departure time")
    assert browser.value("line-1-amount") == "340.00"
    assert stored(app, 1).lines[0].purpose == "To the plant"


def test_fields_of_a_journey_come_beside_the_cursor(
    browser: Chromium, answers: SlowAnswers
) -> None:
    with answers.held():
        browser.choose("line-1-category", "Train")
        answers.on_its_way()
        browser.type_into("line-1-cost_centre", "42")
    browser.wait_for("Departure time")
    browser.type_on("00")
    assert browser.value("line-1-cost_centre").endswith("4200")
    browser.type_into("line-1-left_at", "8:05")
    browser.press("Save draft")
    assert browser.value("line-1-left_at") == f"{DAY} 08:05"
