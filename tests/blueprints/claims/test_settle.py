"""Choosing on the page that sends a claim how much of one's advances it settles."""

import io

import pypdf
import pytest
from flask import Flask

from portal.claims.models import Settlement
from portal.core.db import db
from tests.blueprints.claims.pages import a_draft, claim_id, press, stored, value
from tests.blueprints.claims.test_for_others import allow, begun
from tests.blueprints.prior.pages import a_paid
from tests.browser import Visitor, filled
from tests.claims.stories import fill, give_back, give_receipts, seen, writing

FIRST, SECOND = "settle-1-amount", "settle-2-amount"


@pytest.fixture
def owing(app: Flask) -> int:
    """A draft of alice's over 500.00, who owes 300.00 of one advance and 900.00 of another."""
    a_paid(app, 300_00, ends=3, purpose="Trade fair")
    a_paid(app, 900_00, ends=9, purpose="Spare parts")
    return a_draft(app, 500_00)


def chosen(app: Flask, claim_id: int) -> dict[int, int]:
    with app.app_context():
        rows = db.session.query(Settlement).filter_by(claim_id=claim_id)
        return {row.advance_id: row.amount for row in rows}


def test_it_works(alice: Visitor, bob: Visitor, app: Flask, owing: int) -> None:
    alice.go(f"/claims/{owing}/submit").sees("Trade fair", "¥300.00 open", "¥900.00 open")
    alice.sees("Settles advances ¥500.00", "To be paid to you ¥0.00")
    assert [value(alice, name) for name in (FIRST, SECOND)] == ["300.00", "200.00"]
    alice.send("submit", None, **{FIRST: "", SECOND: "１２０．５"}).sees("Submitted.")
    assert chosen(app, owing) == {1: 0, 2: 120_50}
    for visitor in (alice, bob.go(f"/claims/{owing}")):
        visitor.sees("Settles advances", "¥120.50", "To be paid out ¥379.50")
    assert alice.find("#settles a")
    assert not bob.find("#settles a"), "what bob cannot open is not linked"


def test_what_is_left_to_pay_is_worked_out_without_scripts(
    alice: Visitor, app: Flask, owing: int
) -> None:
    alice.go(f"/claims/{owing}/submit")
    alice.send("submit", ("do", "count"), **{FIRST: "100", SECOND: "0.00"})
    alice.sees("Settles advances ¥100.00", "To be paid to you ¥400.00")
    assert [value(alice, name) for name in (FIRST, SECOND)] == ["100", "0.00"]
    assert stored(app, owing).state == "draft"
    alice.send("submit").sees("Submitted.", "To be paid out ¥400.00")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({FIRST: "300.01"}, "Only ¥300.00 of this advance is open."),
        ({FIRST: "-5"}, "Type the amount without a minus sign"),
        ({FIRST: "a lot"}, "This is not an amount."),
        ({FIRST: "0.001"}, "Type at most 2 digits after the decimal point."),
        ({SECOND: "500.01"}, "The amounts above leave only ¥200.00 of the ¥500.00"),
        ({FIRST: "0", SECOND: "500.01"}, "That is more than the ¥500.00 that the claim comes to."),
    ],
)
@pytest.mark.parametrize("button", [None, ("do", "count")])
def test_what_cannot_be_settled_is_refused_at_its_field_and_kept(
    alice: Visitor, app: Flask, owing: int, typed: dict[str, str], says: str,
    button: tuple[str, str] | None,
) -> None:  # fmt: skip
    alice.go(f"/claims/{owing}/submit").send("submit", button, **typed).sees(says)
    assert alice.status == 422
    wrong = list(typed)[-1]
    assert value(alice, wrong) == typed[wrong]
    assert says.split("¥")[0] in alice.find(f"#{wrong}-error")[0].text()
    assert alice.find(f"#error-summary a[href='#{wrong}']")
    assert (stored(app, owing).state, chosen(app, owing)) == ("draft", {})


