"""Train tickets, flight itineraries and tolls, as far as their files carry data."""

import pytest

from portal.core.files import OFD, PDF, XML
from portal.invoices.readers import ReadInvoice, Unreadable, read
from tests.invoices import makers, samples, tickets
from tests.invoices.samples import DIGITAL


def read_one(data: bytes, media_type: str = XML) -> ReadInvoice:
    (invoice,) = read(data, media_type)
    return invoice


RAIL = tickets.ticket("rai", tickets.RAIL)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (RAIL, XML),
        (samples.ofd(attached={"rai_issuer_1.xml": RAIL.decode()}), OFD),
        (makers.pdf_with({"rai_issuer_1.xml": RAIL}), PDF),
    ],
    ids=["xml", "ofd", "pdf"],
)
def test_a_train_ticket_reads_from_each_of_its_files(data: bytes, media_type: str) -> None:
    ticket = read_one(data, media_type)
    assert (ticket.kind, ticket.key, ticket.unread) == ("rail", "26319166000001234567", ())
    assert (ticket.net, ticket.tax, ticket.total) == (12798, 1152, 13950)
    assert ticket.buyer == "远山软件有限公司"
    assert ticket.details == {
        "passenger": "李青",
        "from": "上海虹桥",
        "to": "南京南",
        "departure": "2026-03-17 08:20",
        "number": "G7012",
        "seat": "05车 12F号 二等座",
        "business": "售",
    }


def test_a_train_ticket_whose_sums_contradict_gives_none() -> None:
    ticket = read_one(tickets.ticket("rai", tickets.RAIL | {"Fare": "239.50"}))
    assert (ticket.net, ticket.tax, ticket.total) == (None, None, None)
    assert {each.field for each in ticket.disagreements} == {"net", "tax", "total"}


def test_a_flight_reads_with_its_fund_and_surcharge() -> None:
    flight = read_one(tickets.ticket("atr", tickets.FLIGHT, tickets.LEG))
    assert (flight.kind, flight.tax, flight.total, flight.unread) == ("flight", 6523, 84000, ())
    assert flight.details == {
        "passenger": "李青",
        "ticket": "7812345678901",
        "from": "上海虹桥",
        "to": "北京首都",
        "departure": "2026-03-18 07:55",
        "number": "MU5101",
        "fare": "706.42",
        "fuel_surcharge": "18.35",
        "aviation_fund": "50.00",
        "other_taxes": "0.00",
    }


def test_a_flight_whose_parts_do_not_make_the_total_gives_none() -> None:
    forged = tickets.FLIGHT | {"CivilAviationDevelopmentFund": "150.00"}
    flight = read_one(tickets.ticket("atr", forged, tickets.LEG))
    assert (flight.tax, flight.total) == (None, None)
    assert flight.unread == ("tax", "total")


def test_a_printed_itinerary_reads_when_its_columns_add_up() -> None:
    heads = ["票价", "燃油附加费", "增值税税率", "增值税税额", "民航发展基金", "其他税费", "合计"]
    values = ["CNY706.42", "CNY18.35", "9%", "CNY65.23", "CNY50.00", "CNY0.00", "CNY840.00"]
    cells = ["<div style='left:200pt;top:9pt'>电子发票（航空运输电子客票行程单）</div>",
             "<div style='left:400pt;top:30pt'>发票号码：26319166000007654321</div>",
             "<div style='left:400pt;top:300pt'>填开日期：2026年03月21日</div>"]  # fmt: skip
    for place, (head, value) in enumerate(zip(heads, values, strict=True)):
        cells.append(f"<div style='left:{20 + 80 * place}pt;top:150pt'>{head}</div>")
        cells.append(f"<div style='left:{20 + 80 * place}pt;top:170pt'>{value}</div>")
    flight = read_one(makers.html_pdf("".join(cells)), PDF)
    assert (flight.kind, flight.key) == ("flight", "26319166000007654321")
    assert (flight.tax, flight.total, flight.details["aviation_fund"]) == (6523, 84000, "50.00")
    contradicting = "".join(cells).replace("CNY50.00", "CNY51.00")
    assert read_one(makers.html_pdf(contradicting), PDF).total is None


def test_a_toll_is_known_by_its_item() -> None:
    toll = samples.DIGITAL.but(items=(("*经营租赁*通行费", "1886.79"),))
    assert read_one(samples.digital_xml(toll).encode()).kind == "toll"


def test_the_data_of_a_toll_says_which_car_passed_and_when() -> None:
    passage = (
        "<PlateNumber>沪A12345</PlateNumber><VehicleType>客车</VehicleType>"
        "<StartDatesOfPassage>20260301172851000</StartDatesOfPassage>"
        "<EndDatesOfPassage>20260309080000000</EndDatesOfPassage></Toll>"
    )
    toll = read_one(samples.digital_xml(samples.DIGITAL).replace("</Toll>", passage).encode())
    assert (toll.kind, toll.total) == ("toll", read_one(samples.digital_xml().encode()).total)
    assert toll.details == {
        "plate": "沪A12345", "passed_from": "20260301", "passed_until": "20260309",
    }  # fmt: skip


def test_a_printed_toll_says_when_the_car_passed() -> None:
    toll = DIGITAL.but(
        items=(("*经营租赁*代收通行费</div><div style='left:150pt;top:155pt'>"
                "沪A12345 客车 20260301 20260309", ""),)
    )  # fmt: skip
    invoice = read_one(makers.pdf(toll), PDF)
    assert invoice.kind == "toll"
    assert invoice.details == {
        "plate": "沪A12345", "passed_from": "20260301", "passed_until": "20260309",
    }  # fmt: skip


def test_the_data_of_a_fully_digital_invoice_reads_in_xbrl_too() -> None:
    values = makers.metadata() | {"RequestTime": "2026-03-17 10:00:00"}
    del values["IssueTime"]
    invoice = read_one(tickets.ticket("einv", values))
    assert (invoice.kind, invoice.total, invoice.unread) == ("digital", 200000, ())


def test_a_taxi_receipt_gives_nothing_and_says_so() -> None:
    with pytest.raises(Unreadable, match="Type the"):
        read(makers.pdf_of(makers.paper()), PDF)
