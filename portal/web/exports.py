"""Tables as files for spreadsheets: CSV and XLSX, in which no cell can become a formula.

A spreadsheet runs a text that begins with one of a few signs. Such texts get an apostrophe in
CSV and the type of text in XLSX; numbers stay numbers, negative ones too. Source of the rule:
OWASP, CSV Injection.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

import xlsxwriter  # type: ignore[import-untyped]
from flask import Response, send_file

from portal.core.words import Amount

Cell = str | int | date | Amount | None

CSV, XLSX = "csv", "xlsx"
MEDIA_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

# Spreadsheets drop what is blank before they look for a formula.
_STARTS_FORMULA = re.compile(r"[\s\ufeff\u200b\x00]*[=+\-@\t\r\n＝＋－＠]")
# What XML 1.0 cannot hold; a spreadsheet would call the whole file damaged.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

WIDEST = 40


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table as UTF-8 with a byte order mark, which Excel needs to read Chinese."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_csv_cell(name) for name in head])
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def as_xlsx(title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table as one sheet called ``title``, its head frozen and every text a text."""
    data = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}  # fmt: skip
    with xlsxwriter.Workbook(data, options) as book:
        sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31])
        bold = book.add_format({"bold": True})
        text = book.add_format({"num_format": "@"})
        money = book.add_format({"num_format": "#,##0.00"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        widths = [_width(name) for name in head]
        for column, name in enumerate(head):
            sheet.write_string(0, column, _CONTROL.sub("", name), bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                widths[column] = max(widths[column], _width(_plain(cell)))
                if isinstance(cell, Amount):
                    sheet.write_number(number, column, cell.minor / 100, money)
                elif isinstance(cell, int):
                    sheet.write_number(number, column, cell)
                elif isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                else:
                    sheet.write_string(number, column, _CONTROL.sub("", cell or ""), text)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width, WIDEST) + 2)
        sheet.freeze_panes(1, 0)
    return data.getvalue()


def download(kind: str, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """The table as a file to keep, called ``name``; ``kind`` is ``CSV`` or ``XLSX``."""
    made = as_csv(head, rows) if kind == CSV else as_xlsx(name, head, rows)
    return send_file(
        io.BytesIO(made), MEDIA_TYPES[kind], as_attachment=True, download_name=f"{name}.{kind}",
        max_age=None, etag=False,
    )  # fmt: skip


def _csv_cell(cell: Cell) -> str:
    plain = _plain(cell)
    if isinstance(cell, str) and _STARTS_FORMULA.match(plain):
        return f"'{plain}"
    return plain


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Amount):
        sign = "-" if cell.minor < 0 else ""
        return f"{sign}{abs(cell.minor) // 100}.{abs(cell.minor) % 100:02d}"
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def _width(text: str) -> int:
    """How many half-width characters the text takes."""
    return sum(1 if char < "\u2e80" else 2 for char in text)
