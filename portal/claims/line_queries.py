"""The lines of a claim with what proves them, as the claim page shows them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from portal.claims.models import Line, Receipt, Split
from portal.claims.origins import READ_INTO, Origin, origins, stands
from portal.claims.printed_travel import PrintedLeg, leg_of
from portal.core.db import Rows, fetch
from portal.core.words import Named
from portal.invoices.models import Invoice
from portal.people.models import Project
from portal.policy.models import CategoryRow


class Stated(NamedTuple):
    """A value that another source of an invoice states for one of its fields."""

    field: str
    source: str
    value: str


class ShownCheck(NamedTuple):
    """The last verification of an invoice, as ``portal.invoices.checking.Checked``."""

    outcome: str
    by: str
    at: datetime


class ShownInvoice(NamedTuple):
    """What was read from a receipt's file. Amounts are minor units of the yuan.

    ``journey`` and ``passenger`` are those of tickets, ``disputed`` is what no field of the
    line shows, ``checked`` is None for an invoice that is not verified.
    """

    key: str | None
    kind: str
    special: bool | None
    number: str | None
    issued_on: date | None
    seller: str | None
    total: int | None
    tax: int | None
    journey: str
    passenger: str
    disputed: tuple[Stated, ...]
    checked: ShownCheck | None = None


class ShownReceipt(NamedTuple):
    id: int
    claim_id: int
    filename: str
    media_type: str
    page: int | None
    invoice: ShownInvoice | None


class ShownOrigin(NamedTuple):
    """Where a value of a line comes from.

    ``state`` is ``read``, ``typed`` or ``blank`` where the line does not say what the file
    does, and ``disputed`` where the file does not know itself.
    """

    field: str
    source: str
    value: str
    state: str
    others: tuple[Stated, ...]


class ShownPart(NamedTuple):
    """What one cost centre or project bears, in minor units; ``share`` as ``Split`` has it."""

    cost_centre: str
    project_zh: str | None
    project_en: str | None
    share: int | None
    amount: int

    @property
    def project(self) -> Named | None:
        """The project that bears it."""
        return Named(self.project_zh, self.project_en or "") if self.project_zh else None


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
    currency: str
    original: int | None
    rate: str | None
    rate_on: date | None
    quantity: str | None
    unit_price: int | None
    ends_on: date | None
    leg: PrintedLeg | None
    tax: int | None
    computed: str | None
    project_zh: str | None
    project_en: str | None
    is_split: bool
    receipts: tuple[ShownReceipt, ...]
    origins: tuple[ShownOrigin, ...]
    parts: tuple[ShownPart, ...]

    @property
    def project(self) -> Named | None:
        """The project that bears it as a whole."""
        return Named(self.project_zh, self.project_en or "") if self.project_zh else None

    @property
    def category(self) -> Named:
        """The name of its category, or the code of one that is gone."""
        return Named(self.name_zh or self.code, self.name_en or self.code)


OF_LINE = (
    Line.id, Line.spent_on, Line.category, CategoryRow.name_zh, CategoryRow.name_en,
    Line.purpose, Line.amount, Line.city, Line.nights, Line.attendees, Line.cost_centre,
    Line.objection, Line.currency, Line.original, Line.rate, Line.rate_on, Line.quantity,
    Line.unit_price, Line.ends_on, Line.leg, Line.tax.label("recovered"), CategoryRow.computed,
    Project.name_zh.label("project_zh"), Project.name_en.label("project_en"),
    exists().where(Split.line_id == Line.id).label("is_split"),
)  # fmt: skip
OF_INVOICE = (
    Invoice.key, Invoice.source, Invoice.kind, Invoice.special, Invoice.number, Invoice.issued_on,
    Invoice.seller, Invoice.total, Invoice.tax, Invoice.details, Invoice.sources,
    Invoice.disagreements,
)  # fmt: skip
LINES = (
    select(
        *OF_LINE,
        Line.merchant, Line.typed,
        Receipt.id.label("receipt_id"), Receipt.claim_id, Receipt.filename, Receipt.media_type,
        Receipt.page, Receipt.invoice_id, *OF_INVOICE,
    )
    .outerjoin(CategoryRow, CategoryRow.code == Line.category)
    .outerjoin(Project, Project.id == Line.project_id)
    .outerjoin(Receipt, Receipt.line_id == Line.id)
    .outerjoin(Invoice, Invoice.id == Receipt.invoice_id)
    .where(Line.claim_id == bindparam("claim_id"))
    .order_by(Line.position, Line.id, Receipt.id)
)  # fmt: skip
"""A row for each receipt, and one for a line without any."""


PARTS = (
    select(
        Split.line_id, Split.cost_centre, Split.share, Split.amount,
        Project.name_zh, Project.name_en,
    )
    .join(Line, Line.id == Split.line_id)
    .outerjoin(Project, Project.id == Split.project_id)
    .where(Line.claim_id == bindparam("claim_id"))
    .order_by(Split.line_id, Split.position)
)  # fmt: skip


def shown_lines(session: Session, claim_id: int) -> tuple[ShownLine, ...]:
    """The claim's lines in their order, each with its receipts. One query, two with parts."""
    rows = fetch(session, LINES, claim_id=claim_id)
    lines = [_line(tuple(of_line)) for _id, of_line in groupby(rows, attrgetter("id"))]
    if not any(line.is_split for line in lines):
        return tuple(lines)
    parts: dict[int, list[ShownPart]] = {}
    for row in fetch(session, PARTS, claim_id=claim_id):
        part = ShownPart(row.cost_centre, row.name_zh, row.name_en, row.share, row.amount)
        parts.setdefault(row.line_id, []).append(part)
    return tuple(line._replace(parts=tuple(parts.get(line.id, ()))) for line in lines)


