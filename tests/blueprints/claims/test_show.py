"""The claim page: where it stands, what is on it, what was said."""

from typing import Any

import pytest
from flask import Flask

from portal.claims import conversation, payment
from portal.claims.models import Batch
from portal.core.clock import day, now
from tests.blueprints.claims.pages import a_draft, a_sent, lines, press, value
from tests.blueprints.conftest import CountQueries
from tests.blueprints.payments.cases import person, store_batch
from tests.browser import Visitor
from tests.claims.stories import (
    ZONE,
    approve,
    attach_invoice,
    draft,
    fill,
    give_back,
    seen,
    send,
    sent,
    told,
    writing,
)
from tests.invoices.samples import DIGITAL


def test_it_works(alice: Visitor, app: Flask) -> None:
    alice.go(f"/claims/{a_sent(app, 500_00, 600_00)}")
    alice.sees(
        "Customer visit", "¥1,100.00", "人民币壹仟壹佰元整", "In approval", "Bob",
        "Item 1", "Item 2", "receipt 40.png", "Office supplies", "submitted the claim",
    )  # fmt: skip


def test_a_draft_is_shown_as_its_form(alice: Visitor, app: Flask) -> None:
    number = a_draft(app)
    assert alice.go(f"/claims/{number}").path == f"/claims/{number}/edit"


def normal(visitor: Visitor, number: int) -> bytes:
    """The answer without what differs by chance or repeats what was asked."""
    assert visitor.response is not None
    said = visitor.response.get_data(as_text=True).replace(f"/claims/{number}", "/claims/N")
    for node in visitor.find("input[name=csrf_token]"):
        said = said.replace(node.attributes["value"] or "-", "TOKEN")
    request = visitor.text.split("Request ")[-1].split()[0]
    return said.replace(request, "REQUEST").encode()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("state", ["draft", "sent"])
def test_a_stranger_cannot_tell_forbidden_from_missing(
    dan: Visitor, app: Flask, state: str, method: str
) -> None:
    hidden = (a_draft if state == "draft" else a_sent)(app, 500_00)
    for page in ("", "/edit", "/submit", "/withdraw", "/delete", "/copy", "/comment", "/template",
                 "/changes", "/paper.pdf", "/receipts/1", "/receipts/1/thumbnail"):  # fmt: skip
        there, nowhere = (ask(dan, method, number, page) for number in (hidden, hidden + 1))
        assert there[0] in (404, 405), page
        assert there == nowhere, page


def ask(visitor: Visitor, method: str, number: int, page: str) -> tuple[int, list[Any], bytes]:
    """Status, headers and normal body of an address below a claim."""
    address = f"/claims/{number}{page}"
    if method == "GET":
        visitor.go(address)
    else:
        visitor.post(address, {"version": "1", "comment": "Hello there"})
    assert visitor.response is not None
    headers = [(k, v) for k, v in visitor.response.headers if k not in ("Set-Cookie", "Date")]
    return visitor.status, headers, normal(visitor, number)


@pytest.mark.parametrize("number", ["0", "99999999999999999999999", "x", "1e3", "-1"])
def test_a_claim_that_cannot_be_is_missing(alice: Visitor, number: str) -> None:
    assert alice.go(f"/claims/{number}").status == 404


def poll(visitor: Visitor) -> tuple[int, str]:
    """What the page gets when it asks by itself, if it asks at all."""
    [status] = visitor.find("#claim-status")
    address = status.attributes.get("hx-get")
    assert address, "the page does not ask for changes"
    asked = {"HX-Request": "true", "HX-Trigger": "claim-status"}
    answer = visitor.client.get(address, headers=asked)
    return answer.status_code, answer.text


def test_it_shows_a_decision_made_elsewhere(alice: Visitor, app: Flask) -> None:
    number = a_sent(app)
    alice.go(f"/claims/{number}")
    assert poll(alice) == (204, "")
    with writing(app) as session:
        approve(session, seen(session, number, "bob").claim, "bob")
    status, fragment = poll(alice)
    assert status == 200
    assert fragment.lstrip().startswith('<section class="sheet" id="claim-status"')
    assert "Carol" in fragment
    assert "<html" not in fragment


def test_it_shows_a_comment_made_elsewhere(alice: Visitor, app: Flask) -> None:
    number = a_sent(app)
    alice.go(f"/claims/{number}")
    with writing(app) as session:
        conversation.ask(session, seen(session, number, "bob"), "Which customer?", at=now())
    assert poll(alice)[0] == 200


