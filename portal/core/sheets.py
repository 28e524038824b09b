"""Tables for spreadsheets, in which no text can become a formula.

A spreadsheet runs a text that begins with one of a few signs; such texts get an apostrophe.
Numbers stay numbers, negative ones too. Source of the rule: OWASP, CSV Injection.
"""

import csv
import io
import re
from collections.abc import Iterable
from datetime import date

from portal.core.words import Amount

Cell = str | int | date | Amount | None

# Spreadsheets drop what is blank before they look for a formula. With the apostrophes in front,
# ``plain_cell`` finds every text again.
_FORMULA = re.compile(r"'*[\s\ufeff\u200b\x00]*[=+\-@\t\r\n＝＋－＠]")


def safe_cell(text: str) -> str:
    """``text`` such that no spreadsheet takes it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def plain_cell(cell: str) -> str:
    """The text that ``safe_cell`` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def cell_text(cell: Cell) -> str:
    """What stands in a cell: amounts with two decimals, days as in ISO 8601."""
    if cell is None:
        return ""
    if isinstance(cell, Amount):
        sign = "-" if cell.minor < 0 else ""
        return f"{sign}{abs(cell.minor) // 100}.{abs(cell.minor) % 100:02d}"
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def as_csv(lines: Iterable[Iterable[Cell]]) -> bytes:
    """A CSV file of these lines, the first being its head; every text in it is made safe.

    UTF-8 with a byte order mark: spreadsheets then show Chinese without being asked.
    """
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [safe_cell(cell) if isinstance(cell, str) else cell_text(cell) for cell in line]
        for line in lines
    )
    return out.getvalue().encode("utf-8-sig", "replace")
