"""Tables from spreadsheets, and tables for them in which no text can become a formula.

A spreadsheet runs a text that begins with one of a few signs; such texts get an apostrophe.
Numbers stay numbers, negative ones too. Source of the rule: OWASP, CSV Injection.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from portal.core.errors import Invalid
from portal.core.money import format_plain
from portal.core.words import Amount, words

Cell = str | int | Decimal | date | Amount | None

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
    """What stands in a cell: amounts with their currency's decimals, days as in ISO 8601."""
    if cell is None:
        return ""
    if isinstance(cell, Amount):
        return format_plain(cell.minor, cell.currency).replace(",", "")
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def csv_lines(lines: Iterable[Iterable[Cell]]) -> Iterator[bytes]:
    """A CSV file of these lines piece by piece, the first being its head; every text is made safe.

    UTF-8 with a byte order mark: spreadsheets then show Chinese without being asked.
    """
    out = io.StringIO(newline="")
    table = csv.writer(out)
    yield b"\xef\xbb\xbf"
    for line in lines:
        table.writerow(
            [safe_cell(cell) if isinstance(cell, str) else cell_text(cell) for cell in line]
        )
        yield out.getvalue().encode("utf-8", "replace")
        out.seek(0)
        out.truncate()


def as_csv(lines: Iterable[Iterable[Cell]]) -> bytes:
    """The whole file that ``csv_lines`` makes."""
    return b"".join(csv_lines(lines))


def read_csv(data: bytes, *, most_bytes: int, most_rows: int) -> list[list[str]]:
    """The lines of a CSV file in UTF-8 (with or without byte order mark) or GB18030.

    ``most_rows`` counts without the heading. Raises ``Invalid`` for what is too large or no
    such file at all. Cells are as they stand there; ``plain_cell`` takes ours back.
    """
    if len(data) > most_bytes:
        raise Invalid(
            words("This file is larger than %(limit)s MB. Split it.", limit=most_bytes // 1024**2)
        )
    reader = csv.reader(io.StringIO(_decoded(data), newline=""), strict=True)
    lines: list[list[str]] = []
    try:
        for line in reader:
            lines.append(line)
            if len(lines) > most_rows + 1:
                raise Invalid(
                    words("This file has more than %(most)s rows. Split it.", most=most_rows)
                )
    except csv.Error:
        raise Invalid(
            words("Line %(line)s of the file has an unclosed quotation mark.", line=reader.line_num)
        ) from None
    if not lines:
        raise Invalid(words("This file is empty. Choose it again."))
    return lines


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid(
        words("This is not a CSV file. Save the table as “CSV UTF-8” and choose that file.")
    )
