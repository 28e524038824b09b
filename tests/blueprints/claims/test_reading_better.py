"""A better file of an invoice that is on the claim already: it fills what is still empty."""

from flask import Flask

from tests.blueprints.claims.pages import claim_id, editing, lines, press, stored, value
from tests.blueprints.claims.test_reading import File, ask, invoices, work_all
from tests.blueprints.claims.test_receipts import upload
from tests.browser import Visitor
from tests.invoices import makers
from tests.invoices.samples import DIGITAL, digital_xml


def photo() -> File:
    """A picture of the code of ``DIGITAL``, which says neither seller nor what it was for."""
    return makers.png(makers.paper(makers.code(makers.code_text(DIGITAL)))), "photo.png"


def test_a_better_file_fills_blanks_of_a_page_that_was_shown_before(
    alice: Visitor, app: Flask
) -> None:
    upload(editing(alice), photo())
    [line] = lines(alice)
    assert (value(alice, f"{line}-amount"), value(alice, f"{line}-merchant")) == ("2000.00", "")
    better = (digital_xml(DIGITAL).encode(), "better.xml")
    upload(alice, better, *invoices(3), **{f"{line}-amount": "1999.00"})
    work_all(app)
    _status, answer = ask(alice)
    slot = answer.css_first(f"#{line}-merchant-slot[hx-swap-oob]")
    assert slot is not None
    assert DIGITAL.seller in str(slot.html)
    press(alice, "save", **{f"{line}-reason": "Only my part of it"})
    filled = stored(app, claim_id(alice)).lines[0]
    assert (filled.merchant, filled.category) == (DIGITAL.seller, "meals")
    assert (filled.amount, filled.reason) == (1_999_00, "Only my part of it")
    press(alice, "save", **{f"{line}-merchant": ""})
    assert stored(app, claim_id(alice)).lines[0].merchant == "", "what was seen may be cleared"
