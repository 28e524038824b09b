"""What was read from an e-invoice file, where each value came from, and what was disputed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from portal.core.errors import Invalid
from portal.invoices.keys import key_of

Source = Literal["xml", "ofd", "pdf", "qr", "text", "ocr"]
SOURCES: tuple[Source, ...] = get_args(Source)
"""From the one trusted most to the one trusted least."""

Kind = Literal["digital", "vat", "rail", "flight", "toll", "other"]


class Unreadable(Invalid):
    """No invoice could be read; the words say that it must be typed."""


@dataclass(frozen=True)
class Item:
    """One line of an invoice: what was sold, its amount net of tax and its tax in fen.

    ``rate`` is a percentage such as ``6%``, or what stands in its place: 免税 or 不征税.
    """

    name: str
    amount: int | None = None
    rate: str | None = None
    tax: int | None = None


@dataclass(frozen=True)
class Fields:
    """The values one source of a file gives, ``None`` where it gives none; sums in fen.

    ``spelled`` is the total in words. ``either`` is the amount of a QR code: the total of fully
    digital invoices, usually the net of older ones. ``parts`` is what flights add to the tax.
    """

    code: str | None = None
    number: str | None = None
    issued_on: date | None = None
    seller: str | None = None
    seller_tax_id: str | None = None
    buyer: str | None = None
    buyer_tax_id: str | None = None
    net: int | None = None
    tax: int | None = None
    total: int | None = None
    spelled: int | None = None
    either: int | None = None
    parts: int | None = None
    special: bool | None = None
    kind: Kind | None = None
    type_code: str | None = None
    items: tuple[Item, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)

    def same_invoice(self, other: "Fields") -> bool:
        """Whether both name an invoice, and the same."""
        codes = {self.code, other.code} - {None}
        return self.number is not None and self.number == other.number and len(codes) < 2

    def is_other_than(self, other: "Fields") -> bool:
        """Whether both name an invoice, and not the same."""
        numbers = {self.number, other.number} - {None}
        codes = {self.code, other.code} - {None}
        return len(numbers) > 1 or len(codes) > 1


@dataclass(frozen=True)
class Found:
    """What one source says of one invoice, and on which page (from 1) if it says so on one."""

    source: Source
    fields: Fields
    page: int | None = None


@dataclass(frozen=True)
class Disagreement:
    """A value that one source states and another source, or a sum, contradicts.

    ``field`` is the name of a value of ``ReadInvoice``; amounts are plain text such as 318.00.
    """

    field: str
    source: Source
    value: str


@dataclass(frozen=True)
class ReadInvoice:
    """An invoice as its file states it; nothing is calculated or guessed. Sums are fen (CNY).

    A value that the file does not give, masks with ``***`` or contradicts is ``None``, and
    ``unread`` names those of them that a person has to type. ``sources`` says where each given
    value comes from, ``disagreements`` what the file says besides. ``special`` is whether the
    tax can be recovered with it as a 专票, ``None`` when the file does not tell.

    ``details`` may hold passenger, from, to, departure, number (train or flight), seat, ticket,
    fare, fuel_surcharge, aviation_fund, other_taxes, plate, passed_from, passed_until,
    original_number, business, qr_amount (of a code that does not say which amount it is) and
    unread_pages (of a PDF that would have taken too long).
    """

    source: Source
    kind: Kind
    type_code: str | None
    special: bool | None
    page: int | None
    code: str | None
    number: str | None
    issued_on: date | None
    seller: str | None
    seller_tax_id: str | None
    buyer: str | None
    buyer_tax_id: str | None
    net: int | None
    tax: int | None
    total: int | None
    items: tuple[Item, ...]
    details: Mapping[str, str]
    sources: Mapping[str, Source]
    disagreements: tuple[Disagreement, ...]
    unread: tuple[str, ...]

    @property
    def key(self) -> str | None:
        """What makes the invoice unique in the whole company; ``None`` when not all is known."""
        return key_of(self.code, self.number)
