"""Files built to do harm are refused with a reason, and at once."""

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator

import pytest

from portal.core.errors import Invalid
from portal.core.files import OFD, XML, accept
from portal.invoices.readers import read

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><EInvoice>&i;</EInvoice>"
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><EInvoice>&e;</EInvoice>'
PARAMETER = '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]><EInvoice/>'


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return out.getvalue()


def bare(entries: int) -> bytes:
    """An archive of empty entries, cheap to make in any number."""
    local, central, offset = [], [], 0
    for index in range(entries):
        name = b"OFD.xml" if index == 0 else b"%07d" % index
        head = struct.pack("<5H3I2H", 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0)
        local.append(b"PK\x03\x04" + head + name)
        central.append(
            b"PK\x01\x02" + struct.pack("<H", 20) + head
            + struct.pack("<3H2I", 0, 0, 0, 0, offset) + name
        )  # fmt: skip
        offset += len(local[-1])
    directory = b"".join(central)
    end = struct.pack("<4H2IH", 0, 0, entries % 65536, entries % 65536, len(directory), offset, 0)
    return b"".join(local) + directory + b"PK\x05\x06" + end


def lying(claimed: int) -> bytes:
    """An archive whose entry unpacks to 5 MB but claims ``claimed`` bytes."""
    data = bytearray(zipped({"OFD.xml": b"<OFD/>", "a.xml": b"<a>" + b"x" * 5_000_000 + b"</a>"}))
    for mark, size_at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        where = data.rfind(mark)
        data[where + size_at : where + size_at + 4] = struct.pack("<I", claimed)
    return bytes(data)


def overlapping() -> bytes:
    """Many directory entries that share one compressed kernel."""
    kernel = zipped({"OFD.xml": b"x" * 250_000})
    start = kernel.rfind(b"PK\x01\x02")
    entry = kernel[start : kernel.rfind(b"PK\x05\x06")]
    entries = b"".join(entry.replace(b"OFD.xml", b"OFD%04d" % index) for index in range(900))
    end = struct.pack("<4H2IH", 0, 0, 901, 901, len(entry) + len(entries), start, 0)
    return kernel[:start] + entry + entries + b"PK\x05\x06" + end


def patched(data: bytes, offset: int, value: bytes) -> bytes:
    where = data.rfind(b"PK\x01\x02") + offset
    return data[:where] + value + data[where + len(value) :]


FINE = zipped({"OFD.xml": b"<OFD/>", "Doc_0/Document.xml": b"<Document/>"})

HOSTILE_XML = {
    "billion laughs": (LAUGHS.encode(), "document type"),
    "external entity": (EXTERNAL.encode(), "document type"),
    "parameter entity": (PARAMETER.encode(), "document type"),
    "document type in utf-16": (EXTERNAL.encode("utf-16"), "document type"),
    "document type in broken xml": (("<a:b/>" + EXTERNAL).encode(), "broken|document type"),
    "deep nesting": (b"<a>" * 3_400_000, "nested too deeply"),
    "many elements": (b"<a>" + b"<b/>" * 2_000_000 + b"</a>", "too many parts"),
    "many elements after a mistake": (
        b"<x:a>" + b"<b/>" * 500_000 + b"</x:a>", "too many parts"),
    "many attributes": (
        b"<a " + b" ".join(b"a%d=''" % n for n in range(700_000)) + b"/>", "too many parts"),
    "open tags that never end": (b"<" * 9_000_000, "broken"),
    "ten megabytes of spaces": (b"<a" + b" " * 10_000_000, "broken"),
    "ampersands": (b"<a>" + b"&" * 2_000_000, "broken"),
    "truncated": (b"<EInvoice><EInvoiceData>", "broken"),
}  # fmt: skip

