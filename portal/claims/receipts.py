"""Files on a claim, and the lines that e-invoices fill."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.claims.drafting import is_empty, new_line, take_version
from portal.claims.models import Claim, Line, Receipt
from portal.core.errors import Invalid
from portal.core.files import Accepted
from portal.core.words import Words, words
from portal.invoices.models import Invoice
from portal.invoices.readers import ReadInvoice
from portal.invoices.registry import AlreadyClaimed, held_elsewhere

MOST_RECEIPTS = 20
"""Per line."""


@dataclass(frozen=True)
class Upload:
    """A file that was accepted and kept under ``sha256``, and what was read from it."""

    accepted: Accepted
    sha256: str
    read: ReadInvoice | None = None
    unread: Words | None = None


def attach(
    session: Session, claim: Claim, upload: Upload, line: Line | None,
    *, shown: int, at: datetime, editor: str = "",
) -> Line:  # fmt: skip
    """Put a file on ``line``, or on the line its invoice makes or fills when that is None.

    Raises ``AlreadyClaimed`` when another claim holds the invoice, ``Invalid`` when the
    claim has the file already, and ``Stale``. What was typed is never overwritten.
    """
    _refuse_twice(session, claim, upload)
    take_version(session, claim, shown, at, editor)
    if line is None:
        empty = (candidate for candidate in claim.lines if is_empty(candidate, claim))
        line = next(empty, None) or new_line(session, claim)
    elif sum(1 for r in claim.receipts if r.line_id == line.id) >= MOST_RECEIPTS:
        raise Invalid(
            words("A line has at most %(most)s files. Use another line.", most=MOST_RECEIPTS)
        )
    invoice = _store_invoice(session, upload.read) if upload.read else None
    claim.receipts.append(
        Receipt(
            line_id=line.id,
            sha256=upload.sha256,
            filename=upload.accepted.filename,
            media_type=upload.accepted.media_type,
            size=len(upload.accepted.data),
            pages=upload.accepted.pages,
            added_at=at,
            invoice=invoice,
        )
    )
    if invoice is not None:
        _fill(line, invoice)
        claim.total = sum(each.amount or 0 for each in claim.lines)
    session.flush()
    return line


def detach(
    session: Session, claim: Claim, receipt_id: int, *, shown: int, at: datetime, editor: str = ""
) -> None:
    """Take a file off the claim; the line keeps what it says. Raises ``Stale``."""
    take_version(session, claim, shown, at, editor)
    claim.receipts[:] = [receipt for receipt in claim.receipts if receipt.id != receipt_id]
    session.flush()


def _refuse_twice(session: Session, claim: Claim, upload: Upload) -> None:
    key = upload.read.key if upload.read else None
    if key and held_elsewhere(session, [key], claim.id):
        raise AlreadyClaimed(key)
    for receipt in claim.receipts:
        same_invoice = key and receipt.invoice and receipt.invoice.key == key
        if receipt.sha256 == upload.sha256 or (
            same_invoice and receipt.media_type == upload.accepted.media_type
        ):
            raise Invalid(
                words("“%(name)s” is on this claim already.", name=upload.accepted.filename)
            )


def _store_invoice(session: Session, read: ReadInvoice) -> Invoice:
    invoice = Invoice(
        source=read.source,
        key=read.key,
        code=read.code,
        number=read.number,
        issued_on=read.issued_on,
        seller=read.seller,
        seller_tax_id=read.seller_tax_id,
        buyer=read.buyer,
        buyer_tax_id=read.buyer_tax_id,
        net=read.net,
        tax=read.tax,
        total=read.total,
        unread=list(read.unread),
    )
    session.add(invoice)
    return invoice


def _fill(line: Line, invoice: Invoice) -> None:
    if line.spent_on is None and "spent_on" not in line.typed:
        line.spent_on = invoice.issued_on
    # A credit note has a negative total; what to claim of it is the claimant's to say.
    if line.amount is None and "amount" not in line.typed and (invoice.total or 0) > 0:
        line.amount = invoice.total
    if not line.purpose and invoice.seller:
        line.purpose = invoice.seller
