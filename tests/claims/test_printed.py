"""The printed claim (报销单): what it says, and how it is set on paper."""

import gettext
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import jinja2
import pypdf
import pytest
import segno
from PIL import Image

from portal.claims import printed
from portal.claims.printed import (
    PrintedClaim,
    PrintedLine,
    PrintedOpinion,
    PrintedPayment,
    PrintedReceipt,
)
from portal.core import pdf

HOME = Path(printed.__file__).parents[1]
AT = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
SECRET = b"a key nobody has"


def line(position: int, description: str = "出租车", amount: int = 4550) -> PrintedLine:
    return PrintedLine(position, date(2026, 11, 2), "交通", "taxi", description, "上海", amount)


CLAIM = PrintedClaim(
    company="晨星科技（上海）有限公司",
    title="费用报销单",
    number="BX-2026-0042",
    state="paid",
    state_label="已付款",
    filled_on=date(2026, 11, 20),
    claimant="Alice Li",
    employee_number="E0042",
    department="市场部",
    grade="M2",
    purpose="拜访华东区客户",
    total=9100,
    total_in_words="人民币玖拾壹元整",
    lines=(line(1), line(2)),
    opinions=(
        PrintedOpinion("直属经理", "同意", "符合标准", "林晓岚", "王建国", AT),
        PrintedOpinion("财务审核", "同意", "", "陈可儿", None, AT, is_finance=True),
    ),
    payment=PrintedPayment(date(2026, 11, 23), "CMB-20261123-17", "黄敏"),
    receipts=(),
    verify_url="https://claims.example.com/verify/BX-2026-0042",
    check_value="K7QF-2M5D-XW3A",
    language="zh",
    as_of=AT,
)


def receipt(
    line: int, name: str = "a", media_type: str = "image/png", **rest: object
) -> PrintedReceipt:
    return PrintedReceipt(line, f"{name}.file", name * 64, media_type, **rest)  # type: ignore[arg-type]


def paper(claim: PrintedClaim, size: str = "A4", files: Mapping[str, Path] = {}) -> pypdf.PdfReader:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HOME / "templates"),
        extensions=["jinja2.ext.i18n"],
        undefined=jinja2.StrictUndefined,
        autoescape=True,
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        gettext.NullTranslations(), newstyle=True
    )
    html = environment.get_template("claims/print.html").render(form=claim, paper=size)
    return pypdf.PdfReader(BytesIO(pdf.render(html, files=files, static_root=HOME / "static")))


def text(document: pypdf.PdfReader) -> str:
    return "\n".join(page.extract_text() for page in document.pages)


def test_the_form_says_all_that_a_claim_form_must() -> None:
    document = paper(CLAIM)
    said = text(document)
    for part in (
        *("晨星科技（上海）有限公司", "费 用 报 销 单", "BX-2026-0042", "2026 年 11 月 20 日"),
        *("Alice Li", "E0042", "市场部", "M2", "拜访华东区客户", "出租车", "45.50"),
        *("¥91.00", "人民币玖拾壹元整", "直属经理", "同意", "符合标准", "林晓岚", "for 王建国"),
        *("2026-11-20 14:05", "陈可儿", "黄敏", "CMB-20261123-17", "2026-11-23"),
        *("K7QF-2M5D-XW3A", "已付款", "Page 1 of 1"),
    ):
        assert part in said, f"the form does not say {part}"
    assert len(document.pages) == 1


def test_ten_lines_fit_one_page_and_forty_repeat_their_head() -> None:
    ten = replace(CLAIM, lines=tuple(line(n) for n in range(1, 11)))
    forty = paper(replace(CLAIM, lines=tuple(line(n) for n in range(1, 41))))
    assert len(paper(ten).pages) == 1
    assert len(forty.pages) == 2
    assert all("Description" in page.extract_text() for page in forty.pages)
    assert "BX-2026-0042" in forty.pages[1].extract_text()


def test_a_small_claim_fits_one_a5_sheet() -> None:
    document = paper(CLAIM, "A5")
    box = document.pages[0].mediabox
    assert (round(box.width / 72 * 25.4), round(box.height / 72 * 25.4)) == (210, 148)
    assert len(document.pages) == 1


def test_what_people_write_is_never_markup() -> None:
    said = text(paper(replace(CLAIM, purpose="<img src='file:///etc/passwd'><b>x</b>")))
    assert "<b>x</b>" in said


