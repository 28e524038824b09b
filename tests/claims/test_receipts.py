"""Files that come to lines: one invoice one line, whatever files it comes in."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from portal.claims.models import Claim, Line
from portal.claims.receipts import MOST_RECEIPTS, Attached, Kept, put
from portal.core.clock import now
from portal.core.errors import Invalid, NotNow
from portal.core.files import JPEG, OFD, PDF, XML
from portal.invoices.readers import Disagreement, Item, ReadInvoice
from portal.invoices.registry import AlreadyClaimed
from tests.claims.stories import attach_invoice, draft, send
from tests.invoices.samples import DIGITAL

INVOICE = ReadInvoice(
    source="xml", kind="digital", type_code=None, special=True, page=None, code=None,
    number=DIGITAL.number, issued_on=date(2026, 3, 17), seller=DIGITAL.seller,
    seller_tax_id=None, buyer=None, buyer_tax_id=None, net=100_00, tax=6_00, total=106_00,
    items=(Item("*餐饮服务*餐费", 100_00, "6%", 6_00),), details={}, sources={"total": "xml"},
    disagreements=(Disagreement("tax", "qr", "7.00"),), unread=(),
)  # fmt: skip
OTHER = replace(INVOICE, number="26312000000999999999", total=40_00)
PHOTO = replace(INVOICE, source="qr", seller=None, items=(), tax=None, net=None)


def hand_in(
    session: Session, claim: Claim, media_type: str, *read: ReadInvoice, line: Line | None = None,
    name: str = "", unattended: bool = False,
) -> Attached:  # fmt: skip
    file = Kept(
        f"{name}{media_type}{len(claim.receipts)}".ljust(64, "0")[:64], "file", media_type, 9
    )
    return put(session, claim, file, read, line, at=now(), unattended=unattended)


@pytest.fixture
def empty(session: Session) -> Claim:
    """A new claim, with its one empty line."""
    claim = draft(session, receipts=False)
    line = claim.lines[0]
    line.spent_on = line.amount = line.original = None
    line.category = line.purpose = ""
    session.flush()
    return claim


def test_the_files_of_one_invoice_share_a_line(session: Session, empty: Claim) -> None:
    for media_type in (XML, OFD, PDF, JPEG):
        hand_in(session, empty, media_type, INVOICE)
    [line] = empty.lines
    assert [receipt.line_id for receipt in empty.receipts] == [line.id] * 4
    assert (line.amount, empty.total) == (106_00, 106_00)


def test_each_invoice_of_a_file_has_a_line_and_a_receipt_of_its_own(
    session: Session, empty: Claim
) -> None:
    came = hand_in(session, empty, PDF, replace(INVOICE, page=1), replace(OTHER, page=2))
    assert [line.amount for line in came.lines] == [106_00, 40_00]
    assert [(r.page, r.line_id) for r in empty.receipts] == [
        (1, empty.lines[0].id), (2, empty.lines[1].id),
    ]  # fmt: skip
    assert len({receipt.sha256 for receipt in empty.receipts}) == 1
    assert empty.total == 146_00


def test_a_better_file_fills_what_was_left_blank(session: Session, empty: Claim) -> None:
    hand_in(session, empty, JPEG, PHOTO)
    line = empty.lines[0]
    line.amount = line.original = 99_00
    assert (line.merchant, line.category) == ("", "")
    hand_in(session, empty, XML, INVOICE)
    assert (line.merchant, line.category, line.guess) == (DIGITAL.seller, "meals", "meals")
    assert line.amount == 99_00, "what was typed is kept"


def test_a_typed_category_is_never_overridden_by_a_guess(session: Session, empty: Claim) -> None:
    line = empty.lines[0]
    line.category = "office"
    hand_in(session, empty, XML, INVOICE, line=line)
    assert (line.category, line.guess) == ("office", "")


def test_unattended_the_empty_line_is_left_to_who_types_there(
    session: Session, empty: Claim
) -> None:
    first = empty.lines[0]
    hand_in(session, empty, JPEG, PHOTO, unattended=True)
    assert first.amount is None
    assert [line.amount for line in empty.lines] == [None, 106_00]
    hand_in(session, empty, XML, OTHER, line=first, unattended=True)
    assert first.amount == 40_00, "it was chosen"


def test_unattended_a_better_file_fills_what_was_left_blank(session: Session, empty: Claim) -> None:
    hand_in(session, empty, JPEG, PHOTO, unattended=True)
    line = empty.lines[1]
    line.amount = line.original = 99_00
    hand_in(session, empty, XML, INVOICE, unattended=True)
    assert (line.merchant, line.category, line.guess) == (DIGITAL.seller, "meals", "meals")
    assert line.amount == 99_00, "what was typed is kept"


@pytest.mark.parametrize("media_type", [XML, PDF])
def test_the_same_invoice_in_the_same_kind_of_file_comes_once(
    session: Session, empty: Claim, media_type: str
) -> None:
    hand_in(session, empty, media_type, INVOICE)
    with pytest.raises(Invalid, match="on this claim already"):
        hand_in(session, empty, media_type, INVOICE)


def test_of_several_invoices_those_that_are_free_are_taken(session: Session, empty: Claim) -> None:
    theirs = draft(session, "dan")
    attach_invoice(session, theirs)
    theirs.lines[0].reason = "Typed less on purpose"
    send(session, theirs)
    came = hand_in(session, empty, PDF, INVOICE, OTHER)
    assert [line.amount for line in came.lines] == [40_00]
    [refusal] = came.refused
    assert isinstance(refusal, AlreadyClaimed)
    with pytest.raises(AlreadyClaimed):
        hand_in(session, empty, XML, INVOICE)


def test_a_full_line_and_a_full_claim_say_so(session: Session, empty: Claim) -> None:
    line = empty.lines[0]
    for number in range(MOST_RECEIPTS):
        hand_in(session, empty, JPEG, line=line, name=str(number))
    with pytest.raises(Invalid, match="at most 20 files"):
        hand_in(session, empty, JPEG, line=line)
    for number in range(199):
        hand_in(session, empty, JPEG, name=f"more {number}")
    with pytest.raises(NotNow, match="at most 200 lines"):
        hand_in(session, empty, JPEG)


def test_everything_that_was_read_is_kept(session: Session, empty: Claim) -> None:
    hand_in(session, empty, XML, INVOICE)
    session.commit()
    session.expire_all()
    stored = empty.receipts[0].invoice
    assert stored is not None
    assert (stored.kind, stored.special, stored.key) == ("digital", True, DIGITAL.number)
    assert stored.items == [{"name": "*餐饮服务*餐费", "amount": 100_00, "rate": "6%", "tax": 6_00}]
    assert stored.disagreements == [{"field": "tax", "source": "qr", "value": "7.00"}]
