"""PDFs are made in a child that reaches nothing, can be killed, and comes back."""

import hashlib
import os
import socket
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from portal.core import pdf
from portal.core.pdf import DEFAULT, Limits, PdfFailed

MEGABYTE = 1024 * 1024


@pytest.fixture
def static(tmp_path: Path) -> Path:
    (tmp_path / "static").mkdir()
    return tmp_path / "static"


def make(
    html: str, static: Path, limits: Limits = DEFAULT, files: Mapping[str, Path] = {}
) -> pypdf.PdfReader:
    return pypdf.PdfReader(
        BytesIO(pdf.render(html, files=files, static_root=static, limits=limits))
    )


def text(document: pypdf.PdfReader) -> str:
    return "\n".join(page.extract_text() for page in document.pages)


def receipt(folder: Path, html: str, **encrypt: str) -> tuple[str, Path]:
    """A PDF receipt on disk under its digest, as the portal keeps it."""
    writer = pypdf.PdfWriter(clone_from=BytesIO(pdf.render(html, files={}, static_root=folder)))
    if encrypt:
        writer.encrypt(encrypt["password"])
    out = BytesIO()
    writer.write(out)
    name = hashlib.sha256(out.getvalue()).hexdigest()
    (folder / name).write_bytes(out.getvalue())
    return name, folder / name


def test_it_sets_chinese_with_subset_fonts(static: Path) -> None:
    document = make("<p style='font-family: WenQuanYi Micro Hei'>报销单", static)
    fonts = document.pages[0]["/Resources"]["/Font"].values()  # type: ignore[index]
    assert "报销单" in text(document)
    assert all("+" in font.get_object()["/BaseFont"] for font in fonts)


def test_it_reaches_no_other_computer_and_goes_on(static: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        document = make(
            f"<style>@import '{address}'; p {{background: url({address})}}</style>"
            f"<img src='{address}'><link rel=stylesheet href='{address}'>"
            f"<a rel=attachment href='{address}'>a</a><svg><image href='{address}'/></svg>"
            "<p>still here",
            static,
        )
        with pytest.raises(TimeoutError):
            server.accept()
    assert "still here" in text(document)


@pytest.mark.parametrize("way", ["file://{}", "static:../{}", "static:{}", "receipt:{}", "{}"])
def test_it_reads_no_other_file_of_the_machine(static: Path, way: str) -> None:
    secret = static.parent / "secret.css"
    secret.write_text("p::before { content: 'TOP SECRET' }")
    address = way.format(secret.name if ".." in way else secret)
    document = make(f"<style>@import '{address}';</style><p>still here", static)
    assert text(document).strip() == "still here"


def test_it_reads_what_it_may(static: Path) -> None:
    (static / "open.css").write_text("p::before { content: 'FOR ALL ' }")
    document = make("<style>@import 'static:open.css';</style><p>still here", static)
    assert text(document).strip() == "FOR ALL still here"


def test_a_style_sheet_counts_and_counts_again_when_changed(static: Path) -> None:
    linked = '<link rel="stylesheet" href="static:paper.css"><p>x'
    for size in ("A5", "A4"):
        (static / "paper.css").write_text(f"@page {{ size: {size} landscape }}")
        width = make(linked, static).pages[0].mediabox.width
        assert round(float(width) / 72 * 25.4) == {"A5": 210, "A4": 297}[size]


def test_a_style_sheet_outside_static_fails_the_whole(static: Path) -> None:
    (static.parent / "out.css").write_text("p {}")
    with pytest.raises(PdfFailed):
        make('<link rel="stylesheet" href="static:../out.css"><p>x', static)


def test_pages_of_a_pdf_receipt_fill_their_frames(static: Path) -> None:
    two = "<p>first sheet<p style='break-before: page'>second sheet"
    name, path = receipt(static, two)
    frame = "<p>label {0}<div id='pdf-{1}-{0}' style='height: 9cm'></div>"
    frames = frame.format(1, name) + frame.format(2, name)
    document = make(frames, static, files={name: path})
    assert pdf.receipt_pages(path) == pdf.ReceiptPages(2)
    assert all(part in text(document) for part in ("label 1", "first sheet", "second sheet"))


def test_a_locked_receipt_is_known_as_such(static: Path) -> None:
    _, path = receipt(static, "<p>x", password="secret")
    assert pdf.receipt_pages(path).problem == "encrypted"


def test_a_damaged_receipt_is_known_as_such(static: Path) -> None:
    _, path = receipt(static, "<p>x")
    path.write_bytes(path.read_bytes()[:200])
    assert pdf.receipt_pages(path).problem == "broken"


def test_a_receipt_of_very_many_pages_is_not_printed(static: Path) -> None:
    _, path = receipt(static, "<p>1<p style='break-before: page'>2")
    assert pdf.receipt_pages(path, limits=Limits(receipt_pages=1)).problem == "too_long"


def test_what_takes_too_long_is_stopped_and_the_next_one_works(static: Path) -> None:
    make("<p>warm", static)
    with pytest.raises(PdfFailed) as refusal:
        make("<table>" + "<tr><td>x<td>y" * 20_000, static, Limits(seconds=0.5))
    assert refusal.value.reason == "timed out"
    assert "next" in text(make("<p>next", static))


def test_what_takes_too_much_memory_is_stopped_and_the_next_one_works(static: Path) -> None:
    small = Limits(memory_bytes=MEGABYTE)
    with pytest.raises(PdfFailed):
        make("<p>" + "x" * 30 * MEGABYTE, static, small)
    assert "next" in text(make("<p>next", static))


def test_an_idle_child_ends_and_the_next_one_works(static: Path) -> None:
    make("<p>x", static, Limits(idle_seconds=0.05))
    time.sleep(0.4)
    assert "next" in text(make("<p>next", static))


def test_threads_get_each_their_own_document(static: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda n: text(make(f"<p>number {n}", static)), range(8)))
    assert [page.strip() for page in made] == [f"number {n}" for n in range(8)]


