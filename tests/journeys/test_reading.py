"""Thirty files dropped at once: lines appear while a person types, and nothing typed is lost."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from portal.core.clock import now
from portal.web import work
from tests.blueprints.claims.pages import stored
from tests.blueprints.claims.test_reading import invoice
from tests.blueprints.claims.test_reading_better import photo
from tests.invoices.samples import DIGITAL, digital_xml

from .engines.chromium import Chromium
from .test_claim import sign_in

pytestmark = pytest.mark.browser

FILES = 30


@pytest.fixture
def browser(portal_address: str) -> Iterator[Chromium]:
    if reason := Chromium.available():
        pytest.skip(reason)
    with Chromium(portal_address) as browser:
        sign_in(browser, "alice")
        browser.press("An empty claim")
        yield browser


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """29 e-invoices and a photo on which nothing is to be read."""
    photo = tmp_path / "taxi.png"
    Image.new("RGB", (300, 500), "#f5f5f0").save(photo)
    for number in range(FILES - 1):
        data, name = invoice(number)
        (tmp_path / name).write_bytes(data)
    return sorted(tmp_path.iterdir())


def test_lines_appear_while_one_types_and_nothing_is_lost(
    browser: Chromium, app: Flask, files: list[Path]
) -> None:
    browser.drop("files", files)
    browser.wait_for("0 of 30 read")
    browser.fill("purpose", "March in Suzhou")
    for _file in range(3):
        assert work.work_once(app, now())
    browser.wait_for("Line 3")
    browser.type_into("line-2-purpose", "Lunch wi")
    for _file in range(5):
        assert work.work_once(app, now())
    browser.wait_for("8 of 30 read")
    browser.wait_for("Line 8")
    browser.type_on("th ACME")
    assert browser.value("line-2-purpose").endswith("Lunch with ACME"), "the cursor was taken away"
    worker = threading.Thread(target=lambda: [work.work_once(app, now()) for _file in range(22)])
    worker.start()
    browser.type_on(" and friends")
    worker.join()
    browser.wait_for("30 of 30 read")
    browser.wait_for("¥290.00")
    assert browser.sees("taxi.png")
    assert browser.sees("No invoice")
    browser.press("Save draft")
    claim = stored(app, 1)
    assert claim.purpose == "March in Suzhou"
    [typed] = [line.purpose for line in claim.lines if line.id == 2]
    assert typed.endswith("Lunch with ACME and friends")
    assert [line.amount for line in claim.lines].count(10_00) == 29
    assert len(claim.lines) == len(claim.receipts) == FILES
    assert not browser.sees("changed in another window")


def test_a_better_file_fills_the_blanks_of_the_open_page(
    browser: Chromium, app: Flask, files: list[Path], tmp_path: Path
) -> None:
    data, name = photo()
    (tmp_path / name).write_bytes(data)
    (tmp_path / "better.xml").write_bytes(digital_xml(DIGITAL).encode())
    browser.drop("files", [tmp_path / name])
    browser.wait_for("photo.png: Not to be read")
    browser.drop("files", [tmp_path / "better.xml", *files[:3]])
    browser.wait_for("0 of 4 read")
    browser.type_into("line-1-purpose", "Team")
    while work.work_once(app, now()):
        pass
    browser.wait_for("4 of 4 read")
    assert browser.value("line-1-merchant") == DIGITAL.seller
    assert browser.value("line-1-category") == "meals"
    assert browser.value("line-1-purpose").endswith("Team"), "the cursor is there"
    browser.type_on(" dinner")
    browser.press("Save draft")
    line = stored(app, 1).lines[0]
    assert (line.merchant, line.category, line.amount) == (DIGITAL.seller, "meals", 2_000_00)
    assert line.purpose.endswith("Team dinner")
