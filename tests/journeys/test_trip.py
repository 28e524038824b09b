"""From asking for a trip to paying what is left, played once in every engine: alice asks for a
trip and an advance, drops an e-invoice on a claim for the trip, and is paid what is left.
"""

import io
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from pypdf import PdfReader

from tests.browser import Visitor
from tests.invoices.samples import DIGITAL, digital_xml

from .engines import Browser
from .engines.playing import ENGINES, playing
from .test_claim import sign_in

NOW = datetime.now(ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date().isoformat()
LAST_DAY = (NOW + timedelta(days=2)).date().isoformat()
SETTLED_BY = (NOW + timedelta(days=20)).date().isoformat()

TRIP, ADVANCE, CLAIM = "苏州出差 Suzhou fair", "展位押金 deposit", "苏州 Suzhou fair costs"


@pytest.fixture
def e_invoice(tmp_path: Path) -> Path:
    path = tmp_path / "数电票.xml"
    sample = DIGITAL.but(date=TODAY, items=(("*会展服务*展位费", "1886.79"),))
    path.write_text(digital_xml(sample), encoding="utf-8")
    return path


@pytest.mark.parametrize("engine", ENGINES)
def test_a_trip_travels_from_its_request_to_what_is_left_to_pay(
    engine: type[Browser], portal_address: str, app: Flask, e_invoice: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with playing(engine, portal_address, "trip", capsys) as browser:
        ask(browser)
        decide(browser, "bob", (TRIP, "¥3,000.00"), (ADVANCE, "¥1,500.00"))
        decide(browser, "carol", (ADVANCE, "¥1,500.00"), stays=True)
        pay(browser, ADVANCE, "advance", "¥1,500.00", "ICBC-0401")
        claim(browser, e_invoice)
        decide(browser, "bob", (CLAIM, "¥2,000.00"))
        decide(browser, "carol", (CLAIM, "¥2,000.00"), stays=True)
        pay(browser, CLAIM, "claim", "¥500.00", "ICBC-0402")
        look(browser)
    for path, title in (("claims/1", "Travelclaimform"), ("advances/2", "Advanceform")):
        assert title in printed(app, path), f"/{path} is not printed as it should be"


def ask(browser: Browser) -> None:
    """Alice asks for a trip, and for money that she has to lay out on it."""
    sign_in(browser, "alice")
    browser.press("New trip request")
    browser.wait_for("It is submitted only when you confirm.")
    browser.fill("purpose", TRIP)
    browser.fill("starts_on", TODAY)
    browser.fill("ends_on", LAST_DAY)
    browser.fill("amount", "3,000.00")
    browser.fill("cities", "苏州")
    submit(browser, "¥3,000.00")
    browser.follow("Home")
    browser.press("New advance")
    browser.wait_for("It is submitted only when you confirm.")
    browser.press("Check and submit")
    browser.wait_for("Please look at this first")
    browser.fill("purpose", ADVANCE)
    browser.fill("amount", "1500")
    browser.fill("ends_on", SETTLED_BY)
    submit(browser, "¥1,500.00")
    browser.press("Sign out")


def submit(browser: Browser, amount: str) -> None:
    browser.press("Check and submit")
    browser.wait_for("Submit this request?")
    assert browser.sees("Bob")
    browser.press(f"Submit {amount} for approval")
    browser.wait_for("In approval")


def decide(browser: Browser, name: str, *asked: tuple[str, str], stays: bool = False) -> None:
    """Somebody approves what was asked for, each by what it is for and how much it is."""
    sign_in(browser, name)
    for purpose, amount in asked:
        browser.follow("To approve")
        browser.wait_for(purpose)
        browser.follow(purpose)
        browser.wait_for("What happened")
        browser.press(f"Approve {amount}")
        browser.wait_for("Approved.")
    if not stays:
        browser.press("Sign out")


def pay(browser: Browser, purpose: str, tick: str, amount: str, reference: str) -> None:
    """The payer at the screen pays it; ``amount`` is what the bank transfers."""
    browser.follow("Payments")
    browser.wait_for(purpose)
    browser.tick(tick)
    browser.press("Make a batch of the ticked")
    browser.wait_for("Make this payment batch?")
    assert browser.sees(amount)
    browser.press("Make the batch")
    browser.wait_for("Record the payment")
    browser.follow("Record the payment")
    browser.wait_for("From the bank's confirmation")
    browser.fill("paid_on", TODAY)
    browser.fill("reference", reference)
    browser.press("Mark the batch as paid")
    browser.wait_for(reference)
    browser.press("Sign out")


def claim(browser: Browser, e_invoice: Path) -> None:
    """Alice claims for the trip: the file fills the line, the advance is settled first."""
    sign_in(browser, "alice")
    assert browser.sees(ADVANCE), "what she owes stands on Home"
    browser.press("An empty claim")
    browser.wait_for("Who will approve")
    browser.fill("purpose", CLAIM)
    browser.choose("trip", f"TR{NOW:%Y}-000001 {TRIP}")
    browser.attach("files", e_invoice)
    browser.press("Save draft")
    browser.wait_for("数电票.xml")
    browser.wait_for("¥2,000.00")
    assert browser.sees("青禾餐饮（苏州）有限公司")
    browser.choose("line-1-category", "Other")
    browser.fill("line-1-purpose", "Booth of nine square metres")
    browser.press("Check and submit")
    browser.wait_for("Submit this claim?")
    assert browser.sees("Settle advances")
    assert browser.sees("¥500.00")
    browser.press("Submit ¥2,000.00 for approval")
    browser.wait_for("In approval")
    browser.press("Sign out")


def look(browser: Browser) -> None:
    """Alice sees what was paid, what was settled, and that both forms can be printed."""
    sign_in(browser, "alice")
    browser.follow("My claims")
    browser.wait_for("Paid")
    browser.follow(CLAIM)
    browser.wait_for("reference ICBC-0402")
    assert browser.sees("¥1,500.00")
    assert browser.sees("Print the claim form")
    browser.follow("Trips and advances")
    browser.wait_for("Still owed")
    browser.follow(ADVANCE)
    browser.wait_for("Settled")
    assert browser.sees("Print the advance form")


def printed(app: Flask, path: str) -> str:
    """The text of a printed form, without its spaces."""
    answer = Visitor(app).signed_in("alice").client.get(f"/{path}/paper.pdf")
    assert answer.mimetype == "application/pdf"
    return PdfReader(io.BytesIO(answer.data)).pages[0].extract_text().replace(" ", "")
