"""From receipt to paid, played once in every engine: one story, whatever the browser."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from tests.cast import PASSWORD

from .engines import Browser
from .engines.playing import ENGINES, playing

NOW = datetime.now(ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date().isoformat()
DAY = (NOW - timedelta(days=2)).date().isoformat()


@pytest.fixture
def receipt(tmp_path: Path) -> Path:
    path = tmp_path / "打车票.png"
    Image.new("RGB", (300, 500), "#f5f5f0").save(path)
    return path


@pytest.mark.parametrize("engine", ENGINES)
def test_a_claim_travels_from_receipt_to_paid(
    engine: type[Browser], portal_address: str, receipt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with playing(engine, portal_address, "claim", capsys) as browser:
        journey(browser, receipt)


def journey(browser: Browser, receipt: Path) -> None:
    """Sign in, claim with two lines and a receipt, submit; approve; pay; print."""
    sign_in(browser, "alice")
    browser.press("An empty claim")
    browser.wait_for("Who will approve")
    browser.fill("purpose", "拜访客户 in Hangzhou")
    fill_line(browser, 1, "Office supplies", "1,180.00", "Toner")
    browser.press("Add a line")
    browser.wait_for("Line 2")
    fill_line(browser, 2, "Postage and courier", "66.5", "Courier")
    browser.press("Check and submit")
    browser.wait_for("Please look at this first")
    assert browser.sees("Above ¥100.00 a receipt is needed.")
    assert browser.sees("¥1,246.50")
    browser.attach("line-1-files", receipt)
    browser.press("Save draft")
    browser.wait_for("打车票.png")
    browser.press("Check and submit")
    browser.wait_for("Submit this claim?")
    assert browser.sees("Bob")
    browser.press("Submit ¥1,246.50 for approval")
    browser.wait_for("In approval")
    browser.press("Sign out")

    for approver in ("bob", "carol"):
        sign_in(browser, approver)
        browser.follow("To approve")
        browser.wait_for("拜访客户 in Hangzhou")
        browser.follow("拜访客户 in Hangzhou")
        browser.wait_for("Toner")
        browser.press("Approve ¥1,246.50")
        browser.wait_for("Approved.")
        if approver == "bob":
            browser.press("Sign out")

    browser.follow("Payments")
    browser.wait_for("拜访客户 in Hangzhou")
    browser.tick("claim")
    browser.press("Make a batch of the ticked")
    browser.wait_for("¥1,246.50")
    browser.press("Make the batch")
    browser.wait_for("Record the payment")
    browser.follow("Record the payment")
    browser.wait_for("From the bank's confirmation")
    browser.fill("paid_on", TODAY)
    browser.fill("reference", "ICBC-0331")
    browser.press("Mark the batch as paid")
    browser.wait_for("ICBC-0331")
    browser.press("Sign out")

    sign_in(browser, "alice")
    browser.follow("My claims")
    browser.wait_for("Paid")
    browser.follow("拜访客户 in Hangzhou")
    browser.wait_for("reference ICBC-0331")


def sign_in(browser: Browser, name: str, *, shared: bool = False) -> None:
    browser.go("/sign-in")
    browser.fill("name", name)
    browser.fill("password", PASSWORD)
    if shared:
        browser.tick("shared")
    browser.press("Sign in")
    browser.wait_for("Waits for me")


def fill_line(browser: Browser, line: int, category: str, amount: str, purpose: str) -> None:
    browser.fill(f"line-{line}-spent_on", DAY)
    browser.choose(f"line-{line}-category", category)
    browser.fill(f"line-{line}-amount", amount)
    browser.fill(f"line-{line}-purpose", purpose)