HOSTILE_ARCHIVES = {
    "bomb": (zipped({"OFD.xml": b"<OFD/>", "a.xml": b" " * 9_000_000}), "unpacks to more"),
    "one huge entry": (zipped({"OFD.xml": b" " * 60_000_000}), "unpacks to more"),
    "many large entries": (
        zipped({"OFD.xml": b"<OFD/>"} | {f"{n}.xml": b"ab" * 120_000 for n in range(300)}),
        "unpacks to more"),
    "thousands of entries": (bare(100_000), "too many files"),
    "more entries than are counted": (bare(65_537), "too many files"),
    "size claimed too small": (lying(10), "damaged"),
    "size claimed too large": (lying(4_000_000_000), "unpacks to more"),
    "overlapping entries": (overlapping(), "unpacks to more|damaged"),
    "nested archive": (zipped({"OFD.xml": b"<OFD/>", "pic.png": FINE}), "another archive"),
    "path outside": (zipped({"OFD.xml": b"<OFD/>", "../../x": b""}), "points outside"),
    "windows path outside": (zipped({"OFD.xml": b"<OFD/>", "a\\..\\..\\x": b""}), "points outside"),
    "same name twice": (zipped({"OFD.xml": b"<OFD/>", "/OFD.xml": b"<OFD/>"}), "same name"),
    "locked": (patched(FINE, 8, b"\x01\x00"), "password"),
    "unusual compression": (zipped({"OFD.xml": b"<OFD/>"}, zipfile.ZIP_LZMA), "not accepted"),
    "truncated": (FINE[:-30], "damaged"),
    "half": (FINE[: len(FINE) // 2], "damaged"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    start = time.process_time()
    yield
    assert time.process_time() - start < 2, "a refusal takes less than two seconds"


@pytest.mark.parametrize("name", HOSTILE_XML)
def test_a_hostile_xml_is_refused(name: str) -> None:
    data, reason = HOSTILE_XML[name]
    with pytest.raises(Invalid, match=reason):
        read(data, XML)


@pytest.mark.parametrize("name", HOSTILE_XML)
def test_a_hostile_xml_is_not_kept(name: str) -> None:
    with pytest.raises(Invalid):
        accept(HOSTILE_XML[name][0], "发票.xml")


@pytest.mark.parametrize("name", HOSTILE_ARCHIVES)
def test_a_hostile_archive_is_refused(name: str) -> None:
    data, reason = HOSTILE_ARCHIVES[name]
    with pytest.raises(Invalid, match=reason):
        read(data, OFD)


def test_a_hostile_attachment_says_why() -> None:
    with pytest.raises(Invalid, match="document type"):
        read(
            zipped({"OFD.xml": b"<OFD/>", "Doc_0/a.xml": b"<!--<eInvoice -->" + EXTERNAL.encode()}),
            OFD,
        )


def test_many_documents_in_one_archive_share_one_allowance() -> None:
    part = b"<eInvoice>" + b"<a/>" * 60_000 + b"</eInvoice>"
    noise = [bytes(str(zlib.crc32(b"%d" % n)), "ascii") for n in range(30)]
    entries = {f"Doc_0/{n}.xml": part + b"<!--" + noise[n] + b"-->" for n in range(30)}
    with pytest.raises(Invalid, match="too many parts"):
        read(zipped({"OFD.xml": b"<OFD/>"} | entries), OFD)


def test_noise_is_refused_with_words() -> None:
    for size in (4, 30, 500, 5000):
        for seed in range(20):
            noise = b"PK\x03\x04" + bytes((seed * 31 + n * n) % 256 for n in range(size))
            with pytest.raises(Invalid):
                read(noise, OFD)


@pytest.mark.parametrize("cut", range(0, len(FINE), 7))
def test_a_damaged_byte_never_breaks_the_reader(cut: int) -> None:
    data = FINE[:cut] + bytes([FINE[cut] ^ 0xFF]) + FINE[cut + 1 :]
    with pytest.raises(Invalid):
        read(data, OFD)