def test_it_stops_asking_when_nothing_can_change_any_more(alice: Visitor, app: Flask) -> None:
    number = a_sent(app)
    alice.go(f"/claims/{number}")
    with writing(app) as session:
        give_back(session, seen(session, number, "bob").claim, "bob")
    assert "hx-get" not in poll(alice)[1]
    assert "hx-get" not in (alice.go(f"/claims/{number}").find("#claim-status")[0].html or "")


def test_without_scripts_it_says_how_fresh_it_is(alice: Visitor, app: Flask) -> None:
    number = a_sent(app)
    alice.go(f"/claims/{number}").sees("As of", "Refresh")
    assert alice.find(f"#claim-status .fresh a[href='/claims/{number}']")


def test_a_resubmission_shows_what_changed(bob: Visitor, app: Flask) -> None:
    with writing(app) as session:
        claim = sent(session, "alice", 500_00, 600_00)
        give_back(session, claim, "bob", "Too much")
        fill(session, claim, 450_00, 600_00, purpose="Customer visit in Suzhou")
        send(session, claim)
    bob.go(f"/claims/{claim.id}")
    [changed] = bob.find("#claim-changed")
    text = " ".join(changed.text(separator=" ").split())
    assert "Customer visit in Suzhou" in text
    assert "¥500.00" in text
    assert "¥450.00" in text
    assert "Item 2" not in text


def test_the_claimant_comments_and_those_mentioned_are_told(alice: Visitor, app: Flask) -> None:
    number = a_sent(app)
    alice.go(f"/claims/{number}")
    alice.send("comment-form", comment="@Bob the customer was late")
    alice.sees("Sent.", "@Bob the customer was late")
    with writing(app) as session:
        assert told(session, "bob") == ["claim_submitted", "claim_commented"]
        assert told(session, "alice") == []


def test_a_comment_is_never_markup(alice: Visitor, app: Flask) -> None:
    alice.go(f"/claims/{a_sent(app)}")
    alice.send("comment-form", comment="<b>bold</b><img src=x>").sees("<b>bold</b><img src=x>")


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_a_comment_that_cannot_be_taken_is_kept_and_explained(
    alice: Visitor, app: Flask, text: str
) -> None:
    alice.go(f"/claims/{a_sent(app)}").send("comment-form", comment=text)
    assert alice.status == 422
    assert value(alice, "comment").strip() == text.strip()
    assert alice.find("#error-summary a[href]")


def test_the_summary_of_a_comment_leads_to_its_field(alice: Visitor, app: Flask) -> None:
    alice.go(f"/claims/{a_sent(app)}").send("comment-form", comment="")
    [link] = alice.find("#error-summary a")
    assert alice.find(link.attributes["href"] or "none"), "the link in the summary leads nowhere"


@pytest.mark.parametrize("amount", [500_00, 25_000_00])
def test_whoever_is_told_of_a_claim_can_open_it(app: Flask, amount: int) -> None:
    number = a_sent(app, amount)
    alice = Visitor(app).signed_in("alice").go(f"/claims/{number}")
    alice.send("comment-form", comment="@Bob @Carol @Grace @Dan @Admin please look")
    for name in ("bob", "carol", "grace", "dan", "admin"):
        with writing(app) as session:
            was_told = bool(told(session, name))
        if was_told:
            assert Visitor(app).signed_in(name).go(f"/claims/{number}").status == 200, name


def test_a_question_is_answered_by_the_claimants_next_words(
    alice: Visitor, bob: Visitor, app: Flask
) -> None:
    number = a_sent(app)
    bob.go(f"/claims/{number}").send("decision", ("decision", "ask"), comment="Which customer?")
    bob.sees("Your question was sent")
    alice.go("/").sees("A question waits for your answer.")
    alice.go(f"/claims/{number}").sees("An approver asked you something", "Which customer?")
    alice.send("comment-form", comment="Green Tea House").misses("An approver asked you something")
    bob.go(f"/claims/{number}").sees("Green Tea House", "answered:")
    assert bob.find("#decision"), "the claim still waits for the one who asked"
    with writing(app) as session:
        assert told(session, "bob") == ["claim_submitted", "claim_answered"]


