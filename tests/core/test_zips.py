"""Plain zip archives are taken apart; what only looks like one, or does harm, is not."""

import io
import zipfile

import pytest

from portal.core.errors import Invalid
from portal.core.files import accept
from portal.core.zips import MOST_FILES, unpack
from tests.invoices import samples
from tests.invoices.test_hostile_files import HOSTILE_ARCHIVES, zipped

XML = samples.digital_xml().encode()


def with_names(names: list[bytes]) -> bytes:
    """An archive whose entries have these bytes for names, as old Chinese tools write them."""
    data = zipped({f"{place:0{len(name)}d}": XML for place, name in enumerate(names)})
    for place, name in enumerate(names):
        data = data.replace(f"{place:0{len(name)}d}".encode(), name)
    return data


def test_it_gives_the_files_in_their_order() -> None:
    ofd = samples.ofd(attached={"original_invoice.xml": samples.original_invoice()})
    found = unpack(zipped({"b/发票二.ofd": ofd, "a/发票一.xml": XML}), "三月.zip")
    assert found == [("发票二.ofd", ofd), ("发票一.xml", XML)]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "gb18030"])
def test_chinese_names_read_however_they_were_written(encoding: str) -> None:
    found = unpack(with_names(["餐饮发票.xml".encode(encoding)]), "x.zip")
    assert found == [("餐饮发票.xml", XML)]


def test_names_lead_nowhere() -> None:
    found = unpack(zipped({"a/b/<x>|y.xml": XML}), "x.zip")
    assert found is not None
    assert [name for name, _ in found] == ["_x__y.xml"]


def test_hidden_files_are_left_out() -> None:
    hidden = {"__MACOSX/._a.xml": b"x", ".DS_Store": b"x", "d/Thumbs.db": b"x"}
    assert unpack(zipped({**hidden, "a.xml": XML}), "x.zip") == [("a.xml", XML)]


@pytest.mark.parametrize(
    "data",
    [
        XML,
        b"%PDF-1.7",
        samples.ofd(),
        zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"}),
    ],
    ids=["xml", "pdf", "ofd", "docx"],
)
def test_other_files_are_not_taken_apart(data: bytes) -> None:
    assert unpack(data, "x") is None


def test_an_archive_inside_is_refused_with_words() -> None:
    found = unpack(zipped({"inner.zip": zipped({"a.xml": XML})}), "x.zip")
    assert found is not None
    with pytest.raises(Invalid, match="Unpack it"):
        accept(found[0][1], found[0][0])


def test_too_many_files_are_refused() -> None:
    many = {f"{n}.xml": XML for n in range(MOST_FILES + 1)}
    with pytest.raises(Invalid, match="more than 50 files"):
        unpack(zipped(many), "x.zip")
    assert len(unpack(zipped(dict(list(many.items())[1:])), "x.zip") or []) == MOST_FILES


def test_an_empty_archive_is_refused() -> None:
    out = io.BytesIO()
    zipfile.ZipFile(out, "w").close()
    with pytest.raises(Invalid, match="holds no files"):
        unpack(out.getvalue(), "x.zip")


@pytest.mark.parametrize(
    "name",
    ["one huge entry", "thousands of entries", "path outside", "same name twice", "locked",
     "size claimed too large", "unusual compression", "half"],
)  # fmt: skip
def test_a_hostile_archive_is_refused(name: str) -> None:
    data, reason = HOSTILE_ARCHIVES[name]
    with pytest.raises(Invalid, match=reason):
        unpack(data.replace(b"OFD.xml", b"OFD.txt"), "x.zip")


def test_a_photo_that_cannot_be_read_says_how_it_can() -> None:
    with pytest.raises(Invalid, match="Most Compatible"):
        accept(b"\x00\x00\x00\x18ftypheic" + b"\x00" * 100, "IMG_0001.HEIC")
