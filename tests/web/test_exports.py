"""Files for spreadsheets: read by a spreadsheet, harmless in it."""

import csv
import io
from datetime import date

import openpyxl
import pytest

from portal.core.sheets import Cell, as_csv
from portal.core.words import Amount
from portal.web.exports import write_xlsx

HEAD = ["Payee", "Amount"]

DANGEROUS = [
    "=1+1",
    "+86 21 5555",
    "-2+3",
    '@SUM(A1:A9)&cmd|"/c calc"!A0',
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u3000=1+1",
    "\ufeff=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
]


def from_csv(rows: list[list[Cell]]) -> list[list[str]]:
    text = as_csv([HEAD, *rows]).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))[1:]


def from_xlsx(rows: list[list[Cell]]) -> list[list[openpyxl.cell.Cell]]:
    write_xlsx(file := io.BytesIO(), "Batch", HEAD, rows)
    book = openpyxl.load_workbook(file)
    return [list(row) for row in book.worksheets[0].iter_rows(min_row=2)]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_becomes_a_formula_in_csv(text: str) -> None:
    [[cell]] = from_csv([[text]])
    assert cell == f"'{text}", "the cell must begin with an apostrophe and lose nothing"


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_becomes_a_formula_in_xlsx(text: str) -> None:
    cell = from_xlsx([[text]])[0][0]
    assert cell.data_type == "s", f"{text!r} is a {cell.data_type}, not a text"


@pytest.mark.parametrize("text", ["晨星科技", "O'Neill", "6222 0000 0001", "a=b", "", "010-1234"])
def test_a_harmless_text_stays_as_it_is(text: str) -> None:
    assert from_csv([[text]]) == ([[text]] if text else [[""]])


@pytest.mark.parametrize(
    ("minor", "plain", "number"),
    [(123450, "1234.50", 1234.5), (5, "0.05", 0.05), (-250, "-2.50", -2.5), (0, "0.00", 0)],
)
def test_amounts_are_plain_numbers_also_below_zero(minor: int, plain: str, number: float) -> None:
    rows: list[list[Cell]] = [["Alice", Amount(minor)]]
    assert from_csv(rows) == [["Alice", plain]]
    assert from_xlsx(rows)[0][1].value == number


def test_a_long_account_number_keeps_every_digit() -> None:
    account = "6222020200112233445"
    assert from_xlsx([[account]])[0][0].value == account


def test_days_are_days() -> None:
    assert from_csv([[date(2026, 3, 31)]]) == [["2026-03-31"]]
    assert from_xlsx([[date(2026, 3, 31)]])[0][0].is_date


def test_excel_learns_that_the_csv_is_utf_8() -> None:
    assert as_csv([["收款人"]]).startswith(b"\xef\xbb\xbf")


def test_commas_quotes_and_line_breaks_stay_in_their_cell() -> None:
    said = 'taxi, "late"\nand back'
    assert from_csv([[said, Amount(100)]]) == [[said, "1.00"]]


def test_signs_that_xml_cannot_hold_do_not_damage_the_file() -> None:
    assert from_xlsx([["tax\x00i\x0b"]])[0][0].value == "taxi"
