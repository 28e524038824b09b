"""Tables as files for spreadsheets: CSV and XLSX, in which no cell can become a formula."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

import xlsxwriter  # type: ignore[import-untyped]
from flask import Response, send_file

from portal.core.sheets import Cell, as_csv, cell_text
from portal.core.words import Amount

CSV, XLSX = "csv", "xlsx"
MEDIA_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

# What XML 1.0 cannot hold; a spreadsheet would call the whole file damaged.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

WIDEST = 40


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
                widths[column] = max(widths[column], _width(cell_text(cell)))
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
    made = as_csv([head, *rows]) if kind == CSV else as_xlsx(name, head, rows)
    return send_file(
        io.BytesIO(made), MEDIA_TYPES[kind], as_attachment=True, download_name=f"{name}.{kind}",
        max_age=None, etag=False,
    )  # fmt: skip


def _width(text: str) -> int:
    """How many half-width characters the text takes."""
    return sum(1 if char < "\u2e80" else 2 for char in text)
