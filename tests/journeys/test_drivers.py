"""Every driver does what a person would, on pages with every kind of control."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .engines import Browser
from .engines.playing import ENGINES, playing
from .sample_site import make_site, serving


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving(make_site()) as base_url:
        yield base_url


@pytest.fixture
def receipt(tmp_path: Path) -> Path:
    path = tmp_path / "出租车发票.txt"
    path.write_text("九元整", encoding="utf-8")
    return path


@pytest.mark.parametrize("engine", ENGINES)
def test_a_person_signs_in_and_sends_a_form(
    engine: type[Browser], site: str, receipt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with playing(engine, site, "sample", capsys) as browser:
        refused_then_signed_in(browser)
        a_form_is_sent_with_its_second_button(browser, receipt)
        what_is_not_there_is_said_plainly(browser)


def refused_then_signed_in(browser: Browser) -> None:
    browser.go("/")
    assert browser.address().endswith("/sign-in")
    browser.fill("E-mail", "alice@example.com")
    browser.fill("Password", "a wrong secret")
    browser.press("Sign in")
    assert browser.sees("E-mail or password is wrong.")

    browser.fill("E-mail", "alice@example.com")
    browser.fill("Password", "a long secret")
    browser.tick("This is a shared computer")
    browser.press("Sign in")
    browser.wait_for("Claims of alice@example.com")
    assert browser.sees("Shared computer.")
    assert not browser.address().endswith("/sign-in")


def a_form_is_sent_with_its_second_button(browser: Browser, receipt: Path) -> None:
    browser.follow("New claim")
    assert browser.address().endswith("/new")
    browser.fill("Date", "2026-03-31")
    browser.choose("Category", "Hotel 住宿")
    browser.fill("Purpose", "去上海 with O'Neil")
    browser.fill("Remark", "a remark\nof two lines")
    browser.fill("lines-0-amount", "1234.50")
    if browser.can_attach:
        browser.attach("Receipt", receipt)
    browser.press("Save draft")

    browser.wait_for("Action: save.")
    assert browser.sees("Day: 2026-03-31.")
    assert browser.sees("Kind: hotel.")
    assert browser.sees("Purpose: 去上海 with O'Neil.")
    assert browser.sees("Remark: a remark of two lines.")
    assert browser.sees("Amount: 1234.50.")
    if browser.can_attach:
        assert browser.sees("Receipt: 出租车发票.txt.")
        assert browser.sees("Content: 九元整.")


def what_is_not_there_is_said_plainly(browser: Browser) -> None:
    browser.go("/new")
    assert not browser.sees("Action: save.")
    with pytest.raises(LookupError, match="no field “Colour”"):
        browser.fill("Colour", "red")
    with pytest.raises(LookupError, match="no option of “Category” “Yacht”"):
        browser.choose("Category", "Yacht")
    with pytest.raises(LookupError, match="no button “Delete”"):
        browser.press("Delete")
    with pytest.raises(LookupError, match="no link “Elsewhere”"):
        browser.follow("Elsewhere")