def test_a_forked_process_has_a_child_of_its_own(static: Path) -> None:
    make("<p>x", static)
    fork = os.fork()
    if not fork:
        try:
            os._exit(0 if "in the fork" in text(make("<p>in the fork", static)) else 1)
        finally:
            os._exit(2)
    assert "in the parent" in text(make("<p>in the parent", static))
    assert os.waitpid(fork, 0)[1] == 0


def test_the_same_document_is_made_once(tmp_path: Path) -> None:
    made: list[int] = []

    def once() -> bytes:
        made.append(1)
        return b"%PDF"

    assert pdf.cached(tmp_path, "abc", once) == pdf.cached(tmp_path, "abc", once) == b"%PDF"
    assert len(made) == 1


def test_a_cache_that_cannot_be_written_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert pdf.cached(tmp_path / "file", "abc", lambda: b"%PDF") == b"%PDF"


def test_another_sheet_text_or_receipt_is_another_document(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("p {}")
    html = '<link rel="stylesheet" href="static:a.css">'
    keys = [pdf.cache_key(html, {}, tmp_path), pdf.cache_key(html + " ", {}, tmp_path)]
    keys.append(pdf.cache_key(html, {"aa": tmp_path}, tmp_path))
    (tmp_path / "a.css").write_text("q {}")
    keys.append(pdf.cache_key(html, {}, tmp_path))
    assert len(set(keys)) == 4


def test_words_that_look_like_an_address_are_no_file(tmp_path: Path) -> None:
    assert pdf.cache_key("<p>static:gone.css &#34;static:gone.css&#34;", {}, tmp_path)


def test_what_nobody_asks_for_is_swept(tmp_path: Path) -> None:
    pdf.cached(tmp_path, "abc", lambda: b"%PDF")
    now = datetime.now(UTC)
    assert pdf.sweep(tmp_path, before=now - timedelta(days=1)) == 0
    assert pdf.sweep(tmp_path, before=now + timedelta(days=1)) == 1


def test_this_machine_has_what_pdfs_need() -> None:
    assert pdf.available() is None
