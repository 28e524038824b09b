"""Files on lines: e-invoices that fill them, pictures that prove them, and hostile ones."""

import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from tests.blueprints.claims.pages import (
    a_draft,
    a_sent,
    claim_id,
    editing,
    good,
    lines,
    on_line,
    press,
    stored,
    value,
)
from tests.browser import Visitor
from tests.claims.stories import attach_invoice, draft, picture, send, writing
from tests.invoices.samples import DIGITAL, OLD, archive, digital_xml, ofd, original_invoice

FILES = {
    "xml": (digital_xml(DIGITAL).encode(), "dzfp.xml", DIGITAL),
    "ofd": (ofd(attached={"original_invoice.xml": original_invoice(OLD)}), "发票.ofd", OLD),
}


def file(data: bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def upload(visitor: Visitor, *files: tuple[bytes, str], line: str = "", **fields: Any) -> Visitor:
    """Choose files for the whole claim, or for one line, and send them."""
    control = f"files-{line.split('-')[1]}" if line else "files"
    chosen = [file(data, name) for data, name in files]
    return visitor.send("claim-form", ("upload", "1"), **{control: chosen, **fields})


@pytest.mark.parametrize("kind", FILES)
def test_an_e_invoice_fills_a_line(alice: Visitor, kind: str) -> None:
    data, name, sample = FILES[kind]
    upload(editing(alice), (data, name)).sees("was read into line 1", name, sample.number)
    line = lines(alice)[0]
    assert len(lines(alice)) == 1
    assert value(alice, f"{line}-spent_on") == "2026-03-17"
    assert value(alice, f"{line}-amount") == "2000.00"
    alice.sees(sample.seller, "¥2,000.00", "¥113.21", "Not verified")


@pytest.mark.parametrize("kind", FILES)
def test_a_claim_begins_from_an_e_invoice(alice: Visitor, kind: str) -> None:
    data, name, _sample = FILES[kind]
    alice.go("/").send("start", files=[file(data, name), file(picture(), "taxi.png")])
    assert len(lines(alice)) == 2
    alice.sees("was read into line 1", "taxi.png", "¥2,000.00")


def test_an_e_invoice_never_overwrites_what_was_typed(alice: Visitor) -> None:
    editing(alice)
    line = lines(alice)[0]
    typed = on_line(alice, amount="12.345", purpose="Lunch", spent_on="2026-03-18")
    upload(alice, FILES["xml"][:2], line=line, **typed)
    assert value(alice, f"{line}-amount") == "12.345"
    assert value(alice, f"{line}-purpose") == "Lunch"
    assert value(alice, f"{line}-spent_on") == "2026-03-18"


def test_what_cannot_be_read_is_attached_and_says_so(alice: Visitor) -> None:
    upload(editing(alice), (b"<?xml version='1.0'?><Letter>Dear Sir</Letter>", "letter.xml"))
    alice.sees("letter.xml:", "letter.xml")
    assert len(alice.find(".receipts li")) == 1
    assert value(alice, f"{lines(alice)[0]}-amount") == ""


def test_chinese_file_names_survive(alice: Visitor) -> None:
    upload(editing(alice), (picture(), "出租车 发票（三月）.png")).sees("出租车 发票（三月）.png")
    [link] = alice.find(".receipts a")
    got = alice.client.get(link.attributes["href"] or "")
    assert (got.status_code, got.mimetype, got.data[:4]) == (200, "image/png", b"\x89PNG")
    # Real servers send headers as Latin-1 and answer 500 when that cannot be.
    assert got.headers["Content-Disposition"].encode("latin-1")
    assert "filename*=UTF-8''%E5%87%BA" in got.headers["Content-Disposition"]
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]


def test_what_the_camera_knows_is_removed(alice: Visitor) -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Secret camera"
    Image.new("RGB", (60, 40), "white").save(out, "JPEG", exif=exif)
    upload(editing(alice), (out.getvalue(), "photo.jpg"))
    [link] = alice.find(".receipts a")
    got = alice.client.get(link.attributes["href"] or "").data
    assert b"Secret" not in got
    assert got[:2] == b"\xff\xd8"


