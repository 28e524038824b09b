"""The QR code of an invoice: its text, and finding it in photographs."""

from collections.abc import Callable

import pytest
from PIL import Image

from portal.core.files import JPEG, PNG
from portal.invoices.readers import ReadInvoice, Unreadable, read
from portal.invoices.readers.qr import fields_of_code
from tests.invoices import makers
from tests.invoices.samples import DIGITAL, OLD

OTHER = DIGITAL.but(number="26312000000999999999", total="318.00")


def of_photo(picture: Image.Image) -> tuple[ReadInvoice, ...]:
    return read(makers.jpeg(picture), JPEG)


@pytest.mark.parametrize("end", ["", ",", ",1dd6", ",1DD6,"], ids=["7", "8", "8 hex", "9"])
def test_it_has_seven_to_nine_parts(end: str) -> None:
    found = fields_of_code("01,32,,24312000000136634917,0.01,20240514," + end)
    assert found is not None
    assert (found.number, found.either, found.special) == ("24312000000136634917", 1, False)


def test_an_unknown_type_is_accepted() -> None:
    found = fields_of_code("01,97,,24312000000136634917,0.01,20240514,,1DD6")
    assert found is not None
    assert (found.type_code, found.special, found.kind) == ("97", None, None)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/?a=1,2,3,4,5,6,7",
        "01,32,,24312000000136634917,0.01,20240514",
        "01,32,,24312000000136634917,0.01,20241314,,1DD6",
        "01,32,,2431200000013663491,0.01,20240514,,1DD6",
        "01,3x,,24312000000136634917,0.01,20240514,,1DD6",
        "01,32,12,24312000000136634917,0.01,20240514,,1DD6",
    ],
    ids=["address", "six parts", "no such day", "19 digits", "type", "code"],
)
def test_other_codes_are_no_invoice(text: str) -> None:
    assert fields_of_code(text) is None


def test_a_fully_digital_code_gives_the_total_with_tax() -> None:
    (invoice,) = of_photo(makers.paper(makers.code(makers.code_text(kind="31"))))
    assert (invoice.total, invoice.net, invoice.special) == (200000, None, True)
    assert (invoice.kind, invoice.type_code, invoice.key) == ("digital", "31", DIGITAL.number)
    assert invoice.sources["total"] == "qr"
    assert set(invoice.unread) == {"seller", "seller_tax_id", "buyer", "net", "tax"}


def test_an_older_code_does_not_say_which_amount_it_has() -> None:
    (invoice,) = of_photo(makers.paper(makers.code(makers.code_text(OLD, kind="10"))))
    assert (invoice.total, invoice.net, invoice.tax) == (None, None, None)
    assert invoice.details["qr_amount"] == OLD.net
    assert invoice.key == OLD.code + OLD.number


def test_a_train_ticket_s_code_is_known_as_one() -> None:
    (invoice,) = of_photo(makers.paper(makers.code(makers.code_text(kind="51"))))
    assert (invoice.kind, invoice.unread) == ("rail", ("tax",))


def test_several_codes_in_one_picture_are_several_invoices() -> None:
    sheet = makers.paper(makers.code(makers.code_text()), makers.code(makers.code_text(OTHER)))
    found = {invoice.number: invoice.total for invoice in of_photo(sheet)}
    assert found == {DIGITAL.number: 200000, OTHER.number: 31800}


ILL = {
    "turned 7": lambda sheet: makers.turned(sheet, 7),
    "turned 45": lambda sheet: makers.turned(sheet, 45),
    "turned 180": lambda sheet: makers.turned(sheet, 180),
    "turned 283": lambda sheet: makers.turned(sheet, 283),
    "dim": makers.dim,
    "covered": makers.covered,
    "blurred": makers.blurred,
    "tilted": makers.tilted,
    "inverted": lambda sheet: Image.eval(sheet, lambda light: 255 - light),
    "covered, turned and dim": lambda sheet: makers.dim(makers.turned(makers.covered(sheet), 17)),
    "tilted, turned and dim": lambda sheet: makers.dim(makers.tilted(makers.turned(sheet, -12))),
    "twelve megapixels": lambda sheet: makers.turned(sheet, 5).resize((4000, 3000)),
}


@pytest.mark.parametrize("way", ILL)
def test_a_bad_photo_reads_right(way: str) -> None:
    ill: Callable[[Image.Image], Image.Image] = ILL[way]
    (invoice,) = of_photo(ill(makers.paper(makers.code(makers.code_text()))))
    assert (invoice.number, invoice.total) == (DIGITAL.number, 200000)


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "P", "LA"])
def test_a_small_code_in_any_kind_of_png_reads_right(mode: str) -> None:
    sheet = makers.paper(makers.code(makers.code_text(), scale=2)).convert(mode)
    (invoice,) = read(makers.png(sheet), PNG)
    assert invoice.total == 200000


@pytest.mark.parametrize("seed", range(12))
def test_a_photo_gives_the_right_value_or_none(seed: int) -> None:
    """Worse and worse: at some point nothing is found, but never anything else."""
    sheet = makers.turned(makers.paper(makers.code(makers.code_text(), scale=5)), seed * 29)
    for _ in range(seed // 3):
        sheet = makers.dim(makers.blurred(sheet))
    try:
        (invoice,) = read(makers.jpeg(sheet, quality=60 - seed * 4), JPEG)
    except Unreadable:
        return
    assert (invoice.number, invoice.total) == (DIGITAL.number, 200000)


def test_a_picture_without_a_code_says_to_type() -> None:
    with pytest.raises(Unreadable, match="No invoice code was found"):
        of_photo(makers.paper())


def test_a_code_of_something_else_is_no_invoice() -> None:
    with pytest.raises(Unreadable, match="No invoice code was found"):
        of_photo(makers.paper(makers.code("https://example.com/menu")))
