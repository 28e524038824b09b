"""The print of photographs, where the extra ``ocr`` is installed: only what proves itself."""

import io

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from portal.core.files import PNG
from portal.invoices.readers import Unreadable, read
from portal.invoices.readers.ocr import _checked
from tests.invoices import makers
from tests.invoices.samples import DIGITAL, Sample

COMPANY = "91310000775785552L"


def test_a_tax_number_is_taken_only_with_its_check_sign() -> None:
    assert _checked(COMPANY) == COMPANY
    for place in range(len(COMPANY)):
        misread = COMPANY[:place] + ("8" if COMPANY[place] != "8" else "3") + COMPANY[place + 1 :]
        assert _checked(misread) is None


def photo(sample: Sample, *, with_code: bool) -> bytes:
    page = pypdfium2.PdfDocument(io.BytesIO(makers.pdf(sample, with_code=with_code)))[0]
    picture: Image.Image = page.render(scale=3).to_pil().convert("RGB")
    ImageDraw.Draw(picture).line((0, 900, 1800, 905), fill="grey", width=2)
    return makers.png(picture)


@pytest.fixture(scope="module")
def installed() -> None:
    pytest.importorskip("rapidocr", reason="the extra ocr is not installed")


@pytest.mark.usefixtures("installed")
def test_with_its_code_the_print_gives_names_and_sums() -> None:
    sample = DIGITAL.but(seller_tax_id=COMPANY)
    (invoice,) = read(photo(sample, with_code=True), PNG, ocr=True)
    assert (invoice.number, invoice.sources["number"]) == (DIGITAL.number, "qr")
    assert (invoice.net, invoice.tax, invoice.total) == (188679, 11321, 200000)
    assert (invoice.buyer, invoice.seller_tax_id) == (DIGITAL.buyer, COMPANY)
    assert invoice.sources["net"] == "ocr"


@pytest.mark.usefixtures("installed")
def test_without_a_code_only_the_sums_that_the_words_prove() -> None:
    (invoice,) = read(photo(DIGITAL, with_code=False), PNG, ocr=True)
    assert (invoice.number, invoice.issued_on, invoice.seller) == (None, None, None)
    assert invoice.total == 200000
    assert set(invoice.sources.values()) == {"ocr"}


@pytest.mark.usefixtures("installed")
def test_a_sum_that_its_words_contradict_is_not_taken() -> None:
    with pytest.raises(Unreadable):
        read(photo(DIGITAL.but(spelled="叁仟圆整"), with_code=False), PNG, ocr=True)


@pytest.mark.usefixtures("installed")
def test_without_the_setting_nothing_of_it_is_read() -> None:
    with pytest.raises(Unreadable):
        read(photo(DIGITAL, with_code=False), PNG)