def test_a_bent_address_shows_what_is_wrong_with_it(alice: Visitor, owing: int) -> None:
    alice.go(f"/claims/{owing}/submit?{FIRST}=999&{SECOND}=x").sees("This is not an amount.")
    assert alice.status == 200


def test_who_owes_nothing_is_not_asked(alice: Visitor, app: Flask) -> None:
    number = a_draft(app, 500_00)
    alice.go(f"/claims/{number}/submit").misses("Settle advances")
    alice.send("submit").sees("Submitted.").misses("Settles advances")


def test_another_claim_sees_only_the_rest(alice: Visitor, app: Flask) -> None:
    a_paid(app, 300_00)
    first, second, third = (a_draft(app, 500_00) for _each in range(3))
    alice.go(f"/claims/{first}/submit").send("submit", None, **{FIRST: "200"}).sees("Submitted.")
    alice.go(f"/claims/{second}/submit").sees(
        "¥100.00 open", "Other claims under way settle ¥200.00 of it.", "¥400.00"
    )
    alice.send("submit").sees("Submitted.")
    alice.go(f"/claims/{third}/submit").sees("¥0.00 open", "To be paid to you ¥500.00")
    alice.send("submit").sees("Submitted.")
    assert [chosen(app, each) for each in (first, second, third)] == [
        {1: 200_00}, {1: 100_00}, {1: 0},
    ]  # fmt: skip


def test_an_advance_that_was_reserved_meanwhile_is_refused_where_it_stands(
    alice: Visitor, app: Flask
) -> None:
    a_paid(app, 300_00)
    first, second = a_draft(app, 500_00), a_draft(app, 500_00)
    alice.go(f"/claims/{first}/submit")
    [form] = alice.find("form#submit")
    behind = filled(form)
    alice.go(f"/claims/{second}/submit").send("submit").sees("Submitted.")
    alice.post(f"/claims/{first}/submit", behind).sees("Only ¥0.00 of this advance is open.")
    assert (alice.status, stored(app, first).state) == (422, "draft")


def test_a_returned_claim_keeps_the_choice(alice: Visitor, app: Flask, owing: int) -> None:
    alice.go(f"/claims/{owing}/submit").send("submit", None, **{FIRST: "0", SECOND: "50"})
    with writing(app) as session:
        give_back(session, seen(session, owing, "alice").claim, "bob")
    press(alice.go(f"/claims/{owing}/edit"), "check").sees("To be paid to you ¥450.00")
    assert [value(alice, name) for name in (FIRST, SECOND)] == ["0.00", "50.00"]


def test_switching_the_language_keeps_what_was_typed(alice: Visitor, owing: int) -> None:
    alice.go(f"/claims/{owing}/submit")
    [form] = alice.find("form#submit")
    typed = filled(form)
    typed.setlist(FIRST, ["12,5"])
    alice.post(f"/language?next=/claims/{owing}/submit", {**typed, "language": "zh"})
    assert value(alice, FIRST) == "12,5"


def test_a_colleague_who_fills_it_chooses_too_but_reads_no_purposes(
    app: Flask, dan: Visitor
) -> None:
    a_paid(app, 300_00, purpose="Private matter")
    allow(app, "alice", "dan")
    number = claim_id(begun(dan))
    with writing(app) as session:
        claim = seen(session, number, "alice").claim
        fill(session, claim, 500_00)
        give_receipts(session, claim)
    dan.go(f"/claims/{number}/submit").sees("¥300.00 open", "To be paid to Alice ¥200.00")
    dan.misses("Private matter").send("submit", None, **{FIRST: "40"}).sees(
        "To be paid out ¥460.00"
    )


def test_the_printed_form_says_what_will_be_settled(alice: Visitor, app: Flask, owing: int) -> None:
    alice.go(f"/claims/{owing}/submit").send("submit", None, **{FIRST: "120", SECOND: "0"})
    alice.go(f"/claims/{owing}/paper.pdf")
    assert alice.response is not None
    pages = pypdf.PdfReader(io.BytesIO(alice.response.get_data())).pages
    said = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "To be settled" in said
    assert "¥120.00" in said
    assert "¥380.00" in said
