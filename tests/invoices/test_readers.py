"""Reading e-invoices: real files beside the repository, and files made here."""

import json
import re
import time
from datetime import date
from pathlib import Path

import pytest

from portal.core.files import OFD, XML, accept
from portal.core.money import parse_amount
from portal.invoices.readers import Disagreement, ReadInvoice, Unreadable, read
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
        "items": [(name, parse_amount(amount)) for name, amount in sample.items],
        "disagreements": (),
        "unread": (),
    }


def values(invoice: ReadInvoice) -> dict[str, object]:
    found = {name: getattr(invoice, name) for name in expected(samples.OLD)}
    return found | {"items": [(item.name, item.amount) for item in invoice.items]}


def read_one(data: bytes, media_type: str) -> ReadInvoice:
    (invoice,) = read(data, media_type)
    return invoice


@pytest.mark.skipif(not real_files, reason="the real invoices are not beside the repository")
@pytest.mark.parametrize("name", real_files)
def test_a_real_invoice_reads_to_its_values(name: str) -> None:
    accepted = accept((REAL / name).read_bytes(), name)
    invoice = read_one(accepted.data, accepted.media_type)
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
    assert values(read_one(samples.ofd(**make(samples.OLD)), OFD)) == expected(samples.OLD)


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
    assert values(read_one(data, XML)) == expected(samples.DIGITAL)


@pytest.mark.parametrize("write", [samples.original_invoice, samples.xbrl])
def test_the_older_shapes_read_as_xml_too(write) -> None:  # type: ignore[no-untyped-def]
    assert values(read_one(write(samples.OLD).encode(), XML)) == expected(samples.OLD)


def test_a_number_plate_is_no_invoice_number() -> None:
    text = samples.digital_xml(samples.DIGITAL.but(number=""))
    invoice = read_one(text.encode(), XML)
    assert invoice.number is None
    assert "number" in invoice.unread
    assert invoice.key is None


def test_what_is_masked_is_left_for_typing() -> None:
    invoice = read_one(
        samples.digital_xml(samples.DIGITAL.but(tax="***", net="2000.00")).encode(), XML
    )
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
        invoice = read_one(data, kind)
        assert (invoice.net, invoice.tax, invoice.total) == given
        sums = {"net": invoice.net, "tax": invoice.tax, "total": invoice.total}
        assert {name for name, sum_ in sums.items() if sum_ is None} == set(invoice.unread)


def test_what_the_two_places_of_an_ofd_dispute_is_not_given() -> None:
    stated = samples.custom_data(samples.OLD) | {"发票号码": "99999999", "开票日期": "2025-01-01"}
    invoice = read_one(
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
    invoice = read_one(
        samples.ofd(stated=samples.custom_data(samples.OLD), tags=samples.tags_and_page(other)), OFD
    )
    assert (invoice.number, invoice.seller) == (None, None)
    said = {each.value for each in invoice.disagreements if each.field == "number"}
    assert said == {samples.OLD.number, "88888888"}


TWO = ("20481357", "11111111")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (samples.ofd(attached={
            "a.xml": samples.original_invoice(),
            "b.xml": samples.original_invoice(samples.OLD.but(number="11111111")),
        }), OFD),
        (("<all>" + samples.original_invoice() + samples.original_invoice(samples.OLD.but(
            number="11111111")) + "</all>").replace(
            '<?xml version="1.0" encoding="utf-8"?>', "").encode(), XML),
    ],
    ids=["ofd", "xml"],
)  # fmt: skip
def test_two_invoices_in_one_file_are_two(data: bytes, kind: str) -> None:
    found = read(data, kind)
    assert [invoice.number for invoice in found] == list(TWO)
    assert [invoice.total for invoice in found] == [200000, 200000]


@pytest.mark.parametrize(
    ("data", "kind"),
    [(samples.ofd(), OFD), (b"<note>hello</note>", XML)],
    ids=["ofd", "xml"],
)
def test_a_file_without_an_invoice_says_to_type(data: bytes, kind: str) -> None:
    with pytest.raises(Unreadable, match="Type the"):
        read(data, kind)


def test_the_key_is_unique_in_the_company() -> None:
    assert read_one(samples.digital_xml().encode(), XML).key == "26312000000123456789"
    assert read_one(samples.original_invoice().encode(), XML).key == "04400190011120481357"
    without_code = samples.original_invoice(samples.OLD.but(code=""))
    assert read_one(without_code.encode(), XML).key is None


def test_the_code_in_an_ofd_may_contradict_its_amounts() -> None:
    graph = f"01,10,{samples.OLD.code},{samples.OLD.number},1.00,20260317,12345678901234567890,1DD6"
    text = re.sub("<fp:GraphCode>.*?</fp:GraphCode>", f"<fp:GraphCode>{graph}</fp:GraphCode>",
                  samples.original_invoice())  # fmt: skip
    invoice = read_one(samples.ofd(attached={"original_invoice.xml": text}), OFD)
    assert (invoice.number, invoice.total, invoice.net) == (samples.OLD.number, None, None)
    assert Disagreement("total", "qr", "1.00") in invoice.disagreements


@pytest.mark.parametrize(
    ("label", "special"), [("增值税专用发票", True), ("普通发票", False), ("", None)]
)
def test_a_special_invoice_is_known_as_such(label: str, special: bool | None) -> None:
    kind = f"<GeneralOrSpecialVAT><LabelName>{label}</LabelName></GeneralOrSpecialVAT>"
    text = samples.digital_xml().replace("</EIid>", f"</EIid><InherentLabel>{kind}</InherentLabel>")
    assert read_one(text.encode(), XML).special is special


def test_a_tax_free_invoice_has_no_tax() -> None:
    free = samples.DIGITAL.but(tax="***", net="2000.00", items=(("*殡葬服务*服务费", "2000.00"),))
    text = samples.digital_xml(free).replace("0.06", "免税")
    invoice = read_one(text.encode(), XML)
    assert (invoice.net, invoice.tax, invoice.total, invoice.unread) == (200000, 0, 200000, ())
    assert invoice.items[0].rate == "免税"


def test_tax_on_the_difference_is_taken_as_printed() -> None:
    differential = samples.DIGITAL.but(net="1980.95", tax="19.05")
    invoice = read_one(samples.digital_xml(differential).encode(), XML)
    assert (invoice.net, invoice.tax, invoice.total) == (198095, 1905, 200000)


def test_a_red_invoice_is_negative() -> None:
    red = samples.DIGITAL.but(
        net="-1886.79", tax="-113.21", total="-2000.00", spelled="（负数）贰仟圆整"
    )
    invoice = read_one(samples.digital_xml(red).encode(), XML)
    assert (invoice.net, invoice.tax, invoice.total) == (-188679, -11321, -200000)


def test_an_ofd_without_any_data_reads_from_its_print() -> None:
    invoice = read_one(samples.printed_ofd(samples.DIGITAL), OFD)
    assert values(invoice) == expected(samples.DIGITAL) | {
        "items": [(name, None) for name, _ in samples.DIGITAL.items]
    }
    assert set(invoice.sources.values()) == {"text"}
