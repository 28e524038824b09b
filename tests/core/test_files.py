import io
import os
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfWriter

from portal.core import files
from portal.core.errors import Invalid, Missing
from portal.core.files import JPEG, OFD, PDF, PNG, XML, Store, accept, clean_name, thumbnail


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def pdf(pages: int = 2, password: str | None = None, size: tuple[int, int] = (200, 300)) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(*size)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def zipped(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in entries.items():
            file.writestr(name.replace("_", "."), content)
    return out.getvalue()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "files")


def test_a_kept_file_comes_back(store: Store) -> None:
    sha = store.put(b"receipt")
    assert store.read(sha) == b"receipt"
    assert store.put(b"receipt") == sha
    assert [path.name for path in store.path(sha).parent.iterdir()] == [sha]


@pytest.mark.parametrize("sha", ["0" * 64, "../../etc/passwd", "A" * 64, ""])
def test_a_file_never_kept_is_missing(store: Store, sha: str) -> None:
    with pytest.raises(Missing):
        store.read(sha)


def test_a_failed_write_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.put(b"receipt")
    assert not [path for path in store.path("ab" * 32).parents[1].rglob("*") if path.is_file()]


def test_the_sweep_spares_named_and_young_files(store: Store) -> None:
    named, old, young = store.put(b"named"), store.put(b"old"), store.put(b"young")
    now = datetime.now(UTC)
    for sha in (named, old):
        os.utime(store.path(sha), (0, 0))
    assert store.delete_unnamed({named}, older_than=now - timedelta(days=1)) == 1
    assert store.read(named) == b"named"
    assert store.read(young) == b"young"
    with pytest.raises(Missing):
        store.read(old)


def test_putting_an_old_file_again_saves_it_from_the_sweep(store: Store) -> None:
    sha = store.put(b"again")
    os.utime(store.path(sha), (0, 0))
    store.put(b"again")
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    assert store.delete_unnamed(lambda _: False, older_than=an_hour_ago) == 0