BOMB = archive({"OFD.xml": b"0" * 30_000_000})
XXE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><EInvoice>&x;</EInvoice>'
HOSTILE = {
    "a page": (b"<html><script>alert(1)</script>", "receipt.png"),
    "a vector picture": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "a.svg"),
    "a program": (b"MZ" + bytes(200), "receipt.pdf"),
    "nothing": (b"", "empty.png"),
    "half a picture": (picture()[:40], "half.png"),
    "an office file": (archive({"[Content_Types].xml": b"<Types/>"}), "table.ofd"),
    "a bomb": (BOMB, "bomb.ofd"),
    "foreign entities": (XXE, "xxe.xml"),
    "too much": (b"%PDF-1.4" + bytes(10 * 1024 * 1024), "large.pdf"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_with_a_reason_and_nothing_typed_is_lost(
    alice: Visitor, what: str
) -> None:
    editing(alice)
    upload(alice, HOSTILE[what], (picture(), "good.png"), **good(alice, amount="twelve"))
    assert alice.status == 200
    [banner] = alice.find(".banner-problem:not([hidden])")
    assert len(banner.text().strip()) > 15
    assert value(alice, f"{lines(alice)[0]}-amount") == "twelve"
    assert [link.text() for link in alice.find(".receipts a")] == ["good.png"]
    assert "root:" not in alice.text


def test_too_much_at_once_is_a_page_that_says_so(alice: Visitor) -> None:
    editing(alice)
    upload(alice, *[(b"%PDF-1.4" + bytes(9 * 1024 * 1024), f"{n}.pdf") for n in range(5)])
    assert alice.status == 413
    alice.sees("This is too large", "At most 10 MB for each file and 40 MB at once.")


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("nobody", "/claims/new"), ("nobody", "/claims/1/edit"), ("a stranger", "/claims/1/edit"),
        ("a forger", "/claims/new"), ("a forger", "/claims/1/edit"),
    ],
)  # fmt: skip
def test_nobody_else_leaves_files_on_our_disk(
    app: Flask, visitor: Visitor, path: str, who: str
) -> None:
    a_draft(app, receipts=False)
    if who != "nobody":
        visitor.signed_in("dan" if who == "a stranger" else "alice")
    uploads = Path(app.extensions["store"]._root)
    before = set(uploads.rglob("*"))
    data = {"csrf_token": "forged", "files": file(picture(700 + len(path + who)), f"{who}.png")}
    if who == "a stranger":
        data["csrf_token"] = visitor.csrf_token()
    visitor.client.post(path, data=data)
    assert set(uploads.rglob("*")) == before, f"a file of {who} was kept"


def test_a_file_is_attached_to_a_claim_once(alice: Visitor) -> None:
    upload(editing(alice), (picture(), "one.png"))
    upload(alice, (picture(), "two.png")).sees("“two.png” is on this claim already.")
    assert len(alice.find(".receipts li")) == 1


def test_a_page_sent_twice_keeps_what_its_file_filled_in(alice: Visitor) -> None:
    data, name, _sample = FILES["xml"]
    form = editing(alice).response
    upload(alice, (data, name))
    alice.response = form
    upload(alice, (data, name)).sees("is on this claim already")
    line = lines(alice)[0]
    assert value(alice, f"{line}-spent_on") == "2026-03-17"
    assert value(alice, f"{line}-amount") == "2000.00"
    alice.sees("¥2,000.00")


def test_an_invoice_on_another_claim_is_refused_when_it_is_attached(
    alice: Visitor, app: Flask
) -> None:
    with writing(app) as session:
        other = draft(session, "dan", 500_00)
        attach_invoice(session, other)
        send(session, other)
    upload(editing(alice), FILES["xml"][:2]).sees("is already on another claim.")
    assert alice.find(".receipts li") == []


def test_a_receipt_can_be_taken_off_again(alice: Visitor, app: Flask) -> None:
    upload(editing(alice), FILES["xml"][:2])
    [receipt] = stored(app, claim_id(alice)).receipts
    press(alice, f"detach:{receipt.id}").misses("dzfp.xml")
    assert value(alice, f"{lines(alice)[0]}-amount") == "2000.00"


def test_nobody_takes_off_a_receipt_of_another_claim(alice: Visitor, app: Flask) -> None:
    theirs = a_draft(app, name="dan")
    press(editing(alice), f"detach:{stored(app, theirs).receipts[0].id}")
    assert len(stored(app, theirs).receipts) == 1


def test_a_receipt_is_shown_only_below_its_own_claim(alice: Visitor, app: Flask) -> None:
    theirs, mine = a_draft(app, name="dan"), a_draft(app)
    receipt = stored(app, theirs).receipts[0].id
    for address in (f"/claims/{theirs}/receipts/{receipt}", f"/claims/{mine}/receipts/{receipt}"):
        for end in ("", "/thumbnail"):
            assert alice.go(address + end).status == 404


def test_the_approver_sees_receipts_beside_their_lines(bob: Visitor, app: Flask) -> None:
    bob.go(f"/claims/{a_sent(app, 500_00, 600_00)}")
    shown = [[a.text() for a in line.css(".receipts a")] for line in bob.find("section.line")]
    assert shown == [["receipt 40.png"], ["receipt 41.png"]]
    [first, _second] = bob.find(".receipts img")
    got = bob.client.get(first.attributes["src"] or "")
    assert (got.status_code, got.mimetype) == (200, "image/jpeg")


def test_on_a_shared_computer_receipts_are_not_kept(app: Flask) -> None:
    visitor = Visitor(app).signed_in("alice", shared=True)
    number = a_sent(app)
    receipt = stored(app, number).receipts[0].id
    got = visitor.client.get(f"/claims/{number}/receipts/{receipt}")
    assert got.headers["Cache-Control"] == "no-store"


def test_a_line_takes_several_receipts(alice: Visitor) -> None:
    editing(alice)
    upload(alice, (picture(50), "a.png"), (picture(51), "b.png"), line=lines(alice)[0])
    assert len(alice.find(".receipts li")) == 2
    assert len(lines(alice)) == 1
