"""Reading e-invoices: real files beside the repository, and files made here."""

import json
import time
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from portal.core.files import OFD, PDF, XML, accept
from portal.core.money import parse_amount
from portal.invoices.readers import ReadInvoice, Unreadable, read
from tests.invoices import samples

REAL = Path(__file__).parents[2].parent / "shared" / "invoices"
EXPECTED = REAL / "expected.json"
real_files = json.loads(EXPECTED.read_text("utf-8"))["files"] if EXPECTED.exists() else {}


def expected(sample: samples.Sample) -> dict[str, object]:
    return {
        "code": sample.code or None,
        "number": sample.number,
        "issued_on": date(2026, 3, 17),
        "seller": sample.seller,
        "seller_tax_id": sample.seller_tax_id,
        "buyer": sample.buyer,
        "buyer_tax_id": sample.buyer_tax_id,
        "net": 188679,
        "tax": 11321,
        "total": 200000,
        "items": tuple({"name": n, "amount": parse_amount(a)} for n, a in sample.items),
        "unread": (),
    }


def values(invoice: ReadInvoice) -> dict[str, object]:
    found = asdict(invoice)
    del found["source"]
    return found


@pytest.mark.skipif(not real_files, reason="the real invoices are not beside the repository")
@pytest.mark.parametrize("name", real_files)
def test_a_real_invoice_reads_to_its_values(name: str) -> None:
    accepted = accept((REAL / name).read_bytes(), name)
    invoice = read(accepted.data, accepted.media_type)
    for field, value in real_files[name].items():
        if field == "date":
            assert invoice.issued_on == date.fromisoformat(value)
        elif field == "items":
            assert len(invoice.items) == value
        elif field in ("net", "tax", "total"):
            assert getattr(invoice, field) == parse_amount(value)
        else:
            assert getattr(invoice, field) == value


@pytest.mark.skipif(not real_files, reason="the real invoices are not beside the repository")
@pytest.mark.parametrize("name", real_files)
def test_a_real_invoice_reads_in_a_tenth_of_a_second(name: str) -> None:
    data = (REAL / name).read_bytes()

    def seconds() -> float:
        start = time.process_time()
        read(data, OFD)
        return time.process_time() - start

    assert min(seconds() for _ in range(3)) < 0.1


@pytest.mark.parametrize(
    "make",
    [
        lambda old: {"attached": {"original_invoice.xml": samples.original_invoice(old)}},
        lambda old: {"attached": {"inv_ord_issuer.xml": samples.xbrl(old)}, "root": "Doc_1"},
        lambda old: {"tags": samples.tags_and_page(old), "root": "Doc_7"},
        lambda old: {"tags": samples.tags_and_page(old, broken_prefix=True)},
        lambda old: {"stated": samples.custom_data(old), "tags": samples.tags_and_page(old)},
        lambda old: {
            "attached": {"original_invoice.xml": "<eInvoice><broken"},
            "stated": samples.custom_data(old),
            "tags": samples.tags_and_page(old),
        },
    ],
    ids=["attached", "xbrl", "tags", "tags with empty prefixes", "stated and tags", "broken"],
)
def test_an_ofd_reads_from_whatever_it_has(make) -> None:  # type: ignore[no-untyped-def]
    assert values(read(samples.ofd(**make(samples.OLD)), OFD)) == expected(samples.OLD)


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("utf-8", "GBK").encode("gbk"),
        lambda text: text.replace("utf-8", "gb2312").encode("gbk"),
        lambda text: text.replace("utf-8", "GBK").encode(),
        lambda text: text.replace('encoding="utf-8"', "").encode("gbk"),
        lambda text: text.replace("utf-8", "UTF-16").encode("utf-16"),
        lambda text: text.replace("<EInvoice>", '<EInvoice xmlns="urn:any">').encode(),
        lambda text: text.replace("<SellerName>", "<x:SellerName>")
        .replace("</SellerName>", "</x:SellerName>")
        .encode(),
        lambda text: ("<Wrapper>" + text.partition("?>")[2] + "</Wrapper>").encode(),
    ],
    ids=[
        "utf-8", "byte order mark", "gbk", "gb2312", "utf-8 declared gbk", "gbk undeclared",
        "utf-16", "namespace", "unknown prefix", "wrapped",
    ],
)  # fmt: skip
def test_a_fully_digital_xml_reads_however_it_is_written(encode) -> None:  # type: ignore[no-untyped-def]
    data = encode(samples.digital_xml())
    assert accept(data, "发票.xml").media_type == XML
    assert values(read(data, XML)) == expected(samples.DIGITAL)