@pytest.mark.parametrize(
    ("data", "media_type", "suffix", "pages"),
    [
        (picture(), JPEG, ".jpg", None),
        (picture("PNG"), PNG, ".png", None),
        (pdf(), PDF, ".pdf", 2),
        (b"\n" + pdf(1), PDF, ".pdf", 1),
        (pdf(password="secret"), PDF, ".pdf", None),
        (zipped(OFD_xml=b"<OFD/>"), OFD, ".ofd", None),
        (b"<EInvoice/>", XML, ".xml", None),
        ('<?xml version="1.0" encoding="GBK"?><a>发票</a>'.encode("gbk"), XML, ".xml", None),
    ],
    ids=["jpeg", "png", "pdf", "pdf after a blank line", "locked pdf", "ofd", "xml", "gbk xml"],
)
def test_the_content_alone_decides_the_type(
    data: bytes, media_type: str, suffix: str, pages: int | None
) -> None:
    accepted = accept(data, "发票.exe")
    assert (accepted.media_type, accepted.suffix, accepted.pages) == (media_type, suffix, pages)
    assert accepted.filename == "发票.exe" + suffix


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"a" * (files.MAX_BYTES + 1), "larger than 10 MB"),
        (b"just words", "not accepted"),
        (b"MZ\x90\x00" * 50, "not accepted"),
        (b"GIF89a" + b"\0" * 50, "not accepted"),
        (b"<!DOCTYPE html><html></html>", "not accepted"),
        (b"<html><script/></html>", "not accepted"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "web page"),
        (b"<a xmlns:h='&#104;ttp://www.w3.org/1999/xhtml'><h:script/></a>", "web page"),
        (b"<?xml-stylesheet href='x.xsl'?><a/>", "style sheet"),
        (b"<a><b></a>", "broken"),
        (zipped(word_xml=b"x"), "Unpack"),
        (picture()[:300], "picture is broken"),
        (picture("PNG")[:60], "picture is broken"),
        (b"%PDF-1.7\nnothing", "PDF is broken"),
        (pdf()[:200], "PDF is broken"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_refuses_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        accept(data, "receipt.pdf")


def test_a_picture_of_too_many_pixels_is_refused_unopened() -> None:
    huge = bytearray(picture("PNG"))
    huge[16:24] = (60_000).to_bytes(4, "big") + (60_000).to_bytes(4, "big")
    huge[29:33] = zlib.crc32(bytes(huge[12:29])).to_bytes(4, "big")
    with pytest.raises(Invalid, match="40 million pixels"):
        accept(bytes(huge), "bomb.png")


def test_nothing_but_the_picture_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[1] = "N"
    jpeg = picture(exif=exif, comment=b"SecretComment", icc_profile=b"SecretProfile" * 20)
    notes = PngInfo()
    notes.add_text("Author", "SecretAuthor")
    for data in (jpeg + b"SecretTrailer", picture("PNG", pnginfo=notes, exif=exif)):
        kept = accept(data, "photo")
        assert b"Secret" in data
        assert b"Secret" not in kept.data
        assert not Image.open(io.BytesIO(kept.data)).getexif()


def test_a_picture_taken_sideways_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = Image.open(io.BytesIO(accept(picture(exif=exif), "photo.jpg").data))
    assert kept.size == (40, 60)
    assert kept.getpixel((35, 5))[0] > 200 > 100 > kept.getpixel((35, 5))[2], "the red corner"


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_picture_is_kept(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (20, 20)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    kept = accept(out.getvalue(), "scan")
    assert thumbnail(kept.data, kept.media_type)


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("发票 2026年3月.pdf", "发票 2026年3月.pdf"),
        ("C:\\Users\\王\\发票.pdf", "发票.pdf"),
        ("../../etc/passwd", "passwd"),
        ("\u202efdp.exe\r\nX: y.pdf", "fdp.exeX_ y.pdf"),
        (".htaccess", "htaccess"),
        ("...", "file"),
        ("", "file"),
        ("票" * 300 + ".pdf", "票" * 116 + ".pdf"),
    ],
)
def test_a_name_is_cleaned(given: str, clean: str) -> None:
    assert clean_name(given) == clean


@pytest.mark.parametrize(
    ("given", "suffix", "clean"),
    [
        ("发票.PDF", ".pdf", "发票.PDF"),
        ("发票.jpeg", ".jpg", "发票.jpeg"),
        ("发票.pdf", ".png", "发票.png"),
        ("3.17 taxi", ".jpg", "3.17 taxi.jpg"),
        ("evil.html", ".jpg", "evil.html.jpg"),
    ],
)
def test_a_name_ends_as_its_content_is(given: str, suffix: str, clean: str) -> None:
    assert clean_name(given, suffix) == clean


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (picture(size=(2000, 100)), JPEG),
        (picture("PNG", size=(100, 2000)), PNG),
        (pdf(), PDF),
        (pdf(size=(14000, 3)), PDF),
    ],
    ids=["wide picture", "long picture", "pdf", "very wide pdf"],
)
def test_a_thumbnail_is_a_small_jpeg(data: bytes, media_type: str) -> None:
    small = Image.open(io.BytesIO(thumbnail(data, media_type) or b""))
    assert small.format == "JPEG"
    assert small.width <= 320
    assert small.height <= 640


def test_what_cannot_be_shown_has_no_thumbnail() -> None:
    assert thumbnail(b"<EInvoice/>", XML) is None
    assert thumbnail(pdf(password="secret"), PDF) is None
    assert thumbnail(b"broken", JPEG) is None


def test_pages_are_counted_by_several_threads_at_once() -> None:
    data = pdf(3)
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: accept(data, "a.pdf").pages, range(40))) == {3}
    assert len(pypdfium2.PdfDocument(data)) == 3