def shown_receipt(receipt: Receipt) -> ShownReceipt:
    """A stored receipt with its invoice, as pages show it."""
    return ShownReceipt(
        receipt.id, receipt.claim_id, receipt.filename, receipt.media_type, receipt.page,
        _invoice(receipt.invoice) if receipt.invoice else None,
    )  # fmt: skip


def shown_origins(
    line: Line, invoices: Sequence[Invoice], cities: Collection[str] = ()
) -> tuple[ShownOrigin, ...]:
    """Where the values of a line come from, as pages show it."""
    return tuple(
        ShownOrigin(
            field=name,
            source=one.source,
            value=one.value,
            state=_state(line, name, one),
            others=tuple(Stated(name, each.source, each.value) for each in one.disagreements),
        )
        for name, one in origins(line, invoices, cities).items()
    )


def _state(line: Line, name: str, origin: Origin) -> str:
    if not origin.source:
        return "disputed"
    if not origin.typed_differs:
        return "read"
    return "typed" if name in line.typed or stands(line, name) else "blank"


def _line(rows: Rows) -> ShownLine:
    receipts = tuple(
        ShownReceipt(
            row.receipt_id, row.claim_id, row.filename, row.media_type, row.page,
            _invoice(row) if row.invoice_id is not None else None,
        )
        for row in rows
        if row.receipt_id is not None
    )  # fmt: skip
    # A row has the fields of a line and those of an invoice.
    read: Any = [row for row in rows if row.invoice_id is not None]
    origin = shown_origins(rows[0], read) if read else ()
    return ShownLine._make((*map(_plain, rows[0][: len(OF_LINE)]), receipts, origin, ()))


def _plain(value: Any) -> Any:
    """Rates and quantities as text: 7.10 equals 7.1 and reads otherwise. A leg as it is shown."""
    if isinstance(value, dict):
        return leg_of(value)
    return format(value, "f") if isinstance(value, Decimal) else value


def _invoice(row: Any) -> ShownInvoice:
    told = row.details
    return ShownInvoice(
        key=row.key,
        kind=row.kind,
        special=row.special,
        number=row.number,
        issued_on=row.issued_on,
        seller=row.seller,
        total=row.total,
        tax=row.tax,
        journey=" ".join(filter(None, (
            "–".join(filter(None, (told.get("from"), told.get("to")))),
            told.get("number"), told.get("departure"),
        ))),
        passenger=told.get("passenger", ""),
        disputed=tuple(
            Stated(each["field"], each["source"], each["value"])
            for each in row.disagreements
            if each["field"] not in READ_INTO.values()
        ),
    )  # fmt: skip
