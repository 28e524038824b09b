"""Thirty files on the form: read while one goes on typing, or leaves and comes back."""

import io
from collections.abc import Sequence

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser

from portal.claims.models import Claim
from portal.core.clock import now
from portal.core.db import db
from portal.web import work
from tests.blueprints.claims.pages import (
    a_draft,
    claim_id,
    editing,
    good,
    lines,
    on_line,
    press,
    stored,
    value,
)
from tests.blueprints.claims.test_receipts import file, upload
from tests.blueprints.conftest import CountQueries
from tests.browser import Visitor
from tests.claims.stories import attach_invoice, draft, picture, send, writing
from tests.invoices.samples import DIGITAL, OLD, archive, digital_xml, ofd, original_invoice
from tests.web.working import work_through

File = tuple[bytes, str]


def invoice(number: int, total: str = "10.00") -> File:
    sample = DIGITAL.but(
        number=f"263120000002{number:08d}", total=total, net="9.43", tax="0.57", spelled="壹拾圆整"
    )
    return digital_xml(sample).encode(), f"invoice {number:02d}.xml"


def invoices(count: int, first: int = 0) -> list[File]:
    return [invoice(first + number) for number in range(count)]


def work_all(app: Flask) -> int:
    return work_through(app, now())


def ask(visitor: Visitor) -> tuple[int, LexborHTMLParser]:
    """What the page asks for by itself, at the address that it shows."""
    [part] = visitor.find("#claim-reading")
    address = part.attributes["hx-get"] or ""
    got = visitor.client.get(address, headers={"HX-Request": "true"})
    return got.status_code, LexborHTMLParser(got.get_data(as_text=True))


def amounts(app: Flask, claim: int) -> list[int | None]:
    return [line.amount for line in stored(app, claim).lines]


def test_thirty_files_and_a_zip_among_them_become_lines(alice: Visitor, app: Flask) -> None:
    zipped = archive({f"folder/{name}": data for data, name in invoices(10, first=20)})
    upload(editing(alice), *invoices(20), (zipped, "march.zip"))
    alice.sees("0 of 21 read", "The lines appear below as they come.")
    claim = claim_id(alice)
    assert work_all(app) >= 31
    alice.go(f"/claims/{claim}/edit").sees("30 of 30 read", "¥300.00").misses(
        "Please look at these"
    )
    assert amounts(app, claim) == [10_00] * 30
    assert "hx-get" not in alice.find("#claim-reading")[0].attributes, "it still asks"


def test_three_files_are_read_at_once(alice: Visitor, app: Flask) -> None:
    upload(editing(alice), *invoices(3))
    assert alice.find("#claim-reading") == []
    assert amounts(app, claim_id(alice)) == [10_00] * 3
    assert work_all(app) == 0


def test_a_claim_begins_from_many_files(alice: Visitor, app: Flask) -> None:
    alice.go("/").send("start", files=[file(*each) for each in invoices(6)])
    alice.sees("0 of 6 read")
    work_all(app)
    assert amounts(app, claim_id(alice)) == [10_00] * 6


def test_the_files_of_one_invoice_join_one_line_also_later(alice: Visitor, app: Flask) -> None:
    old = ofd(attached={"original_invoice.xml": original_invoice(OLD)})
    upload(editing(alice), (digital_xml(DIGITAL).encode(), "a.xml"), (old, "b.ofd"))
    assert len(lines(alice)) == 2
    more = [(archive({"c.xml": digital_xml(DIGITAL).encode() + b"\n"}), "again.zip")]
    upload(alice, *more)
    work_all(app)
    alice.go(alice.path).sees("is on this claim already")
    assert len(alice.find(".receipts li")) == 2


