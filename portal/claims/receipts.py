"""Files on a claim, and the lines that e-invoices fill."""

from collections.abc import Sequence
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

MOST_RECEIPTS = 20
"""Per line."""


@dataclass(frozen=True)
class Kept:
    """A file that was accepted and is kept under ``sha256``; ``size`` is in bytes."""

    sha256: str
    filename: str
    media_type: str
    size: int
    pages: int | None = None


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
    any line there is, so that only new ones are filled.

    Raises ``AlreadyClaimed`` when other claims hold all of its invoices, ``Invalid`` when the
    claim has the file already or the line is full, and ``NotNow`` when the claim is full.
    """
    if any(receipt.sha256 == file.sha256 for receipt in claim.receipts):
        raise _twice(file)
    policy = current_policy(session, at.date())
    lines: list[Line] = []
    refused: list[Refusal] = []
    for invoice in read or (None,):
        try:
            home, is_new = _place(session, claim, file, invoice, line, unattended=unattended)
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
        if invoice is not None and (is_new or not unattended):
            invoices = invoices_of(claim, home)
            fill(home, invoices, policy.cities)
            if not home.category:
                home.category = home.guess = guess(
                    session, invoices, policy.categories, claim.company_id
                )
    if not lines:
        raise refused[0]
    price(session, claim, policy, on=at.date())
    session.flush()
    return Attached(tuple(lines), tuple(refused))


def detach(
    session: Session, claim: Claim, receipt_id: int, *, shown: int, at: datetime, editor: Editor = NOBODY
) -> None:
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
) -> tuple[Line, bool]:  # fmt: skip
    """The line for an invoice of the file, and whether it is a new one."""
    same = _same_invoice(session, claim, file, invoice)
    home = line or next((each for each in claim.lines if each.id in same), None)
    if home is None and not unattended:
        home = next((each for each in claim.lines if is_empty(each, claim)), None)
    if home is None:
        return new_line(session, claim), True
    if len(receipts_of(claim, home)) >= MOST_RECEIPTS:
        raise Invalid(
            words("A line has at most %(most)s files. Use another line.", most=MOST_RECEIPTS)
        )
    return home, False


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
