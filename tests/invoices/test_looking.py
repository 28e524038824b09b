"""Files that were handed in are looked at in a child before anybody is shown them."""

import time
from collections.abc import Callable
from dataclasses import replace
from threading import Thread

import pytest
from PIL import Image

from portal.core import files
from portal.core.errors import Invalid, NotNow
from portal.core.files import Accepted
from portal.core.safe import Unsafe
from portal.invoices import reading
from tests.invoices import makers, samples
from tests.invoices.samples import DIGITAL, archive
from tests.invoices.test_hostile_files import HOSTILE_ARCHIVES
from tests.invoices.test_reading import HOSTILE, hostile

XML = samples.digital_xml().encode()
FILES: dict[str, Callable[[], bytes]] = {
    "xml": lambda: XML,
    "ofd": samples.printed_ofd,
    "pdf": lambda: makers.pdf(DIGITAL, DIGITAL.but(number="26312000000999999999")),
    "locked pdf": lambda: makers.locked(makers.pdf()),
    "photo": lambda: makers.jpeg(makers.paper(makers.code(makers.code_text()))),
}


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    reading.warm_up()


@pytest.mark.parametrize("kind", FILES)
def test_the_child_gives_what_would_be_accepted_here(kind: str) -> None:
    data = FILES[kind]()
    assert reading.look(data, "发票.bin") == files.accept(data, "发票.bin")


def test_an_archive_comes_back_as_its_files_with_what_is_wrong_with_each() -> None:
    inner = archive({"again.xml": XML})
    found = reading.look(archive({"a/一.xml": XML, "b.zip": inner, "c.exe": b"MZ1"}), "x.zip")
    assert not isinstance(found, Accepted)
    assert [(each.filename, each.data) for each in found] == [
        ("一.xml", XML), ("b.zip", inner), ("c.exe", b"MZ1"),
    ]  # fmt: skip
    told = [str(each.refused or "") for each in found]
    assert told[0] == ""
    assert "Unpack it" in told[1]
    assert "not accepted" in told[2]


def hand_in(data: bytes) -> None:
    """Look at a file and read it, as the worker does."""
    kept = reading.look(data, "x")
    assert isinstance(kept, Accepted)
    reading.read(kept.data, kept.media_type)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_that_is_handed_in_is_done_with_in_two_seconds(name: str) -> None:
    data, _claimed_type = hostile(name)
    reading.warm_up()
    began = time.monotonic()
    with pytest.raises(Invalid) as refusal:
        hand_in(data)
    assert time.monotonic() - began < 2
    assert len(str(refusal.value)) > 20, "a reason in words"


@pytest.mark.parametrize("name", HOSTILE_ARCHIVES)
def test_a_hostile_archive_is_refused_in_two_seconds(name: str) -> None:
    data, reason = HOSTILE_ARCHIVES[name]
    began = time.monotonic()
    with pytest.raises(Invalid, match=reason):
        reading.look(data, "x.zip")
    assert time.monotonic() - began < 2


def test_a_busy_page_after_honest_ones_has_no_more_time_than_one_of_its_own() -> None:
    honest = [DIGITAL.but(number=f"263120000001234567{n:02d}") for n in range(3)]
    busy = makers.followed_by(makers.pdf(*honest), b"0 0 600 390 re f " * 2_000_000, 1)
    began = time.monotonic()
    with pytest.raises(reading.TooLong):
        reading.read(busy, files.PDF)
    assert time.monotonic() - began < 2


def test_what_takes_too_long_to_look_at_is_refused_with_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "ONE_LOOK", replace(reading.ONE_LOOK, seconds=0.05))
    with pytest.raises(Unsafe, match="too long to be opened"):
        reading.look(makers.png(Image.new("RGB", (6000, 6000))), "large.png")
    monkeypatch.undo()
    assert isinstance(reading.look(XML, "next.xml"), Accepted)


def test_who_has_no_patience_is_told_to_come_back() -> None:
    slow = Thread(target=pytest.raises, args=(Invalid, reading.read, *hostile("millions of fills")))
    slow.start()
    time.sleep(0.2)
    with pytest.raises(NotNow, match="Try again"):
        reading.look(XML, "x", wait_seconds=0.1)
    slow.join()
