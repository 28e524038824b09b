"""The lines of a claim with what proves them, as the claim page shows them."""

from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.claims.models import Line, Receipt
from portal.core.db import Rows, fetch
from portal.core.words import Named
from portal.invoices.models import Invoice
from portal.policy.models import CategoryRow


class ShownInvoice(NamedTuple):
    """What was read from a receipt's file. Amounts are minor units of the yuan."""

    number: str | None
    seller: str | None
    total: int | None
    tax: int | None


class ShownReceipt(NamedTuple):
    id: int
    claim_id: int
    filename: str
    media_type: str
    invoice: ShownInvoice | None


class ShownLine(NamedTuple):
    """One expense. ``amount`` is minor units of the claim's currency."""

    id: int
    spent_on: date | None
    code: str
    name_zh: str | None
    name_en: str | None
    purpose: str
    amount: int | None
    city: str
    nights: int | None
    attendees: str
    cost_centre: str
    objection: str
    receipts: tuple[ShownReceipt, ...]

    @property
    def category(self) -> Named:
        """The name of its category, or the code of one that is gone."""
        return Named(self.name_zh or self.code, self.name_en or self.code)


OF_LINE = (
    Line.id, Line.spent_on, Line.category, CategoryRow.name_zh, CategoryRow.name_en,
    Line.purpose, Line.amount, Line.city, Line.nights, Line.attendees, Line.cost_centre,
    Line.objection,
)  # fmt: skip
LINES = (
    select(
        *OF_LINE,
        Receipt.id.label("receipt_id"), Receipt.claim_id, Receipt.filename, Receipt.media_type,
        Receipt.invoice_id, Invoice.number, Invoice.seller, Invoice.total, Invoice.tax,
    )
    .outerjoin(CategoryRow, CategoryRow.code == Line.category)
    .outerjoin(Receipt, Receipt.line_id == Line.id)
    .outerjoin(Invoice, Invoice.id == Receipt.invoice_id)
    .where(Line.claim_id == bindparam("claim_id"))
    .order_by(Line.position, Line.id, Receipt.id)
)  # fmt: skip
"""A row for each receipt, and one for a line without any."""


def shown_lines(session: Session, claim_id: int) -> tuple[ShownLine, ...]:
    """The claim's lines in their order, each with its receipts. One query."""
    rows = fetch(session, LINES, claim_id=claim_id)
    return tuple(_line(tuple(of_line)) for _id, of_line in groupby(rows, attrgetter("id")))


def _line(rows: Rows) -> ShownLine:
    receipts = tuple(_receipt(row) for row in rows if row.receipt_id is not None)
    return ShownLine._make((*rows[0][: len(OF_LINE)], receipts))


def _receipt(row: Any) -> ShownReceipt:
    invoice = None
    if row.invoice_id is not None:
        invoice = ShownInvoice(row.number, row.seller, row.total, row.tax)
    return ShownReceipt(row.receipt_id, row.claim_id, row.filename, row.media_type, invoice)
