"""All claims as a table for bookkeeping."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote

import openpyxl
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.claims import export, payment
from portal.claims.models import Batch, Claim, Line, Receipt, Split
from portal.core.db import db
from portal.invoices.models import Invoice
from portal.people.models import Project
from tests.blueprints.conftest import CountQueries
from tests.blueprints.payments.cases import AT, approved, person
from tests.browser import Visitor
from tests.claims.stories import writing

HEAD = [
    "Claim", "Company", "Claimant", "Employee number", "Department", "Cost centre", "Project",
    "Category", "Accounting code", "Date", "What for", "Currency", "Amount in that currency",
    "Rate", "Currency of the claim", "Amount", "Recoverable tax", "Invoices", "State",
    "Submitted on", "Approved on", "Paid on", "Batch", "Reference",
]  # fmt: skip


def a_claim(session: Session, name: str = "alice", *lines: Line, **more: Any) -> Claim:
    """An approved claim with these lines, by default one of 100.00."""
    claim = approved(session, name, sum(line.amount or 0 for line in lines) or 100_00, **more)
    claim.lines = list(lines) or [a_line()]
    session.flush()
    return claim


def a_line(amount: int = 100_00, **more: Any) -> Line:
    values = {"category": "office", "purpose": "Paper", "spent_on": date(2026, 2, 27)}
    return Line(position=1, amount=amount, **{**values, **more})


def an_invoice(session: Session, claim: Claim, key: str) -> None:
    invoice = Invoice(source="xml", key=key, number=key, unread=[])
    claim.receipts.append(
        Receipt(
            line_id=claim.lines[0].id, sha256="0" * 64, filename="a.xml", media_type="text/xml",
            size=1, added_at=AT, invoice=invoice,
        )
    )  # fmt: skip
    session.flush()


def as_csv(visitor: Visitor, query: str = "") -> list[dict[str, str]]:
    visitor.go(f"/claims/all.csv{query}")
    assert visitor.response is not None
    text = visitor.response.get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def as_xlsx(visitor: Visitor, query: str = "") -> openpyxl.Workbook:
    visitor.go(f"/claims/all.xlsx{query}")
    assert visitor.response is not None
    return openpyxl.load_workbook(io.BytesIO(visitor.response.get_data()))


def file_name(visitor: Visitor) -> str:
    assert visitor.response is not None
    return unquote(visitor.response.headers["Content-Disposition"].rpartition("''")[2])


def test_it_works(app: Flask, carol: Visitor) -> None:
    with writing(app) as session:
        claim = a_claim(session, "alice", a_line(123_45, tax=12_34))
        an_invoice(session, claim, "24312000000136634917")
    [row] = as_csv(carol)
    assert list(row) == HEAD
    assert list(row.values()) == [
        "BX2026-000001", "Company", "Alice", "alice", "Sales", "SALE", "", "Office supplies",
        "6602.03", "2026-02-27", "Paper", "CNY", "123.45", "", "CNY", "123.45", "12.34",
        "24312000000136634917", "Approved", "2026-03-02", "2026-03-02", "", "", "",
    ]  # fmt: skip


def test_in_xlsx_amounts_are_numbers_and_days_are_days(app: Flask, carol: Visitor) -> None:
    with writing(app) as session:
        yen = a_line(71_23, currency="JPY", original=1500, rate=Decimal("0.047487"))
        a_claim(session, "alice", yen)
    sheet = as_xlsx(carol).worksheets[0]
    cells = {cell.value: found for cell, found in zip(sheet[1], sheet[2], strict=True)}
    assert (cells["Amount"].value, cells["Amount"].number_format) == (71.23, "#,##0.00")
    original = cells["Amount in that currency"]
    assert (original.value, original.number_format) == (1500, "#,##0"), "yen have no decimals"
    assert cells["Rate"].value == pytest.approx(0.047487)
    assert cells["Date"].is_date
    assert cells["Date"].value.date() == date(2026, 2, 27)


def test_the_parts_of_a_line_are_rows_that_add_up_to_it(app: Flask, carol: Visitor) -> None:
    with writing(app) as session:
        project = Project(code="P1", name_zh="甲项目", name_en="Alpha")
        session.add(project)
        session.flush()
        parts = [
            Split(position=1, amount=33_33, cost_centre="A"),
            Split(position=2, amount=33_33, project_id=project.id),
            Split(position=3, amount=33_34, cost_centre="C"),
        ]
        line = a_line(
            100_00, tax=10_00, currency="USD", original=14_01, rate=Decimal("7.1378"),
            cost_centre="not used", splits=parts,
        )  # fmt: skip
        a_claim(session, "alice", line)
    rows = as_csv(carol)
    assert [row["Cost centre"] for row in rows] == ["A", "", "C"]
    assert [row["Project"] for row in rows] == ["", "Alpha", ""]
    for column, total in (("Amount", 100), ("Recoverable tax", 10),
                          ("Amount in that currency", Decimal("14.01"))):  # fmt: skip
        assert sum(Decimal(row[column]) for row in rows) == total, column


def test_it_says_when_and_how_a_claim_was_paid(app: Flask, carol: Visitor) -> None:
    with writing(app) as session:
        claim = a_claim(session)
        payer = person(session, "carol").id
        batch = payment.start_batch(session, [claim.id], by=payer, at=AT)
        payment.close_batch(
            session, batch, date(2026, 3, 2), "TT-77", {}, shown=batch.version, by=payer, at=AT,
            today=date(2026, 3, 2),
        )  # fmt: skip
    [row] = as_csv(carol)
    said = [row[name] for name in ("State", "Paid on", "Batch", "Reference")]
    assert said == ["Paid", "2026-03-02", "1", "TT-77"]


def test_a_payment_that_failed_is_not_told(app: Flask, carol: Visitor) -> None:
    with writing(app) as session:
        claim = a_claim(session)
        payer = person(session, "carol").id
        batch = payment.start_batch(session, [claim.id], by=payer, at=AT)
        payment.cancel_batch(session, batch, shown=batch.version, by=payer, at=AT)
    [row] = as_csv(carol)
    assert [row[name] for name in ("State", "Paid on", "Batch")] == ["Approved", "", ""]


def test_it_is_filtered_like_the_list_and_says_so(app: Flask, carol: Visitor) -> None:
    with writing(app) as session:
        a_claim(session, purpose="Fair in Hangzhou")
        a_claim(session, "dan", purpose="Something else")
    query = "?state=approved&since=2026-03-01&text=" + quote("hangzhou")
    [link] = [one for one in carol.go("/claims/all" + query).find("a") if "XLSX" in one.text()]
    book = as_xlsx(carol, (link.attributes["href"] or "").removeprefix("/claims/all.xlsx"))
    assert [row[2].value for row in book.worksheets[0].iter_rows(min_row=2)] == ["Alice"]
    assert file_name(carol) == "All claims hangzhou Approved 2026-03-01.xlsx"
    about = {row[0].value: row[1].value for row in book.worksheets[1].iter_rows()}
    assert about.pop("Made at")
    assert about == {
        "Number or purpose": "hangzhou", "State": "Approved", "Changed from": "2026-03-01",
        "Made by": "Carol",
    }  # fmt: skip
    assert as_csv(carol, "?state=paid") == []


def test_no_text_becomes_a_formula(app: Flask, carol: Visitor) -> None:
    with writing(app) as session:
        a_claim(session, "alice", a_line(purpose="=HYPERLINK(1)", cost_centre="+1"))
    [row] = as_csv(carol)
    assert (row["What for"], row["Cost centre"]) == ("'=HYPERLINK(1)", "'+1")
    cell = as_xlsx(carol).worksheets[0].cell(2, HEAD.index("What for") + 1)
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


def test_it_is_read_in_chunks_of_three_questions(
    app: Flask, carol: Visitor, count_queries: CountQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(app) as session:
        numbers = [a_claim(session, "alice", a_line(), a_line()).number for _one in range(5)]
    asked_by_size = {}
    for size in (2, 5):
        monkeypatch.setattr(export, "CHUNK", size)
        with count_queries() as asked:
            rows = as_csv(carol)
        asked_by_size[size] = len(asked)
        assert [row["Claim"] for row in rows] == [n for n in reversed(numbers) for _ in "12"]
    assert asked_by_size[2] - asked_by_size[5] == 5, "nine questions for three chunks, or four"
    assert asked_by_size[5] <= 8


def test_chinese_stands_in_the_head_and_in_the_name(app: Flask, carol: Visitor) -> None:
    with writing(app) as session:
        a_claim(session)
    carol.go("/claims/all").post("/language", {"language": "zh", "next": "/claims/all"})
    [row] = as_csv(carol, "?state=approved")
    assert (row["部门"], row["费用类别"], row["状态"]) == ("销售部", "办公用品", "已批准")
    assert file_name(carol).endswith(" 已批准.csv")


@pytest.mark.parametrize("name", ["alice", "bob", "admin", "grace"])
def test_it_refuses_a_stranger(app: Flask, name: str) -> None:
    stranger = Visitor(app).signed_in(name)
    assert {stranger.go(f"/claims/all.{kind}").status for kind in ("csv", "xlsx")} == {404}


def test_an_auditor_may_take_it(app: Flask) -> None:
    with writing(app) as session:
        a_claim(session)
    assert len(as_csv(Visitor(app).signed_in("ivan"))) == 1


def test_what_was_not_sent_or_withdrawn_is_left_out(app: Flask, carol: Visitor) -> None:
    with writing(app) as session:
        a_claim(session).state = "withdrawn"
        a_claim(session).submitted_at = None
    assert as_csv(carol) == []
    with app.app_context():
        assert db.session.get(Batch, 1) is None
