"""What the sources of one file say, put together: a value that is disputed is not given."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations, product
from typing import Any

from portal.core.words import words
from portal.invoices.readers.invoice import (
    SOURCES,
    Disagreement,
    Fields,
    Found,
    Item,
    Kind,
    ReadInvoice,
    Source,
    Unreadable,
)
from portal.invoices.readers.values import plain

VALUES = (
    "code", "number", "issued_on", "seller", "seller_tax_id", "buyer", "buyer_tax_id",
    "net", "tax", "total",
)  # fmt: skip
HIDDEN = ("spelled", "parts", "special")
"""Checked as values are, but shown only through them."""
UNTAXED = {"免税", "不征税"}
TRAVEL = ("rail", "flight")


def together(places: Sequence[Sequence[Found]]) -> list[list[Found]]:
    """What was found in several places of one file, put together by invoice.

    Where no place names more than one invoice they all mean the same, and it is disputed if
    they name different ones. Otherwise only the same number joins.
    """
    found = [each for place in places for each in place]
    if not any(_several(place) for place in places):
        return [found] if found else []
    return joined([[each] for each in found if each.fields.number])


def joined(groups: Iterable[Sequence[Found]]) -> list[list[Found]]:
    """Groups that name the same invoice made one, in the order in which they came."""
    apart: list[list[Found]] = []
    for group in groups:
        home = next((each for each in apart if _same_invoice(each, group)), None)
        if home is None:
            apart.append(list(group))
        else:
            home += group
    return apart


def _same_invoice(one: Sequence[Found], two: Sequence[Found]) -> bool:
    return any(a.fields.same_invoice(b.fields) for a, b in product(one, two))


def _several(place: Sequence[Found]) -> bool:
    return any(one.fields.is_other_than(two.fields) for one, two in combinations(place, 2))


def settle(groups: Sequence[Sequence[Found]]) -> tuple[ReadInvoice, ...]:
    """One ``ReadInvoice`` for each group. Raises ``Unreadable`` when there is none."""
    settled = tuple(_Settling(group).outcome() for group in groups)
    if not settled:
        raise Unreadable(
            words("No invoice could be read from this file. Type the date, amount and number.")
        )
    return settled


class _Settling:
    """One invoice on its way from what its sources say to what is given."""

    def __init__(self, found: Sequence[Found]):
        self.found = sorted(found, key=lambda each: SOURCES.index(each.source))
        self.values: dict[str, Any] = dict.fromkeys((*VALUES, *HIDDEN))
        self.sources: dict[str, Source] = {}
        self.disputed: list[Disagreement] = []
        named = [each for each in self.found if each.fields.number]
        lead = (named or self.found)[0].fields
        self.own = [each for each in self.found if not each.fields.is_other_than(lead)]

    def outcome(self) -> ReadInvoice:
        for name in self.values:
            self._take(name)
        self._check_qr_amount()
        self._check_sums()
        self._check_parts()
        items, kind = self._items(), self._kind()
        self._take_untaxed(items)
        given = {name: self.values[name] for name in (*VALUES, "special")}
        return ReadInvoice(
            source=self.found[0].source,
            kind=kind,
            type_code=self._first("type_code"),
            page=next((each.page for each in self.own if each.page), None),
            items=items,
            details=self._details(),
            sources={name: source for name, source in self.sources.items() if name in VALUES},
            disagreements=tuple(self.disputed),
            unread=_unread(given, kind),
            **given,
        )

    def _take(self, name: str) -> None:
        """The value all agree on. Who speaks of another invoice may contradict, not fill."""
        said = [(each.source, getattr(each.fields, name)) for each in self.own]
        said = [(source, value) for source, value in said if value is not None]
        if not said:
            return
        for each in self.found:
            value = getattr(each.fields, name)
            if each not in self.own and value is not None:
                said.append((each.source, value))
        if len({_same(value) for _, value in said}) == 1:
            self.sources[name], self.values[name] = said[0]
            return
        self._dispute(name, said)

    def _dispute(self, name: str, said: Sequence[tuple[Source, Any]]) -> None:
        shown = "total" if name in ("spelled", "parts") else name
        for source, value in dict.fromkeys((source, _text(value)) for source, value in said):
            self.disputed.append(Disagreement(shown, source, value))
        self.values[name] = None

    def _drop(self, *names: str) -> None:
        for name in names:
            if self.values[name] is not None:
                self._dispute(name, [(self.sources.pop(name), self.values[name])])

    def _check_qr_amount(self) -> None:
        """A QR code fills only the total, only of fully digital invoices, and only if blank."""
        amounts = {a for each in self.own if (a := each.fields.either) is not None}
        if len(amounts) > 1:
            self._drop("net", "tax", "total")
        if len(amounts) != 1:
            return
        amount = amounts.pop()
        net, total = self.values["net"], self.values["total"]
        contested = any(each.field == "total" for each in self.disputed)
        if total is None and not contested and len(self.values["number"] or "") == 20:
            self.values["total"], self.sources["total"] = amount, "qr"
        elif total is not None and amount != total:
            # An older code has the net; without one it need only be possible.
            possible = amount == net if net is not None else 0 < amount / total < 1
            if not possible or (net is None and len(self.values["number"] or "") == 20):
                self._drop("net", "tax", "total")
                self.disputed.append(Disagreement("total", "qr", plain(amount)))

    def _check_sums(self) -> None:
        """Net and tax make the total; where that is also spelled out, the words decide.

        So they do on Chinese vouchers.
        """
        net, tax, total, spelled = (self.values[n] for n in ("net", "tax", "total", "spelled"))
        due = total if spelled is None else spelled
        if total is not None and total != due:
            self._drop("total")
        if None not in (net, tax, due) and net + tax != due:
            self._drop(*(("net", "tax") if spelled is not None else ("net", "tax", "total")))

    def _check_parts(self) -> None:
        parts, tax, total = (self.values[name] for name in ("parts", "tax", "total"))
        if parts is not None and total is not None and parts + (tax or 0) != total:
            self._drop("tax", "total")

    def _take_untaxed(self, items: Sequence[Item]) -> None:
        """No tax, where each line says that there is none and the total is the net."""
        untaxed = items and all(item.rate in UNTAXED for item in items)
        contested = any(each.field == "tax" for each in self.disputed)
        if untaxed and self.values["tax"] is None and not contested:
            net, total = self.values["net"], self.values["total"]
            if net is not None and net == total:
                self.values["tax"], self.sources["tax"] = 0, self.sources["total"]

    def _items(self) -> tuple[Item, ...]:
        return next((each.fields.items for each in self.own if each.fields.items), ())

    def _first(self, name: str) -> Any:
        said = (getattr(each.fields, name) for each in self.own)
        return next((value for value in said if value is not None), None)

    def _kind(self) -> Kind:
        if any("通行费" in item.name for item in self._items()):
            return "toll"
        stated: Kind | None = self._first("kind")
        number = self.values["number"] or ""
        return stated or ("digital" if len(number) == 20 else "vat" if number else "other")

    def _details(self) -> dict[str, str]:
        details: dict[str, str] = {}
        for each in reversed(self.own):
            details.update(each.fields.details)
        amount = self._first("either")
        if amount is not None and self.values["total"] is None and self.values["net"] is None:
            details["qr_amount"] = plain(amount)
        return details


def _same(value: Any) -> Any:
    """Names are the same however wide their brackets are and wherever they were wrapped."""
    if isinstance(value, str):
        return re.sub(r"\s", "", unicodedata.normalize("NFKC", value)).upper()
    return value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "专用" if value else "普通"
    if isinstance(value, int):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _unread(values: dict[str, Any], kind: Kind) -> tuple[str, ...]:
    """The names of values a person has to type. Buyers without a tax number are people."""
    expected = ["number", "issued_on", "seller", "seller_tax_id", "buyer", "net", "tax", "total"]
    if kind in TRAVEL:
        # Tickets name no seller, and a buyer only when the traveller gave one.
        expected = ["number", "issued_on", "tax", "total"]
    elif values["number"] is None or len(values["number"]) != 20:
        expected.insert(0, "code")
    return tuple(name for name in expected if values[name] is None)


def fields_agree(fields: Fields) -> bool:
    """Whether the sums of one source prove one another: for sources that may misread."""
    if fields.total is None:
        return False
    if fields.spelled is not None and fields.spelled != fields.total:
        return False
    if fields.net is not None and fields.tax is not None:
        return fields.net + fields.tax == fields.total
    return fields.spelled == fields.total
