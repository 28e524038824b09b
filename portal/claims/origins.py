"""What the invoices of a line say for its fields, and where something else stands there.

Nothing of it is stored: a value that is still the one of the file comes from the file.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.claims.legs import KEYS, LEFT_AT, parse_moment
from portal.claims.models import Line
from portal.core.errors import Invalid
from portal.core.money import format_plain
from portal.invoices.keys import plain_name
from portal.invoices.models import Invoice
from portal.invoices.readers.invoice import SOURCES
from portal.policy.rules import city_name

READ_INTO = {"spent_on": "issued_on", "amount": "total", "merchant": "seller", "city": "to"}
"""The fields of a line that invoices fill, and what of an invoice fills them."""

OF_TICKET = {
    "origin": "from", LEFT_AT: "departure", "destination": "to", "transport_number": "number",
}  # fmt: skip
"""The fields of a leg that tickets fill, and what of a ticket's details fills them."""

JOURNEYS = ("rail", "flight")
CURRENCY = "CNY"
"""What e-invoices are made out in."""

Value = date | int | str


@dataclass(frozen=True)
class Other:
    """A value that another source states for the same field, as a person would type it."""

    source: str
    value: str


@dataclass(frozen=True)
class Said:
    """What the invoices of a line say for one field. Amounts are fen (CNY).

    A value that the sources of a file contradict each other about is None, and ``source`` empty.
    """

    value: Value | None
    source: str
    others: tuple[Other, ...] = ()


@dataclass(frozen=True)
class Origin:
    """Where the value of a field comes from.

    ``value`` is what the file says, as a person would type it; empty with an empty ``source``
    when its sources contradict each other. ``typed_differs``: something else stands on the
    line. ``disagreements`` is what other sources of the invoice say.
    """

    source: str
    value: str
    typed_differs: bool = False
    disagreements: tuple[Other, ...] = ()


def origins(
    line: Line, invoices: Sequence[Invoice], cities: Collection[str] = ()
) -> dict[str, Origin]:
    """By field of the line what its invoices say. ``cities`` are those that the rules know.

    What a line was for is the person's to say: it has an origin only while it is as it was read.
    """
    found = said(invoices, cities)
    purpose = found.get("purpose")
    if purpose is not None and purpose.value != line.purpose:
        del found["purpose"]
    return {
        name: Origin(each.source, shown(each.value), _differs(line, name, each), each.others)
        for name, each in found.items()
    }


def fill(line: Line, invoices: Sequence[Invoice], cities: Collection[str] = ()) -> None:
    """Fill what is blank on the line with what its invoices say.

    A credit note has a negative total; what to claim of it is the claimant's to say.
    """
    for name, each in said(invoices, cities).items():
        if each.value is None or name in line.typed or stands(line, name):
            continue
        if name in KEYS:
            line.leg = {**(line.leg or {}), KEYS[name]: each.value}
            continue
        if name == "amount" and (line.currency or CURRENCY) != CURRENCY:
            continue
        if name != "amount" or (isinstance(each.value, int) and each.value > 0):
            setattr(line, name, each.value)
            if name == "amount" and isinstance(each.value, int):
                line.original = each.value


def said(invoices: Sequence[Invoice], cities: Collection[str] = ()) -> dict[str, Said]:
    """What invoices say for the fields of a line that has all of them.

    Several files of one invoice are one: for each field the best source speaks. Different
    invoices add up; for all else than the amount the first one speaks.
    """
    groups = _by_invoice(invoices)
    found = {
        name: each
        for name in READ_INTO
        if (each := _of_all(name, [_field(group, name, cities) for group in groups]))
    }
    purpose = _purpose(groups[0]) if groups else None
    return found | ({"purpose": purpose} if purpose else {}) | _leg(groups)


def stands(line: Line, name: str) -> Any:
    """What stands in a field of the line, also in one of its leg."""
    return (line.leg or {}).get(KEYS[name]) if name in KEYS else getattr(line, name)


def shown(value: Value | None) -> str:
    """A value as a person would type it."""
    return format_plain(value) if isinstance(value, int) else str(value or "")


def _by_invoice(invoices: Iterable[Invoice]) -> list[list[Invoice]]:
    groups: dict[object, list[Invoice]] = {}
    for place, invoice in enumerate(invoices):
        groups.setdefault(invoice.key or place, []).append(invoice)
    return list(groups.values())


