"""Files on a claim, and the lines that e-invoices fill."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy.orm import Session

from portal.claims.drafting import NOBODY, Editor, is_empty, new_line, receipts_of, take_version
from portal.claims.guessing import guess
from portal.claims.models import Claim, Line, Reading, Receipt
from portal.claims.origins import fill
from portal.claims.pricing import price
from portal.core.errors import Invalid, Refusal
from portal.core.files import Accepted
from portal.core.words import Words, words
from portal.invoices.models import Invoice
from portal.invoices.readers import ReadInvoice
from portal.invoices.readers.invoice import Disagreement, Item
from portal.invoices.registry import AlreadyClaimed, held_elsewhere
from portal.policy.queries import current_policy
from portal.policy.rules import Policy

MOST_RECEIPTS = 20
"""Per line."""
BESIDES = ("merchant", "city", "attendees", "cost_centre", "reason", "objection", "nights",
           "quantity", "unit_price", "ends_on", "project_id", "splits")  # fmt: skip
"""What may stand on a line that an invoice may still fill."""


@dataclass(frozen=True)
class Kept:
    """A file that is kept under ``sha256``; ``size`` is in bytes.

    Without a ``media_type`` nobody has looked at it yet: it goes on no claim and is never shown.
    """

    sha256: str
    filename: str
    media_type: str
    size: int
    pages: int | None = None

    @property
    def looked_at(self) -> bool:
        return bool(self.media_type)


@dataclass(frozen=True)
class Upload:
    """A file that was accepted and kept, and the invoices that were read from it."""

    accepted: Accepted
    sha256: str
    read: tuple[ReadInvoice, ...] = ()
    unread: Words | None = None

    @property
    def kept(self) -> Kept:
        """The file without its content."""
        return Kept(
            self.sha256, self.accepted.filename, self.accepted.media_type,
            len(self.accepted.data), self.accepted.pages,
        )  # fmt: skip


@dataclass(frozen=True)
class Attached:
    """The lines that a file came to, and which of its invoices were refused, and why."""

    lines: tuple[Line, ...]
    refused: tuple[Refusal, ...] = ()


def kept(reading: Reading) -> Kept:
    """The file of a row that waits to be read."""
    return Kept(**{field.name: getattr(reading, field.name) for field in fields(Kept)})


def attach(
    session: Session, claim: Claim, upload: Upload, line: Line | None,
    *, shown: int, at: datetime, editor: Editor = NOBODY,
) -> Attached:  # fmt: skip
    """Put a file on ``line``, or where ``put`` finds a place for it when that is None.

    Raises ``Stale`` and what ``put`` raises; then nothing changed but the version.
    """
    take_version(session, claim, shown, at, editor)
    return put(session, claim, upload.kept, upload.read, line, at=at)


def put(
    session: Session, claim: Claim, file: Kept, read: Sequence[ReadInvoice], line: Line | None,
    *, at: datetime, unattended: bool = False,
) -> Attached:  # fmt: skip
    """Put a file on the claim, a receipt for each of its invoices; the caller holds the version.

    An invoice goes to ``line``, else to the line that has another file of it, else to an empty
    or a new one. Only what is blank there is filled. ``unattended``: somebody may be typing in
    the empty line, which is left to him.

    Raises ``AlreadyClaimed`` when other claims hold all of its invoices, ``Invalid`` when the
    line is full, or the claim has the file already, which then fills what is blank again; and
    ``NotNow`` when the claim is full.
    """
    if not file.looked_at:
        raise ValueError("nobody has looked at this file")
    policy = current_policy(session, at.date())
    again = {receipt.line_id for receipt in claim.receipts if receipt.sha256 == file.sha256}
    if again:
        # A page that is sent twice does not know what its file filled in the first time.
        for known in claim.lines:
            if known.id in again:
                fill_blanks(session, claim, known, policy)
        price(session, claim, policy, on=at.date())
        raise _twice(file)
    lines: list[Line] = []
    refused: list[Refusal] = []
    for invoice in read or (None,):
        try:
            home = _place(session, claim, file, invoice, line, unattended=unattended)
        except Refusal as refusal:
            refused.append(refusal)
            continue
        claim.receipts.append(
            Receipt(
                line_id=home.id,
                sha256=file.sha256,
                filename=file.filename,
                media_type=file.media_type,
                size=file.size,
                pages=file.pages,
                page=invoice.page if invoice else None,
                added_at=at,
                invoice=stored(invoice) if invoice else None,
            )
        )
        session.flush()
        if home not in lines:
            lines.append(home)
        if invoice is not None:
            fill_blanks(session, claim, home, policy)
    if not lines:
        raise refused[0]
    price(session, claim, policy, on=at.date())
    session.flush()
    return Attached(tuple(lines), tuple(refused))


def fill_blanks(session: Session, claim: Claim, line: Line, policy: Policy) -> None:
    """Fill what is blank on a line with what the invoices of its files say, or let guess."""
    invoices = invoices_of(claim, line)
    fill(line, invoices, policy.cities)
    if not line.category:
        line.category = line.guess = guess(session, invoices, policy.categories, claim.company_id)


def clear_way(session: Session, claim: Claim, kept_lines: Collection[Line]) -> None:
    """Take lines off on which nothing stands, before files make lines of their own.

    Not those in ``kept_lines``. The caller holds the version.
    """
    claim.lines[:] = [
        line
        for line in claim.lines
        if line in kept_lines
        or not is_empty(line, claim)
        or any(getattr(line, name) for name in BESIDES)
    ]
    session.flush()


def detach(
    session: Session, claim: Claim, receipt_id: int,
    *, shown: int, at: datetime, editor: Editor = NOBODY,
) -> None:  # fmt: skip
    """Take a file off the claim; the line keeps what it says. Raises ``Stale``."""
    take_version(session, claim, shown, at, editor)
    claim.receipts[:] = [receipt for receipt in claim.receipts if receipt.id != receipt_id]
    session.flush()


def invoices_of(claim: Claim, line: Line) -> list[Invoice]:
    """The invoices of one line, in the order of its receipts."""
    return [receipt.invoice for receipt in receipts_of(claim, line) if receipt.invoice]


def _place(
    session: Session, claim: Claim, file: Kept, invoice: ReadInvoice | None, line: Line | None,
    *, unattended: bool,
) -> Line:  # fmt: skip
    """The line for an invoice of the file."""
    same = _same_invoice(session, claim, file, invoice)
    home = line or next((each for each in claim.lines if each.id in same), None)
    if home is None and not unattended:
        home = next((each for each in claim.lines if is_empty(each, claim)), None)
    if home is None:
        return new_line(session, claim)
    if len(receipts_of(claim, home)) >= MOST_RECEIPTS:
        raise Invalid(
            words("A line has at most %(most)s files. Use another line.", most=MOST_RECEIPTS)
        )
    return home


def _same_invoice(
    session: Session, claim: Claim, file: Kept, invoice: ReadInvoice | None
) -> set[int]:
    """The ids of the lines that have other files of the invoice."""
    key = invoice.key if invoice else None
    if not key:
        return set()
    held = held_elsewhere(session, [key], claim.id, claim.claimant_id)
    if held:
        raise AlreadyClaimed(key, held[key])
    same = [each for each in claim.receipts if each.invoice and each.invoice.key == key]
    if any(each.media_type == file.media_type for each in same):
        raise _twice(file)
    return {each.line_id for each in same}


def _twice(file: Kept) -> Invalid:
    return Invalid(words("“%(name)s” is on this claim already.", name=file.filename))


def stored(read: ReadInvoice) -> Invoice:
    """What was read as a row."""
    values = {
        name: getattr(read, name)
        for name in (
            "source", "kind", "special", "page", "key", "code", "number", "issued_on", "seller",
            "seller_tax_id", "buyer", "buyer_tax_id", "net", "tax", "total",
        )
    }  # fmt: skip
    return Invoice(
        **values,
        unread=list(read.unread),
        sources=dict(read.sources),
        details=dict(read.details),
        items=[_data(item) for item in read.items],
        disagreements=[_data(each) for each in read.disagreements],
    )


def _data(part: Item | Disagreement) -> dict[str, str | int | None]:
    return {field.name: getattr(part, field.name) for field in fields(part)}
