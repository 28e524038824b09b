"""What a browser of today keeps of a page, and shows when it should or should not."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import delete
from weasyprint import HTML

from portal.core.db import db
from portal.people.models import SignIn

from .engines.chromium import Chromium
from .engines.firefox import Firefox
from .test_claim import sign_in

GREEN = (0, 170, 0)


@pytest.fixture(
    params=[
        pytest.param(Chromium, marks=pytest.mark.browser, id=Chromium.name),
        pytest.param(Firefox, marks=pytest.mark.engines, id=Firefox.name),
    ]
)
def browser(request: pytest.FixtureRequest, portal_address: str) -> Iterator[Chromium | Firefox]:
    engine: type[Chromium | Firefox] = request.param
    if reason := engine.available():
        pytest.skip(reason)
    with engine(portal_address) as browser:
        yield browser


@pytest.mark.parametrize("shared", [False, True], ids=["own computer", "shared computer"])
def test_after_signing_out_back_shows_nothing_personal(
    browser: Chromium | Firefox, shared: bool
) -> None:
    sign_in(browser, "alice", shared=shared)
    browser.follow("My claims")
    browser.wait_for("You have no claims yet")
    browser.back()
    browser.wait_for("Waits for me")  # Back does work, and shows what is personal
    assert browser.sees("Alice")
    browser.follow("My claims")
    browser.press("Sign out")
    browser.wait_for("Forgotten password")
    for _page in range(3):
        browser.back()
        assert not browser.sees("Alice")
        browser.wait_for("Forgotten password")


def test_on_a_shared_computer_back_shows_no_page_of_a_session_that_ended(
    browser: Chromium | Firefox, app: Flask
) -> None:
    sign_in(browser, "alice", shared=True)
    browser.follow("Notices")
    browser.follow("Alice")
    with app.app_context():
        db.session.execute(delete(SignIn))
        db.session.commit()
    browser.back()
    browser.wait_for("Forgotten password")
    assert not browser.sees("Alice")


def test_a_pdf_receipt_is_shown_by_the_browser(browser: Chromium | Firefox, tmp_path: Path) -> None:
    receipt, shown = tmp_path / "taxi.pdf", tmp_path / "shown.png"
    receipt.write_bytes(HTML(string="<body style='background: rgb(0, 170, 0)'>").write_pdf())
    sign_in(browser, "alice")
    browser.press("An empty claim")
    browser.attach("line-1-files", receipt)
    browser.wait_for("taxi.pdf")
    browser.follow("taxi.pdf")
    end = time.monotonic() + 15
    while True:
        browser.screenshot(shown)
        with Image.open(shown) as picture:
            colours = picture.convert("RGB").getcolors(1 << 24)
        if GREEN in [colour for number, colour in colours or () if number > 10_000]:
            return
        assert time.monotonic() < end, f"nothing of the receipt is seen: {browser.text()}"
