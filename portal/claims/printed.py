"""What a printed claim (报销单) shows, apart from how it is laid out.

The page that prints fills these from a claim; ``templates/claims/print.html`` sets them on
paper. All amounts are minor units of ``currency``, all moments are already in the company's
time zone, all names, states and decisions already in the words of ``language``.
"""

import base64
import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import segno

from portal.claims.printed_travel import Day, PrintedLeg, column_of, column_sums, travel_days

Language = Literal["zh", "en"]
Paper = Literal["A4", "A5"]
Problem = Literal["encrypted", "broken", "too_long", "missing"]

# Rows of a form of one page, and half-width characters that fit a row's description.
ROWS: dict[Paper, int] = {"A4": 12, "A5": 5}
DESCRIPTION_WIDTH = 34

CHECK_VALUE_LETTERS = 12  # 60 bits: nobody guesses one, everybody can compare two
LOOKALIKES = str.maketrans("018", "OIB")


@dataclass(frozen=True)
class PrintedLine:
    """One expense; ``position`` counts from 1 and is what receipts refer to.

    ``category_code`` is the same in both languages, and what the check value is made of.
    """

    position: int
    date: date
    category: str
    category_code: str
    description: str
    city: str
    amount: int
    ends_on: Day | None = None
    leg: PrintedLeg | None = None
    worked_out: str = ""
    """From what the amount was worked out, such as a sum in another currency and its rate."""
    tax: int | None = None
    """The tax in it that the company recovers."""

    @property
    def figures(self) -> str:
        """The amount without a currency sign, for the column of amounts."""
        return figures(self.amount)

    @property
    def column(self) -> str:
        """The column of the travel form that the amount stands in."""
        return column_of(self)


@dataclass(frozen=True)
class PrintedOpinion:
    """What one person decided at one step; ``on_behalf_of`` names whom a delegate stood in for."""

    step: str
    decision: str
    comment: str
    person: str
    on_behalf_of: str | None
    at: datetime
    is_finance: bool = False


@dataclass(frozen=True)
class PrintedPayment:
    paid_on: date
    reference: str
    payer: str


@dataclass(frozen=True)
class PrintedReceipt:
    """A file that proves a line; ``values`` are label and value pairs read from OFD or XML.

    ``pages`` and ``problem`` of a PDF are what ``portal.core.pdf.receipt_pages`` found.
    """

    line: int
    filename: str
    sha256: str
    media_type: str
    pages: int = 1
    values: tuple[tuple[str, str], ...] = ()
    problem: Problem | None = None

    @property
    def kind(self) -> Literal["problem", "picture", "pdf", "values"]:
        """How it goes on paper."""
        if self.problem:
            return "problem"
        if self.media_type.startswith("image/"):
            return "picture"
        return "pdf" if self.media_type == "application/pdf" else "values"

    @property
    def sheets(self) -> int:
        """Sheets of paper it makes when printed for filing."""
        return max(self.pages, 1) if self.kind == "pdf" else 1


