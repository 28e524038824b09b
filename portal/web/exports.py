"""Tables as files for spreadsheets: CSV and XLSX, in which no cell can become a formula.

Both are made row by row: a table of any length needs little memory.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter  # type: ignore[import-untyped]
from babel.numbers import get_currency_precision
from flask import Response, send_file, stream_with_context

from portal.core.sheets import Cell, cell_text, csv_lines
from portal.core.words import Amount
from portal.web.downloads import named

CSV, XLSX = "csv", "xlsx"
MEDIA_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

# What XML 1.0 cannot hold; a spreadsheet would call the whole file damaged.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

WIDEST = 40
MEASURED = 500
"""Rows that the widths of columns are taken from."""
MOST_ROWS = 1_048_575
"""Rows below the head of a sheet; spreadsheets hold no more, the rest goes to a further sheet."""

About = Sequence[tuple[str, str]]
"""What a table holds: a label and a text for each thing to know about it."""


def write_xlsx(
    file: IO[bytes], title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]],
    about: About = (), about_title: str = "",
) -> None:  # fmt: skip
    """Write the table as a sheet called ``title``, its head frozen and every text a text.

    What it is ``about`` goes to a sheet of its own behind it.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}  # fmt: skip
    with xlsxwriter.Workbook(file, options) as book:
        sheets, left = 0, iter(rows)
        while True:
            sheets += 1
            name = _sheet_name(title, sheets)
            if _Sheet(book, name, head).fill(islice(left, MOST_ROWS)) < MOST_ROWS:
                break
        if about:
            _Sheet(book, _sheet_name(about_title), ()).fill(about)


class _Sheet:
    """A sheet of a book that is being written, row after row."""

    def __init__(self, book: Any, name: str, head: Sequence[str]):
        self.sheet = book.add_worksheet(name)
        self.text = book.add_format({"num_format": "@"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.money = cache(
            lambda decimals: book.add_format(
                {"num_format": f"#,##0.{'0' * decimals}" if decimals else "#,##0"}
            )
        )
        self.widths: dict[int, int] = {}
        self.row = 0
        if head:
            bold = book.add_format({"bold": True})
            for column, label in enumerate(head):
                self._measure(column, label)
                self.sheet.write_string(0, column, _CONTROL.sub("", label), bold)
            self.sheet.freeze_panes(1, 0)
            self.row = 1

    def fill(self, rows: Iterable[Sequence[Cell]]) -> int:
        """Write the rows and the widths of their columns; how many rows there were."""
        begun = self.row
        for row in rows:
            for column, cell in enumerate(row):
                if self.row <= MEASURED:
                    self._measure(column, cell_text(cell))
                self._write(column, cell)
            self.row += 1
        for column, width in self.widths.items():
            self.sheet.set_column(column, column, min(width, WIDEST) + 2)
        return self.row - begun

    def _write(self, column: int, cell: Cell) -> None:
        if isinstance(cell, Amount):
            decimals = get_currency_precision(cell.currency)
            value = cell.minor / 10**decimals
            self.sheet.write_number(self.row, column, value, self.money(decimals))
        elif isinstance(cell, int | Decimal):
            self.sheet.write_number(self.row, column, cell)
        elif isinstance(cell, date):
            self.sheet.write_datetime(self.row, column, cell, self.day)
        elif cell:
            self.sheet.write_string(self.row, column, _CONTROL.sub("", cell), self.text)

    def _measure(self, column: int, text: str) -> None:
        self.widths[column] = max(self.widths.get(column, 0), _width(text))


def download(
    kind: str, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]],
    about: About = (), about_title: str = "",
) -> Response:  # fmt: skip
    """The table as a file to keep, called ``name``; ``kind`` is ``CSV`` or ``XLSX``.

    A CSV file is sent while ``rows`` are read; an XLSX file is first made, on the disk.
    """
    if kind == CSV:
        sent = stream_with_context(csv_lines(chain([head], rows)))
        return named(Response(sent, content_type=MEDIA_TYPES[CSV]), f"{name}.{CSV}")
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it when it is sent
    write_xlsx(file, name, head, rows, about, about_title)
    size = file.tell()
    file.seek(0)
    response = send_file(file, MEDIA_TYPES[XLSX], max_age=None, etag=False)
    response.content_length = size
    return named(response, f"{name}.{XLSX}")


def _sheet_name(title: str, number: int = 1) -> str:
    """A name that a spreadsheet allows; several sheets of one table are numbered."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", title)
    return plain[:31] if number == 1 else f"{plain[:27]} {number}"


def _width(text: str) -> int:
    """How many half-width characters the text takes."""
    return len(text) if text.isascii() else sum(1 if char < "\u2e80" else 2 for char in text)