def test_an_auditor_reads_and_can_change_nothing(app: Flask) -> None:
    ivan = Visitor(app).signed_in("ivan")
    number = a_sent(app)
    ivan.go(f"/claims/{number}").sees("Customer visit")
    assert not ivan.find("#decision, #comment-form")
    assert ivan.post(f"/claims/{number}/comment", {"comment": "Hello"}).status == 403


def test_finding_and_reason_stand_beside_the_line_for_the_approver(
    bob: Visitor, app: Flask
) -> None:
    with writing(app) as session:
        claim = draft(session, "alice", 500_00, category="local_transport")
        claim.lines[0].reason = "The last train had left"
        send(session, claim)
    bob.go(f"/claims/{claim.id}").sees("The limit is ¥80.00 per day", "The last train had left")


def test_the_language_is_switched_without_losing_a_remark(bob: Visitor, app: Flask) -> None:
    bob.go(f"/claims/{a_sent(app)}")
    [button] = bob.find("button[name=language]")
    assert button.attributes["form"] == "decision"
    data = {"language": "zh", "comment": "Half written", "version": "2", "form_key": "x"}
    bob.post(button.attributes["formaction"] or "", data)
    assert bob.find("html[lang=zh-CN]")
    assert [node.text() for node in bob.find("#decision textarea[name=comment]")] == [
        "Half written"
    ]


def test_the_language_is_switched_where_a_remark_was_refused(bob: Visitor, app: Flask) -> None:
    number = a_sent(app)
    bob.go(f"/claims/{number}")
    bob.send("decision", ("decision", "return"), comment="")
    assert bob.status == 422
    [switch] = bob.find("button[name=language]")
    bob.post(switch.attributes["formaction"], {"language": "zh", "comment": "不行"})
    assert bob.status == 200
    assert bob.path.startswith(f"/claims/{number}?kept=")
    bob.sees("不行")


def test_what_was_read_from_an_invoice_stands_beside_its_line(bob: Visitor, app: Flask) -> None:
    with writing(app) as session:
        claim = draft(session, "alice", 500_00, 600_00)
        attach_invoice(session, claim, DIGITAL)
        send(session, claim)
    bob.go(f"/claims/{claim.id}")
    first, second = (" ".join(node.text(separator=" ").split()) for node in bob.find(".line-files"))
    for read in (DIGITAL.number, DIGITAL.seller, "¥2,000.00 · tax ¥113.21", "Not verified"):
        assert read in first
        assert read not in second


def test_it_says_when_and_under_which_reference_it_was_paid(alice: Visitor, app: Flask) -> None:
    batch_id = store_batch(app, ("alice", 500_00))
    alice.go("/claims/1").sees(f"In payment batch {batch_id}.")
    with writing(app) as session:
        batch, today = session.get_one(Batch, batch_id), day(now(), ZONE)
        payment.close_batch(
            session, batch, today, "B-0417", {},
            shown=batch.version, by=person(session, "carol").id, at=now(), today=today,
        )  # fmt: skip
    alice.go("/claims/1").sees(f"Paid on {today}, reference B-0417.", "paid ¥500.00, reference")
    alice.misses("In payment batch")


def test_each_reader_gets_the_same_claim_in_his_language(
    alice: Visitor, bob: Visitor, app: Flask
) -> None:
    number = a_sent(app)
    alice.go(f"/claims/{number}").sees("submitted the claim", "Office supplies", "Line manager")
    bob.go("/").post("/language", {"language": "zh", "next": f"/claims/{number}"})
    bob.sees("提交了报销单").misses("submitted the claim", "Office supplies", "Line manager")
    alice.go(f"/claims/{number}").sees("submitted the claim", "Office supplies", "Line manager")


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_it_asks_the_database_a_fixed_number_of_questions(
    app: Flask, name: str, count_queries: CountQueries
) -> None:
    visitor = Visitor(app).signed_in(name)
    counts = []
    for size in (2, 20):
        number = a_sent(app, *[300_00] * size)
        with count_queries() as asked:
            visitor.go(f"/claims/{number}")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 5, "\n".join(asked)


def test_the_form_shown_again_after_withdrawing_is_the_same(alice: Visitor, app: Flask) -> None:
    number = a_sent(app)
    alice.go(f"/claims/{number}/withdraw").send("withdraw").sees("Withdrawn.")
    alice.go(f"/claims/{number}/edit")
    assert len(lines(alice)) == 1
    assert press(alice, "check").find("#submit")