@dataclass(frozen=True)
class PrintedClaim:
    """One claim as it goes on paper.

    ``state`` is a code, part of the check value; ``state_label`` is what people call it.
    ``as_of`` is the moment of the claim's last change, not of printing: the same claim is
    the same document, and comes from the cache.
    """

    company: str
    title: str
    number: str
    state: str
    state_label: str
    filled_on: date
    claimant: str
    employee_number: str
    department: str
    grade: str
    purpose: str
    total: int
    total_in_words: str
    lines: tuple[PrintedLine, ...]
    opinions: tuple[PrintedOpinion, ...]
    payment: PrintedPayment | None
    receipts: tuple[PrintedReceipt, ...]
    verify_url: str
    check_value: str
    language: Language
    as_of: datetime
    currency: str = "CNY"
    entered_by: str = ""
    """The colleague who filled it for the claimant."""
    kind: str = "expense"
    trip: str = ""
    settled: tuple[tuple[str, int], ...] = ()
    """Numbers of the advances that are settled, or will be at payment, each with how much."""

    @property
    def to_pay(self) -> int:
        """What is left to transfer."""
        return self.total - sum(amount for _number, amount in self.settled)

    @property
    def days(self) -> tuple[date, date] | None:
        """From the first to the last day of the travel."""
        return travel_days(self.lines)

    @property
    def columns(self) -> dict[str, int]:
        """The sums of the travel form's columns."""
        return column_sums(self.lines)

    @property
    def attachment_count(self) -> int:
        """附件__张: sheets that hang on the form. A file on two lines hangs there once."""
        return sum(receipt.sheets for receipt in self.receipts_in_order)

    @property
    def receipts_in_order(self) -> tuple[PrintedReceipt, ...]:
        """The receipts in the order of lines, each file once."""
        seen: dict[str, PrintedReceipt] = {}
        for receipt in sorted(self.receipts, key=lambda receipt: receipt.line):
            seen.setdefault(receipt.sha256, receipt)
        return tuple(seen.values())

    def blank_rows(self, paper: Paper) -> int:
        """Rows left above the total, which are struck so that nothing can be added by hand."""
        taken = len(self.lines) if self.kind == "travel" else rows_taken(self.lines)
        return max(0, ROWS[paper] - taken)

    @property
    def qr(self) -> str:
        """The address that says whether the paper matches the record, as SVG markup."""
        return qr_svg(self.verify_url)

    @property
    def finance_review(self) -> PrintedOpinion | None:
        """The last word of finance, for the box at the foot of the form."""
        return next((one for one in reversed(self.opinions) if one.is_finance), None)

    def line_of(self, receipt: PrintedReceipt) -> PrintedLine | None:
        return next((line for line in self.lines if line.position == receipt.line), None)

    def figures(self, minor: int) -> str:
        """An amount without a currency sign."""
        return figures(minor)

    def money(self, minor: int) -> str:
        """``¥1,234.50``: the sign directly before the digits; other currencies by their code."""
        return money(minor, self.currency)


def money(minor: int, currency: str) -> str:
    """An amount with the sign or code of its currency directly before the digits."""
    sign = "¥" if currency == "CNY" else f"{currency} "
    return f"-{sign}{figures(-minor)}" if minor < 0 else sign + figures(minor)


def figures(minor: int) -> str:
    """Minor units as digits: ``123450`` is ``1,234.50``."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100:,}.{abs(minor) % 100:02d}"


def rows_taken(lines: Iterable[PrintedLine]) -> int:
    """Rows the lines fill, counting those that long descriptions run on into."""
    return sum(
        max(1, -(-_width(line.description) // DESCRIPTION_WIDTH))
        + bool(line.worked_out)
        + bool(line.tax)
        for line in lines
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def check_value(
    secret: bytes, *, number: str, total: int, lines: Sequence[PrintedLine], state: str
) -> str:
    """A short keyed digest of what the form says, such as ``K7QF-2M5D-XW3A``.

    ``total`` is in minor units. Whoever changes the paper cannot make the value fit. Base32 of
    RFC 4648 has no 0, 1 and 8, so no two characters are mistaken for each other.
    """
    said: list[str | int] = [number, total, state]
    for line in lines:
        said += [line.date.isoformat(), line.category_code, line.description, line.city]
        said.append(line.amount)
        if line.leg:
            said += line.leg.said
        if line.tax:
            said.append(line.tax)
    return keyed_digest(secret, said)


def keyed_digest(secret: bytes, said: Sequence[str | int]) -> str:
    """A short keyed digest of ``said`` in groups of four letters."""
    digest = hmac.new(secret, json.dumps(said).encode(), hashlib.sha256).digest()
    letters = base64.b32encode(digest).decode()[:CHECK_VALUE_LETTERS]
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def same_check_value(typed: str, expected: str) -> bool:
    """Whether a typed check value is the expected one, whatever its case, spaces and dashes."""
    plain = "".join(char for char in typed.upper() if char.isalnum()).translate(LOOKALIKES)
    return hmac.compare_digest(plain.encode(), expected.replace("-", "").encode())


def qr_svg(address: str) -> str:
    """The address as a QR code: an SVG element that fills the box it is put in.

    One path per row: WeasyPrint's time grows with the square of a path's length.
    """
    rows = [bytes(row) for row in segno.make_qr(address, error="m").matrix]
    paths = "".join(f'<path d="{_dark_runs(row, y)}"/>' for y, row in enumerate(rows))
    box = f'viewBox="0 0 {len(rows)} {len(rows)}"'
    # Rows a hair taller than one module, so that no seam shows between them.
    pen = 'stroke="#000" stroke-width="1.02"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box} {pen}>{paths}</svg>'


def _dark_runs(row: bytes, y: int) -> str:
    """The runs of dark modules as strokes along the middle of the row."""
    return "".join(f"M{run.start()} {y}.5H{run.end()}" for run in re.finditer(b"\x01+", row))
