"""The file for the bank."""

import csv
import io
from urllib.parse import unquote

import openpyxl
import pytest
from flask import Flask

from portal.claims import events
from portal.core.db import begin_writing, db
from tests.blueprints.payments.cases import approved, happened, store_batch
from tests.browser import Visitor

ALICE = [
    "Alice",
    "Bank of Tests",
    "6222 0000 0002",
    "1234.50",
    "BX2026-000001",
    "Visit to a client",
]


def export(visitor: Visitor, batch: int, kind: str) -> bytes:
    visitor.go(f"/payments/batches/{batch}").send("export", press=("kind", kind))
    assert visitor.response is not None
    return visitor.response.get_data()


def test_it_works_as_csv(app: Flask, carol: Visitor) -> None:
    data = export(carol, store_batch(app, ("alice", 1234_50)), "csv")
    assert data.startswith(b"\xef\xbb\xbf"), "Excel needs the mark to read Chinese"
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows == [["Payee", "Bank", "Account", "Amount", "Claim", "Remark"], ALICE]


def test_it_works_as_xlsx(app: Flask, carol: Visitor) -> None:
    data = export(carol, store_batch(app, ("alice", 1234_50)), "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert [cell.value for cell in sheet[2]] == [*ALICE[:3], 1234.5, *ALICE[4:]]


def test_the_file_has_a_name_that_says_what_it_is(app: Flask, carol: Visitor) -> None:
    export(carol, store_batch(app, ("alice", 1_00)), "csv")
    assert carol.response is not None
    disposition = unquote(carol.response.headers["Content-Disposition"])
    assert disposition.startswith("attachment")
    assert "Payment batch 1.csv" in disposition


def test_a_purpose_never_becomes_a_formula(app: Flask, carol: Visitor) -> None:
    with app.app_context():
        begin_writing(db.session())
        approved(db.session(), "alice", 1_00, purpose='=HYPERLINK("http://evil.example","x")')
        db.session.commit()
    carol.go("/payments/new?claim=1").send("start")
    said = export(carol, 1, "csv").decode("utf-8-sig")
    assert "\"'=HYPERLINK" in said


def test_taking_it_again_is_harmless_and_on_record(app: Flask, carol: Visitor) -> None:
    batch = store_batch(app, ("alice", 1_00))
    assert export(carol, batch, "csv") == export(carol, batch, "csv")
    assert happened(app, events.BATCH_EXPORTED) == 2
    carol.go(f"/payments/batches/{batch}").sees("Exported, not yet paid")


def test_there_is_no_file_once_the_batch_is_over(app: Flask, carol: Visitor) -> None:
    batch = store_batch(app, ("alice", 1_00))
    carol.go(f"/payments/batches/{batch}")
    page = carol.response
    carol.go(f"/payments/batches/{batch}/cancel").send("cancel")
    carol.response = page
    carol.send("export", press=("kind", "csv")).sees("This batch is closed.")
    assert carol.status == 409


@pytest.mark.parametrize("name", ["dan", "ivan", "admin"])
def test_it_refuses_a_stranger(app: Flask, name: str) -> None:
    batch = store_batch(app, ("alice", 1_00))
    visitor = Visitor(app).signed_in(name).post(f"/payments/batches/{batch}/export")
    assert (visitor.status, happened(app, events.BATCH_EXPORTED)) == (404, 0)


def test_it_rejects_get(app: Flask, carol: Visitor) -> None:
    batch = store_batch(app, ("alice", 1_00))
    assert carol.go(f"/payments/batches/{batch}/export").status == 405