def test_what_cannot_be_read_is_listed_with_its_reason_and_its_line(
    alice: Visitor, app: Flask
) -> None:
    bad: Sequence[File] = [
        (picture(61), "taxi.png"), (b"MZ" + bytes(99), "program.pdf"),
        (archive({"inner.zip": archive({"x.xml": b"<a/>"})}), "nested.zip"),
    ]  # fmt: skip
    upload(editing(alice), *invoices(3), *bad)
    work_all(app)
    alice.go(alice.path)
    told = {
        (node.css_first(".status").text(), bool(node.css("a[href^='#line-']")))
        for node in alice.find("#claim-reading li")
    }
    assert told == {("taxi.png", True), ("program.pdf", False), ("inner.zip", False)}
    alice.sees("archive or an office file", "Files of this type are not accepted")
    assert alice.find("#claim-reading a[href='/help/read-values']")
    assert [link.text() for link in alice.find(".receipts a")].count("taxi.png") == 1


def test_more_than_thirty_are_left_out_by_name(alice: Visitor, app: Flask) -> None:
    zipped = archive({name: data for data, name in invoices(40)})
    upload(editing(alice), (zipped, "year.zip"), *invoices(3, first=77))
    work_all(app)
    alice.go(alice.path).sees("43 of 43 read", "invoice 39.xml", "invoice 77.xml")
    assert len(lines(alice)) == 30
    left_out = [
        node.text() for node in alice.find("#claim-reading li") if "Left out" in node.text()
    ]
    assert len(left_out) == 13


def test_results_arrive_without_touching_what_is_being_typed(alice: Visitor, app: Flask) -> None:
    upload(editing(alice), *invoices(5))
    assert ask(alice)[0] == 204
    work_all(app)
    status, answer = ask(alice)
    assert status == 200
    swapped = answer.css_first("[hx-swap-oob='beforeend:#claim-lines']")
    assert swapped is not None
    assert len(swapped.css("fieldset.line")) == 5
    assert "Line 4" in swapped.text()
    outside = set(answer.css("input, select, textarea")) - set(
        swapped.css("input, select, textarea")
    )
    kinds = {(control.attributes.get("type"), control.attributes["name"]) for control in outside}
    assert all(kind == "hidden" for kind, _name in kinds), f"these would be replaced: {kinds}"
    assert answer.css_first("#claim-judged[hx-swap-oob] input[name=version]") is not None
    assert "¥50.00" in answer.css_first("#claim-judged").text()
    assert "hx-get" not in answer.css_first("#claim-reading").attributes


def test_an_open_page_saves_while_lines_arrive(alice: Visitor, app: Flask) -> None:
    upload(editing(alice), *invoices(6), **good(alice))
    work_all(app)
    press(alice, "save", **on_line(alice, purpose="Typed meanwhile"))
    assert alice.status == 200
    claim = claim_id(alice)
    assert stored(app, claim).lines[0].purpose == "Typed meanwhile"
    assert amounts(app, claim) == [50_00] + [10_00] * 6
    assert stored(app, claim).total == 110_00


def test_another_window_is_still_noticed(alice: Visitor, app: Flask) -> None:
    upload(editing(alice), *invoices(4), **good(alice))
    claim = claim_id(alice)
    other = Visitor(app).signed_in("alice").go(f"/claims/{claim}/edit")
    press(other, "save", **on_line(other, purpose="From the other window"))
    work_all(app)
    press(alice, "save", **on_line(alice, purpose="From this one"))
    assert alice.status == 409


def test_nothing_is_submitted_before_all_files_have_arrived(alice: Visitor, app: Flask) -> None:
    upload(editing(alice), *invoices(4), purpose="Visit", **good(alice))
    claim = claim_id(alice)
    alice.go(f"/claims/{claim}/submit").sees("Files are still being read.")
    assert alice.path == f"/claims/{claim}/edit"
    alice.post(f"/claims/{claim}/submit", {"version": stored(app, claim).version})
    assert alice.status == 409
    assert stored(app, claim).state == "draft"


def test_a_deleted_claim_leaves_the_worker_nothing_to_do(alice: Visitor, app: Flask) -> None:
    upload(editing(alice), *invoices(5))
    alice.go(f"/claims/{claim_id(alice)}/delete").send("delete")
    work_all(app)
    with app.app_context():
        assert db.session.query(Claim).count() == 0
        assert db.session.query(work.Job).filter(work.Job.done_at.is_(None)).count() == 0
    upload(editing(alice), *invoices(5))
    work_all(app)
    alice.go(alice.path).sees("5 of 5 read")