def test_receipts_of_every_kind_follow_in_the_order_of_lines(tmp_path: Path) -> None:
    invoice, photo = tmp_path / "invoice.pdf", tmp_path / "photo.png"
    invoice.write_bytes(pdf.render("<p>INVOICE TEXT", files={}, static_root=tmp_path))
    Image.new("RGB", (40, 40), "navy").save(photo)
    claim = replace(
        CLAIM,
        receipts=(
            receipt(2, "c", "application/pdf"),
            receipt(2, "d", "application/pdf", pages=0, problem="encrypted"),
            receipt(1, "b", "text/xml", values=(("发票号码", "24312000000136634917"),)),
            receipt(1, "a"),
        ),
    )
    document = paper(claim, files={"a" * 64: photo, "c" * 64: invoice})
    pages = [page.extract_text() for page in document.pages]
    assert len(document.pages[1].images) == 1
    assert "24312000000136634917" in pages[1]
    assert all(part in pages[2] for part in ("INVOICE TEXT", "c.file", "page 1 of 1"))
    assert "protected by a password" in pages[3]
    assert "Page 4 of 4" in pages[3]


def test_attachments_count_each_sheet_and_each_file_once() -> None:
    receipts = (receipt(2, "a"), receipt(1, "b", "application/pdf", pages=3), receipt(1, "a"))
    claim = replace(CLAIM, receipts=receipts)
    assert claim.attachment_count == 4
    assert [(one.line, one.sha256[0]) for one in claim.receipts_in_order] == [(1, "b"), (1, "a")]


@pytest.mark.parametrize(
    ("descriptions", "blank"),
    [(["taxi"], 11), (["taxi"] * 12, 0), (["taxi"] * 20, 0), (["一" * 18], 10)],
)
def test_rows_that_stay_blank_are_struck(descriptions: list[str], blank: int) -> None:
    lines = tuple(line(n, said) for n, said in enumerate(descriptions, 1))
    assert replace(CLAIM, lines=lines).blank_rows("A4") == blank


@pytest.mark.parametrize(
    ("minor", "shown"),
    [(0, "¥0.00"), (5, "¥0.05"), (123456789, "¥1,234,567.89"), (-1250, "-¥12.50")],
)
def test_the_sign_stands_directly_before_the_digits(minor: int, shown: str) -> None:
    assert CLAIM.money(minor) == shown


def value(claim: PrintedClaim, secret: bytes = SECRET) -> str:
    return printed.check_value(
        secret, number=claim.number, total=claim.total, lines=claim.lines, state=claim.state
    )


def test_every_change_of_the_claim_changes_the_check_value() -> None:
    changed = [
        replace(CLAIM, number="BX-2026-0043"),
        replace(CLAIM, total=9101),
        replace(CLAIM, state="approved"),
        replace(CLAIM, lines=(line(1), line(2, amount=4551))),
        replace(CLAIM, lines=(line(1), line(2, "火车"))),
    ]
    values = {value(CLAIM), value(CLAIM, b"another key"), *map(value, changed)}
    assert len(values) == 7


def test_the_check_value_is_the_same_in_both_languages() -> None:
    english = tuple(replace(one, category="Transport") for one in CLAIM.lines)
    assert value(replace(CLAIM, lines=english)) == value(CLAIM)


@pytest.mark.parametrize("typed", ["OIB2-3456-7ABC", "oib2 3456 7abc", "0182-3456-7ABC"])
def test_a_check_value_may_be_typed_as_it_is_read(typed: str) -> None:
    assert printed.same_check_value(typed, "OIB2-3456-7ABC")
    assert not printed.same_check_value(typed, "OIB2-3456-7ABD")


def test_the_qr_code_is_drawn_module_by_module() -> None:
    code = [list(row) for row in segno.make_qr(CLAIM.verify_url, error="m").matrix]
    drawn = [[0] * len(code) for _ in code]
    for path in ElementTree.fromstring(printed.qr_svg(CLAIM.verify_url)):
        for left, top, right in re.findall(r"M(\d+) (\d+)\.5H(\d+)", path.attrib["d"]):
            drawn[int(top)][int(left) : int(right)] = [1] * (int(right) - int(left))
    assert drawn == code
