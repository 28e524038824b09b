"""What was read from an e-invoice file, and the checks that keep wrong values out of it."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Literal

from portal.core.errors import Invalid

Source = Literal["xml", "ofd"]


class Unreadable(Invalid):
    """No invoice, or not just one, could be read; the words say that it must be typed."""


@dataclass(frozen=True)
class Item:
    """One line of an invoice: what was sold, and its amount net of tax in fen."""

    name: str
    amount: int | None


@dataclass(frozen=True)
class Fields:
    """The values one source of a file gives, ``None`` where it gives none; sums in fen.

    ``spelled`` is the total in words. ``doubtful`` names values that contradict others and
    were therefore taken out.
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
    items: tuple[Item, ...] = ()
    doubtful: frozenset[str] = frozenset()

    def is_other_than(self, other: "Fields") -> bool:
        """Whether both name an invoice, and not the same."""
        mine, theirs = (self.number, self.code), (other.number, other.code)
        return any(
            one is not None and two is not None and one != two
            for one, two in zip(mine, theirs, strict=True)
        )

    def filled_from(self, other: "Fields") -> "Fields":
        """These values, with those still missing taken from ``other``.

        Nothing is taken from a source that may speak of another invoice, nor what was
        doubtful.
        """
        if self.is_other_than(other) or "number" in self.doubtful:
            return self
        found: dict[str, Any] = {
            name: getattr(other, name)
            for name in _VALUES
            if getattr(self, name) in (None, ()) and name not in self.doubtful
        }
        return replace(self, **found)

    def checked_against(self, other: "Fields") -> "Fields":
        """These values without those that decide a payment and that ``other`` contradicts."""
        return self._without(
            {
                name
                for name in ("code", "number", "issued_on", "net", "tax", "total")
                if getattr(self, name) is not None
                and getattr(other, name) is not None
                and getattr(self, name) != getattr(other, name)
            }
        )

    def checked(self) -> "Fields":
        """These values without sums that contradict one another.

        Net and tax make the total; where the total is also spelled out, the words decide,
        as they do on Chinese vouchers.
        """
        wrong: set[str] = set()
        due = self.total if self.spelled is None else self.spelled
        if self.total != due:
            wrong |= {"total"}
        if None not in (self.net, self.tax, due) and (self.net or 0) + (self.tax or 0) != due:
            wrong |= {"net", "tax"} if self.spelled is not None else {"net", "tax", "total"}
        return self._without({name for name in wrong if getattr(self, name) is not None})

    def unread(self) -> tuple[str, ...]:
        """The names of values a person has to type. Buyers without a tax number are people."""
        expected = ["number", "issued_on", "seller", "seller_tax_id", "buyer", "net", "tax"]
        expected.append("total")
        if self.number is None or len(self.number) != 20:
            expected.insert(0, "code")
        return tuple(name for name in expected if getattr(self, name) is None)

    def invoice(self, source: Source) -> "ReadInvoice":
        """The outcome for the rest of the portal."""
        values: dict[str, Any] = {
            field.name: getattr(self, field.name) for field in fields(ReadInvoice)[1:-1]
        }
        return ReadInvoice(source=source, unread=self.unread(), **values)

    def _without(self, names: set[str]) -> "Fields":
        nothing: dict[str, Any] = dict.fromkeys(names)
        return replace(self, doubtful=self.doubtful | names, **nothing)


_VALUES = tuple(field.name for field in fields(Fields) if field.name != "doubtful")


@dataclass(frozen=True)
class ReadInvoice:
    """An invoice as its file states it; nothing is calculated or guessed. Sums are fen (CNY).

    A value that the file does not give, masks with ``***`` or contradicts is ``None``, and
    ``unread`` names those of them that a person has to type.
    """

    source: Source
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
    unread: tuple[str, ...]

    @property
    def key(self) -> str | None:
        """What makes the invoice unique in the whole company; ``None`` when not all is known.

        Fully digital invoices have a number of 20 digits and no code; on older ones the
        number repeats from code to code.
        """
        if self.number is None:
            return None
        if len(self.number) == 20:
            return self.number
        return self.code + self.number if self.code else None