@pytest.mark.parametrize("write", [samples.original_invoice, samples.xbrl])
def test_the_older_shapes_read_as_xml_too(write) -> None:  # type: ignore[no-untyped-def]
    assert values(read(write(samples.OLD).encode(), XML)) == expected(samples.OLD)


def test_a_number_plate_is_no_invoice_number() -> None:
    text = samples.digital_xml(samples.DIGITAL.but(number=""))
    invoice = read(text.encode(), XML)
    assert invoice.number is None
    assert "number" in invoice.unread
    assert invoice.key is None


def test_what_is_masked_is_left_for_typing() -> None:
    invoice = read(samples.digital_xml(samples.DIGITAL.but(tax="***", net="2000.00")).encode(), XML)
    assert (invoice.net, invoice.tax, invoice.total) == (200000, None, 200000)
    assert invoice.unread == ("tax",)


@pytest.mark.parametrize(
    ("changes", "given"),
    [
        ({"total": "2100.00"}, (188679, 11321, None)),
        ({"tax": "113.22"}, (None, None, 200000)),
        ({"tax": "113.22", "spelled": ""}, (None, None, None)),
        ({"spelled": "叁仟圆整"}, (None, None, None)),
        ({"spelled": "两千块"}, (188679, 11321, 200000)),
        ({"net": "", "spelled": "贰仟壹佰圆整"}, (None, 11321, None)),
    ],
    ids=["figure", "tax", "no words", "words", "words not understood", "words and no net"],
)
def test_sums_that_contradict_are_not_given(
    changes: dict[str, str], given: tuple[int | None, ...]
) -> None:
    for data, kind in (
        (samples.digital_xml(samples.DIGITAL.but(**changes)).encode(), XML),
        (samples.original_invoice(samples.OLD.but(**changes)).encode(), XML),
        (samples.ofd(attached={"a.xml": samples.xbrl(samples.OLD.but(**changes))}), OFD),
    ):
        invoice = read(data, kind)
        assert (invoice.net, invoice.tax, invoice.total) == given
        sums = {"net": invoice.net, "tax": invoice.tax, "total": invoice.total}
        assert {name for name, sum_ in sums.items() if sum_ is None} == set(invoice.unread)


def test_what_the_two_places_of_an_ofd_dispute_is_not_given() -> None:
    stated = samples.custom_data(samples.OLD) | {"发票号码": "99999999", "开票日期": "2025-01-01"}
    invoice = read(
        samples.ofd(
            attached={"original_invoice.xml": samples.original_invoice()},
            stated=stated,
            tags=samples.tags_and_page(samples.OLD),
        ),
        OFD,
    )
    assert invoice.number is None
    assert invoice.issued_on is None
    assert invoice.key is None
    assert invoice.unread == ("number", "issued_on")


def test_nothing_is_filled_in_from_another_invoice() -> None:
    other = samples.OLD.but(number="88888888", seller="别家公司")
    invoice = read(
        samples.ofd(stated=samples.custom_data(samples.OLD), tags=samples.tags_and_page(other)), OFD
    )
    assert invoice.number == samples.OLD.number
    assert invoice.seller is None


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (samples.ofd(attached={
            "a.xml": samples.original_invoice(),
            "b.xml": samples.original_invoice(samples.OLD.but(number="11111111")),
        }), OFD),
        (("<all>" + (samples.digital_xml() + samples.digital_xml(samples.DIGITAL.but(
            number="26312000000999999999"))).replace(
            '<?xml version="1.0" encoding="utf-8"?>', "") + "</all>").encode(), XML),
    ],
    ids=["ofd", "xml"],
)  # fmt: skip
def test_several_invoices_are_not_taken_for_one(data: bytes, kind: str) -> None:
    with pytest.raises(Unreadable, match="several invoices"):
        read(data, kind)


@pytest.mark.parametrize(
    ("data", "kind"),
    [(samples.ofd(), OFD), (b"<note>hello</note>", XML), (b"%PDF-1.7", PDF)],
    ids=["ofd", "xml", "pdf"],
)
def test_a_file_without_an_invoice_says_to_type(data: bytes, kind: str) -> None:
    with pytest.raises(Unreadable, match="Type the"):
        read(data, kind)


def test_the_key_is_unique_in_the_company() -> None:
    assert read(samples.digital_xml().encode(), XML).key == "26312000000123456789"
    assert read(samples.original_invoice().encode(), XML).key == "04400190011120481357"
    without_code = samples.original_invoice(samples.OLD.but(code=""))
    assert read(without_code.encode(), XML).key is None
