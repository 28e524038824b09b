"""Files of strangers are read in a child that is bounded, killed when late, and comes back."""

import os
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from portal.core.errors import Invalid
from portal.core.files import JPEG, OFD, PDF, PNG, XML
from portal.invoices import readers, reading
from portal.invoices.readers import Unreadable
from tests.invoices import makers, samples, tickets
from tests.invoices.samples import DIGITAL
from tests.invoices.test_hostile_files import LAUGHS, zipped


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    reading.warm_up()


def photo() -> bytes:
    return makers.jpeg(makers.turned(makers.paper(makers.code(makers.code_text())), 11))


@pytest.mark.parametrize(
    ("make", "media_type"),
    [
        (lambda: samples.digital_xml().encode(), XML),
        (lambda: samples.ofd(attached={"original_invoice.xml": samples.original_invoice()}), OFD),
        (lambda: makers.pdf(DIGITAL, DIGITAL.but(number="26312000000999999999")), PDF),
        (photo, JPEG),
        (lambda: tickets.ticket("atr", tickets.FLIGHT, tickets.LEG), XML),
    ],
    ids=["xml", "ofd", "pdf", "photo", "flight"],
)
def test_the_child_says_what_the_readers_say(make: Callable[[], bytes], media_type: str) -> None:
    data = make()
    assert reading.read(data, media_type) == readers.read(data, media_type)


def raw_pdf(content: bytes, box: tuple[int, int] = (610, 394), kids: int = 1) -> bytes:
    """A PDF written by hand, as an attacker would: every page has the same content."""
    packed = zlib.compress(content, 9)
    pages = b"3 0 R " * kids
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (pages, kids),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>>>>>" % box,
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out = b"%PDF-1.7\n"
    for number, each in enumerate(objects, start=1):
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    return out + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n0\n%%EOF"


@cache
def hostile(name: str) -> tuple[bytes, str]:
    made: dict[str, Callable[[], tuple[bytes, str]]] = {
        "entities": lambda: (LAUGHS.encode(), XML),
        "bomb in an ofd": lambda: (zipped({"OFD.xml": b" " * 60_000_000}), OFD),
        "kilometre of a page": lambda: (raw_pdf(b"0 0 m 9 9 l S", (10**7, 10**7)), PDF),
        "millions of curves": lambda: (raw_pdf(b"0 0 m " + b"1 2 3 4 5 6 c " * 3_000_000), PDF),
        "millions of fills": lambda: (raw_pdf(b"0 0 600 390 re f " * 2_000_000), PDF),
        "millions of letters": lambda: (
            raw_pdf(b"BT /F 1 Tf " + b"(aaaaaaaaaaaaaaaaaaaaaaaaaa) Tj " * 300_000), PDF),
        "stream of 100 MB": lambda: (raw_pdf(b" " * 100_000_000), PDF),
        "deep nesting": lambda: (raw_pdf(b"q " * 3_000_000), PDF),
        "the same page fifty times": lambda: (raw_pdf(b"0 0 99 99 re f " * 20_000, kids=50), PDF),
        "page tree that holds itself": lambda: (
            raw_pdf(b"").replace(b"/Kids[3 0 R ]", b"/Kids[2 0 R ]"), PDF),
        "pixel bomb": lambda: (makers.png(Image.new("1", (20_000, 20_000))), PNG),
        "forty megapixels of nothing": lambda: (makers.png(Image.new("L", (8000, 4900))), PNG),
        "picture that is a pdf": lambda: (b"%PDF-1.7", JPEG),
        "pdf that is a picture": lambda: (makers.png(Image.new("L", (9, 9))), PDF),
    }  # fmt: skip
    return made[name]()


HOSTILE = (
    "entities", "bomb in an ofd", "kilometre of a page", "millions of curves", "millions of fills",
    "millions of letters", "stream of 100 MB", "deep nesting", "the same page fifty times",
    "page tree that holds itself", "pixel bomb", "forty megapixels of nothing",
    "picture that is a pdf", "pdf that is a picture",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_two_seconds(name: str) -> None:
    data, media_type = hostile(name)
    reading.warm_up()
    began = time.monotonic()
    with pytest.raises(Invalid) as refusal:
        reading.read(data, media_type)
    assert time.monotonic() - began < 2
    assert len(str(refusal.value)) > 20, "a reason in words"


def test_after_a_hostile_file_the_next_one_reads() -> None:
    with pytest.raises(reading.TooLong):
        reading.read(*hostile("millions of fills"))
    assert reading.read(samples.digital_xml().encode(), XML)[0].total == 200000


def test_an_honest_file_of_many_pages_reads_to_its_end() -> None:
    numbers = [f"263120000001234567{n:02d}" for n in range(20)]
    found = reading.read(makers.pdf(*(DIGITAL.but(number=each) for each in numbers)), PDF)
    assert [(each.number, each.page) for each in found] == [
        (number, page) for page, number in enumerate(numbers, start=1)
    ]


def test_a_child_that_dies_is_replaced() -> None:
    child = reading._child._running()
    child.kill()
    child.wait()
    assert reading.read(samples.digital_xml().encode(), XML)[0].total == 200000


def test_threads_take_turns() -> None:
    texts = [samples.digital_xml(DIGITAL.but(number=f"2631200000012345670{n}")) for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda text: reading.read(text.encode(), XML), texts))
    assert [each[0].number for each in found] == [f"2631200000012345670{n}" for n in range(6)]


def test_the_child_writes_nothing_and_calls_nobody() -> None:
    status = _limits(reading._child._running().pid)
    assert status["Max file size"] == "0"
    assert int(status["Max address space"]) <= 2**31
    assert os.getpriority(os.PRIO_PROCESS, reading._child._running().pid) == 10


def _limits(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/limits").read_text("ascii").splitlines()
    return {line[:26].strip(): line[26:47].strip() for line in lines}


@pytest.fixture
def in_time() -> Callable[[bytes, str], float]:
    def best(data: bytes, media_type: str) -> float:
        def seconds() -> float:
            began = time.monotonic()
            reading.read(data, media_type)
            return time.monotonic() - began

        return min(seconds() for _ in range(4))

    return best


def test_xml_and_ofd_read_in_a_tenth_of_a_second(in_time: Callable[[bytes, str], float]) -> None:
    ofd = samples.ofd(
        stated=samples.custom_data(samples.OLD), tags=samples.tags_and_page(samples.OLD)
    )
    assert in_time(samples.digital_xml().encode(), XML) < 0.1
    assert in_time(ofd, OFD) < 0.1


def test_a_photo_reads_in_half_a_second(in_time: Callable[[bytes, str], float]) -> None:
    sheet = makers.turned(makers.paper(makers.code(makers.code_text())), 5).resize((4000, 3000))
    assert in_time(makers.jpeg(makers.dim(sheet)), JPEG) < 0.5


def test_what_has_no_invoice_says_so_through_the_child_too() -> None:
    with pytest.raises(Unreadable, match="Type the"):
        reading.read(b"<note>hello</note>", XML)