def _of_all(name: str, groups: Sequence[Said | None]) -> Said | None:
    told = [each for each in groups if each is not None]
    if not told or name != "amount" or len(groups) == 1:
        return told[0] if told else None
    others = tuple(other for each in told for other in each.others)
    sums = [each.value for each in told if isinstance(each.value, int)]
    if len(sums) == len(groups):
        return Said(sum(sums), told[0].source, others)
    return Said(None, "", others) if others else None


def _field(group: Sequence[Invoice], name: str, cities: Collection[str]) -> Said | None:
    told = [
        (_source(invoice, name), value)
        for invoice in group
        if (value := _value(invoice, name, cities)) is not None
    ]
    others = [
        Other(each["source"], each["value"])
        for invoice in group
        for each in invoice.disagreements
        if each["field"] == READ_INTO[name]
    ]
    if not told:
        return Said(None, "", tuple(dict.fromkeys(others))) if others else None
    source, value = min(told, key=lambda one: _rank(one[0]))
    others += [Other(src, shown(other)) for src, other in told if not _same(other, value)]
    return Said(value, source, tuple(dict.fromkeys(others)))


def _value(invoice: Invoice, name: str, cities: Collection[str]) -> Value | None:
    if name == "amount":
        return invoice.total
    if name == "merchant":
        return invoice.seller
    if name == "city":
        return _city(invoice.details.get("to", ""), cities)
    return _departed(invoice) or invoice.issued_on


def _source(invoice: Invoice, name: str) -> str:
    if name == "city" or (name == "spent_on" and _departed(invoice)):
        return invoice.source
    source: str = invoice.sources.get(READ_INTO[name], invoice.source)
    return source


def _departed(invoice: Invoice) -> date | None:
    """The day of the journey: a ticket is often made out later."""
    if invoice.kind not in JOURNEYS:
        return None
    try:
        return date.fromisoformat(invoice.details.get("departure", "")[:10])
    except ValueError:
        return None


def _city(station: str, cities: Collection[str]) -> str | None:
    """The city of a station or an airport, None when the rules know none of that name."""
    name = city_name(station)
    known = [city for city in cities if city and name.startswith(city)]
    return max(known, key=len) if known else None


def _purpose(group: Sequence[Invoice]) -> Said | None:
    best = min(group, key=lambda invoice: _rank(invoice.source))
    start, end = best.details.get("from", ""), best.details.get("to", "")
    if best.kind in JOURNEYS and start and end:
        text = f"{start}–{end} {best.details.get('number', '')}".strip()
        return Said(text[:200], best.source)
    seller = _field(group, "merchant", ())
    return Said(seller.value, seller.source) if seller and seller.value else None


def _leg(groups: Sequence[Sequence[Invoice]]) -> dict[str, Said]:
    """What the first ticket says of its journey: the legs of two tickets never mix."""
    tickets = [[each for each in group if each.kind in JOURNEYS] for group in groups]
    first = sorted(next(filter(None, tickets), []), key=lambda ticket: _rank(ticket.source))
    found: dict[str, Said] = {}
    for name in OF_TICKET:
        told = [(each.source, value) for each in first if (value := _of_ticket(each, name))]
        if told:
            source, best = told[0]
            others = [Other(*one) for one in told if not _same(one[1], best)]
            found[name] = Said(best, source, tuple(dict.fromkeys(others)))
    return found


def _of_ticket(ticket: Invoice, name: str) -> str:
    """As it is kept in ``Line.leg``. Several flights on one itinerary are no single leg."""
    if len(ticket.details.get("number", "").split()) > 1:
        return ""
    text: str = ticket.details.get(OF_TICKET[name], "")
    if name != LEFT_AT or not text:
        return text
    try:
        return parse_moment(text, None)
    except Invalid:
        return ""


def _differs(line: Line, name: str, said: Said) -> bool:
    if said.value is None:
        return False
    value = stands(line, name)
    return name in line.typed or value is None or not _same(value, said.value)


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return plain_name(one) == plain_name(other)
    return one == other


def _rank(source: str) -> int:
    return SOURCES.index(source) if source in SOURCES else len(SOURCES)
