"""PDFs of several makers: with text, metadata, attachments, or nothing but a picture."""

from dataclasses import asdict

import pytest

from portal.core.files import PDF
from portal.invoices.readers import Disagreement, ReadInvoice, Unreadable, pdf, read
from tests.invoices import makers, samples
from tests.invoices.samples import DIGITAL, OLD, Sample

OTHER = DIGITAL.but(number="26312000000999999999", seller="白桦酒店管理有限公司")


def read_one(data: bytes) -> ReadInvoice:
    (invoice,) = read(data, PDF)
    return invoice


def said(invoice: ReadInvoice) -> dict[str, object]:
    names = ("seller", "seller_tax_id", "buyer", "buyer_tax_id", "net", "tax", "total", "unread")
    return {"number": invoice.number, **{name: asdict(invoice)[name] for name in names}}


def whole(sample: Sample) -> dict[str, object]:
    return {
        "number": sample.number,
        "seller": sample.seller,
        "seller_tax_id": sample.seller_tax_id,
        "buyer": sample.buyer,
        "buyer_tax_id": sample.buyer_tax_id,
        "net": 188679,
        "tax": 11321,
        "total": 200000,
        "unread": (),
    }


def test_text_and_code_read_as_one_invoice() -> None:
    invoice = read_one(makers.pdf())
    assert said(invoice) == whole(DIGITAL)
    assert (invoice.page, invoice.kind, invoice.special) == (1, "digital", False)
    assert (invoice.sources["number"], invoice.sources["total"]) == ("qr", "text")
    assert [item.name for item in invoice.items] == [name for name, _ in DIGITAL.items]
    assert invoice.disagreements == ()


@pytest.mark.parametrize("sample", [DIGITAL, OLD], ids=["digital", "older"])
def test_text_alone_reads_where_it_proves_itself(sample: Sample) -> None:
    invoice = read_one(makers.pdf(sample, with_code=False))
    assert said(invoice) == whole(sample)
    assert set(invoice.sources.values()) == {"text"}


@pytest.mark.parametrize(
    "changes",
    [{"total": "2100.00"}, {"spelled": "叁仟圆整"}, {"tax": "113.22", "spelled": "两千"}],
    ids=["figure", "words", "tax"],
)
def test_sums_of_the_text_that_contradict_are_not_given(changes: dict[str, str]) -> None:
    invoice = read_one(makers.pdf(DIGITAL.but(**changes), with_code=False))
    assert (invoice.net, invoice.tax, invoice.total) == (None, None, None)
    assert invoice.number == DIGITAL.number


def test_a_name_that_may_go_on_is_not_cut() -> None:
    broken = DIGITAL.but(seller="青禾餐饮管理（苏州）<br>第二分公司")
    assert read_one(makers.pdf(broken)).seller is None


def test_the_text_of_another_invoice_than_the_code_disputes_the_number() -> None:
    forged = makers.pdf(DIGITAL.but(number="26312000000888888888"), with_code=False)
    code = makers.code(makers.code_text(), scale=2)
    invoice = read_one(makers.stamped(forged, code))
    assert invoice.number is None
    assert {each.value for each in invoice.disagreements if each.field == "number"} == {
        DIGITAL.number, "26312000000888888888",
    }  # fmt: skip


def test_the_code_of_another_total_disputes_it() -> None:
    forged = makers.pdf(DIGITAL, with_code=False)
    code = makers.code(makers.code_text(amount="20.00"), scale=2)
    invoice = read_one(makers.stamped(forged, code))
    assert invoice.total is None
    assert Disagreement("total", "qr", "20.00") in invoice.disagreements


def test_metadata_reads() -> None:
    invoice = read_one(makers.stated_pdf(makers.metadata()))
    assert said(invoice) == whole(DIGITAL)
    assert set(invoice.sources.values()) == {"pdf"}


def test_metadata_that_the_page_contradicts_is_not_given() -> None:
    forged = makers.metadata() | {"TotalTax-includedAmount": "9000.00"}
    invoice = read_one(makers.stated_pdf(forged, makers.pdf()))
    assert invoice.total is None
    assert Disagreement("total", "pdf", "9000.00") in invoice.disagreements
    assert Disagreement("total", "text", "2000.00") in invoice.disagreements


def test_an_attached_xml_comes_first() -> None:
    attached = {"invoice.xml": samples.digital_xml().encode(), "note.txt": b"hello"}
    invoice = read_one(makers.pdf_with(attached, makers.pdf()))
    assert said(invoice) == whole(DIGITAL)
    assert set(invoice.sources.values()) == {"xml"}


def test_a_scan_reads_by_its_code() -> None:
    sheet = makers.turned(makers.paper(makers.code(makers.code_text())), 3)
    invoice = read_one(makers.pdf_of(sheet))
    assert (invoice.number, invoice.total, invoice.page) == (DIGITAL.number, 200000, 1)


def test_two_invoices_are_two_with_their_pages() -> None:
    found = read(makers.pdf(DIGITAL, OTHER), PDF)
    assert [(each.number, each.seller, each.page) for each in found] == [
        (DIGITAL.number, DIGITAL.seller, 1),
        (OTHER.number, OTHER.seller, 2),
    ]


def test_metadata_of_two_invoices_fills_only_its_own() -> None:
    stated = {"InvoiceNumber": OTHER.number, "SellerName": OTHER.seller}
    scans = [
        makers.pdf_of(makers.paper(makers.code(makers.code_text(each))))
        for each in (DIGITAL, OTHER)
    ]
    found = read(makers.stated_pdf(stated, makers.joined(scans)), PDF)
    assert [(each.number, each.seller) for each in found] == [
        (DIGITAL.number, None),
        (OTHER.number, OTHER.seller),
    ]


def test_pages_that_there_was_no_time_for_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(pdf, "MORE_SECONDS", 0.0)
    (invoice,) = read(makers.pdf(DIGITAL, OTHER, OTHER), PDF)
    assert said(invoice) == whole(DIGITAL)
    assert invoice.details == {"unread_pages": "2-3"}


def test_pages_of_one_invoice_are_one() -> None:
    assert said(read_one(makers.pdf(DIGITAL, DIGITAL))) == whole(DIGITAL)


def test_pages_without_an_invoice_are_passed_over() -> None:
    trip = makers.html_pdf("<div style='left:9pt;top:9pt'>行程单 2026-03-17 上海 12.00 元</div>")
    assert said(read_one(makers.joined([trip, makers.pdf(), trip]))) == whole(DIGITAL)
    assert read_one(makers.joined([trip, makers.pdf()])).page == 2


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (makers.html_pdf("<div>出租车 12.00 元</div>"), "No invoice could be read"),
        (b"%PDF-1.7 nothing", "broken"),
        (makers.locked(makers.html_pdf("<div>x</div>")), "password"),
    ],
    ids=["taxi", "broken", "locked"],
)
def test_what_is_no_invoice_says_why(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(data, PDF)
