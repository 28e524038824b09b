"""What invoices say about themselves, as the rules see it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.claims.judging import facts, invoice_facts
from portal.claims.models import Claim
from portal.claims.receipts import Kept, put
from portal.core.clock import now
from portal.core.files import PDF, XML
from portal.invoices.models import Invoice
from portal.invoices.readers import Disagreement, ReadInvoice
from portal.people.models import Company
from portal.policy.findings import SOMEWHERE, LineFacts
from portal.policy.queries import current_policy
from tests.claims.stories import draft, judged
from tests.claims.test_receipts import INVOICE

OURS = Company(
    code="one", name_zh="远山软件（上海）有限公司", name_en="Far Hills Software Ltd.",
    tax_id="91310000MA1FGHJK3Y",
)  # fmt: skip


def invoice(**said: Any) -> Invoice:
    values = {"kind": "digital", "total": 100_00, "disagreements": []} | said
    return Invoice(**values)


@pytest.mark.parametrize(
    "buyer",
    ["远山软件（上海）有限公司", "远山软件(上海)有限公司", " 远山软件（上海） 有限公司 ",
     "FAR HILLS SOFTWARE LTD", "Far Hills Software Ltd."],
)  # fmt: skip
def test_the_company_is_known_however_its_name_is_written(buyer: str) -> None:
    assert invoice_facts(invoice(buyer=buyer), OURS).buyer_matches is True


@pytest.mark.parametrize("buyer", ["远山软件（北京）有限公司", "远山软件", "个人", "李青"])
def test_another_buyer_is_told(buyer: str) -> None:
    assert invoice_facts(invoice(buyer=buyer), OURS).buyer_matches is False


def test_a_buyer_that_was_not_read_is_nobody_else() -> None:
    found = invoice_facts(invoice(), OURS)
    assert (found.buyer_matches, found.tax_id_matches) == (None, None)


@pytest.mark.parametrize("kind", ["rail", "flight"])
def test_a_traveller_in_the_buyer_s_place_is_nobody_else(kind: str) -> None:
    assert invoice_facts(invoice(kind=kind, buyer="李青"), OURS).buyer_matches is None
    other = invoice(kind=kind, buyer="某某公司", buyer_tax_id="91320500MA1ABCDE2X")
    assert invoice_facts(other, OURS).buyer_matches is False


@pytest.mark.parametrize(
    ("tax_id", "matches"),
    [("91310000MA1FGHJK3Y", True), ("91310000ma1fghjk3y", True), ("９１310000 MA1FGHJK3Y", True),
     ("91310000MA1FGHJK3X", False), (None, None), ("", None)],
)  # fmt: skip
def test_the_tax_number_is_compared_sign_by_sign(tax_id: str | None, matches: bool | None) -> None:
    assert invoice_facts(invoice(buyer_tax_id=tax_id), OURS).tax_id_matches is matches


def test_a_company_without_a_tax_number_is_known_by_its_name() -> None:
    ours = Company(code="two", name_zh="远山", name_en="", tax_id="")
    found = invoice_facts(invoice(buyer="远山", buyer_tax_id="91310000MA1FGHJK3Y"), ours)
    assert (found.buyer_matches, found.tax_id_matches) == (True, None)
    assert invoice_facts(invoice(buyer="（）"), ours).buyer_matches is False


@pytest.mark.parametrize(
    ("said", "red"),
    [({"total": -1}, True), ({"total": None, "net": -5}, True), ({"total": 0}, False), ({}, False)],
)
def test_a_red_invoice_is_known_by_its_sign(said: dict[str, Any], red: bool) -> None:
    assert invoice_facts(invoice(**said), OURS).red is red


def hand_in(session: Session, claim: Claim, read: ReadInvoice, media_type: str = XML) -> None:
    name = f"{media_type}{read.number}{claim.id}".ljust(64, "0")[-64:]
    put(session, claim, Kept(name, "x", media_type, 9), (read,), claim.lines[0], at=now())


def line_of(session: Session, claim: Claim) -> LineFacts:
    policy = current_policy(session, date(2026, 3, 20))
    return facts(session, claim, policy, grade="staff", on=date(2026, 3, 20)).lines[0]


def test_a_line_without_an_invoice_has_no_facts_of_one(session: Session) -> None:
    assert line_of(session, draft(session)).invoice is None


def test_what_was_typed_otherwise_is_told(session: Session) -> None:
    claim = draft(session, "alice", 90_00)
    hand_in(session, claim, INVOICE)
    found = line_of(session, claim).invoice
    assert found is not None
    assert set(found.changed) == {"amount", "spent_on"}
    assert line_of(session, claim).merchant == INVOICE.seller
    claim.lines[0].amount, claim.lines[0].spent_on = INVOICE.total, INVOICE.issued_on
    again = line_of(session, claim).invoice
    assert again is not None
    assert again.changed == ()


def test_files_of_one_invoice_that_contradict_each_other_are_unclear(session: Session) -> None:
    claim = draft(session, "alice", 106_00)
    hand_in(session, claim, replace(INVOICE, disagreements=()))
    same = line_of(session, claim).invoice
    assert same is not None
    assert same.disagreements == ()
    torn = Disagreement("buyer", "qr", "somebody")
    hand_in(session, claim, replace(INVOICE, total=160_00, disagreements=(torn,)), PDF)
    found = line_of(session, claim).invoice
    assert found is not None
    assert found.disagreements == ("buyer", "total")


def test_one_wrong_buyer_on_a_line_is_enough(session: Session) -> None:
    claim = draft(session, "alice", 106_00)
    hand_in(session, claim, replace(INVOICE, buyer="远山软件有限公司"))
    hand_in(session, claim, replace(INVOICE, number="26312000000999999999", buyer="别的公司"))
    found = line_of(session, claim).invoice
    assert found is not None
    assert found.buyer_matches is False


@pytest.mark.parametrize(("owner", "named"), [("alice", True), ("dan", False)])
def test_an_invoice_like_one_on_another_claim_is_told_without_telling_too_much(
    session: Session, owner: str, named: bool
) -> None:
    theirs = draft(session, owner, 106_00)
    hand_in(session, theirs, INVOICE)
    theirs.state, theirs.number = "submitted", "BX2026-000009"
    session.flush()
    claim = draft(session, "alice", 106_00)
    hand_in(session, claim, replace(INVOICE, number=None))
    found = line_of(session, claim).invoice
    assert found is not None
    assert found.like == ("BX2026-000009" if named else SOMEWHERE)


def test_the_same_file_on_another_claim_is_told(session: Session) -> None:
    theirs, claim = draft(session, "dan"), draft(session, "alice")
    claim.receipts[0].sha256 = theirs.receipts[0].sha256
    theirs.state = "paid"
    session.flush()
    assert line_of(session, claim).same_file == SOMEWHERE
    assert "same_file" in {finding.rule for finding in judged(session, claim)[0]}


def test_a_line_without_an_invoice_like_one_on_my_other_claim_is_told(session: Session) -> None:
    other, theirs = draft(session, "alice", 106_00), draft(session, "dan", 80_00)
    for number, each in enumerate((other, theirs), start=7):
        each.state, each.number = "approved", f"BX2026-{number:06d}"
    session.flush()
    claim = draft(session, "alice", 106_00, 80_00)
    findings = {each.line: each for each in judged(session, claim)[0]}
    [line_id] = findings
    assert line_id == claim.lines[0].id, "what somebody else spent is no business of hers"
    told = findings[line_id]
    assert (told.rule, told.severity) == ("line_like_another", "warns")
    assert "BX2026-000007" in str(told.says)


def test_the_same_file_or_an_invoice_says_enough_about_a_line(session: Session) -> None:
    other = draft(session, "alice", 106_00)
    other.state, other.number = "approved", "BX2026-000007"
    claim = draft(session, "alice", 106_00)
    claim.receipts[0].sha256 = other.receipts[0].sha256
    session.flush()
    assert {finding.rule for finding in judged(session, claim)[0]} == {"same_file"}
    hand_in(session, claim, INVOICE)
    assert line_of(session, claim).like == ""