def test_files_for_one_line_stay_on_it(alice: Visitor, app: Flask) -> None:
    editing(alice)
    upload(alice, *invoices(5), line=lines(alice)[0])
    work_all(app)
    claim = stored(app, claim_id(alice))
    assert len(claim.lines) == 1
    assert {receipt.line_id for receipt in claim.receipts} == {claim.lines[0].id}
    assert claim.lines[0].amount == 10_00, "the first one filled it; the others only prove it"
    alice.go(alice.path).sees("Amount: typed; the file says 50.00")


def test_who_waits_too_long_may_type_the_rest(
    alice: Visitor, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(editing(alice), *invoices(5)).misses("Do not wait")
    monkeypatch.setattr("portal.claims.arrivals.PATIENCE", now() - now())
    alice.go(alice.path).sees("This takes unusually long.")
    press(alice, "unread").sees("5 of 5 read", "It was attached without being read.")
    work_all(app)
    assert amounts(app, claim_id(alice)) == [None] * 5
    assert len(alice.find(".receipts li")) == 5


def test_an_invoice_of_another_claim_is_told_only_to_those_who_may_know(
    alice: Visitor, app: Flask
) -> None:
    with writing(app) as session:
        theirs = draft(session, "dan")
        attach_invoice(session, theirs)
        number = send(session, theirs).number
    upload(editing(alice), *invoices(4), (digital_xml(DIGITAL).encode() + b" ", "mine.xml"))
    work_all(app)
    alice.go(alice.path).sees("is already on another claim").misses(str(number))


def test_it_refuses_a_stranger(dan: Visitor, app: Flask) -> None:
    assert dan.go(f"/claims/{a_draft(app)}/reading").status == 404


def test_without_scripts_it_leads_to_the_form(alice: Visitor, app: Flask) -> None:
    upload(editing(alice), *invoices(4))
    [link] = alice.find("#claim-reading .unscripted a")
    alice.go((link.attributes["href"] or "").split("#")[0]).sees("0 of 4 read")
    alice.go(f"/claims/{claim_id(alice)}/reading")
    assert alice.path.endswith("/edit")


def test_the_marks_are_read_out_with_their_fields(alice: Visitor) -> None:
    upload(editing(alice), invoice(1))
    line = lines(alice)[0]
    for name, says in [
        ("amount", "from the XML"), ("spent_on", "from the XML"),
        ("category", "guessed from the item “*餐饮服务*工作餐”"),
    ]:  # fmt: skip
        [control] = alice.find(f"[name='{line}-{name}']")
        [told] = alice.find(f"#{control.attributes['aria-describedby']}")
        assert says in told.text()
    press(alice, "save", **on_line(alice, amount="9.00", category="office"))
    alice.sees("Amount: typed; the file says 10.00").misses("guessed")
    assert value(alice, f"{line}-amount") == "9.00"


def test_the_approver_sees_where_values_come_from(alice: Visitor, bob: Visitor, app: Flask) -> None:
    with writing(app) as session:
        claim = draft(session, "alice", 1_500_00)
        attach_invoice(session, claim)
        claim.lines[0].reason = "Only my part of it"
        send(session, claim)
    bob.go(f"/claims/{claim.id}").sees(
        "Amount: typed; the file says 2,000.00", "Fully digital invoice", "Not verified"
    )
    assert bob.find(".origins .status.is-needs_reason")


def test_asking_costs_the_same_however_many_files_there_are(
    alice: Visitor, app: Flask, count_queries: CountQueries
) -> None:
    upload(editing(alice), *invoices(4))
    work_all(app)
    with count_queries() as few:
        ask(alice)
    upload(editing(alice), *invoices(20, first=30))
    work_all(app)
    with count_queries() as many:
        ask(alice)
    assert len(many) == len(few), [each for each in many if each not in few]


def test_hostile_files_are_refused_one_by_one(alice: Visitor) -> None:
    data = {"files": [(io.BytesIO(b"PK\x03\x04broken"), "broken.zip")]}
    editing(alice).send("claim-form", ("upload", "1"), **data)
    assert alice.status == 200
    assert alice.find(".banner-problem:not([hidden])")
