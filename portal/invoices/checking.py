"""Verifying invoices with the tax platform (验真): a port, and what people do by hand.

The portal never claims more than somebody or something verified: without a record an invoice
is not verified.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from portal.core.db import fetch
from portal.core.errors import Invalid
from portal.core.events import record
from portal.core.words import words
from portal.invoices import events
from portal.invoices.models import Invoice, InvoiceCheck
from portal.invoices.registry import subject
from portal.people.models import Person

GENUINE, VOID, RED, UNKNOWN = "genuine", "void", "red", "unknown"
OUTCOMES = (GENUINE, VOID, RED, UNKNOWN)
"""As issued; cancelled by its issuer; taken back by a credit note; not known to the platform."""

LONGEST_NOTE = 200


@dataclass(frozen=True)
class Outcome:
    """What the tax platform says of an invoice: one of ``OUTCOMES``, and a note."""

    outcome: str
    note: str = ""


class Checker(Protocol):
    """Something that asks the tax platform."""

    @property
    def port(self) -> str:
        """Its name in the record."""
        ...

    def check(self, invoice: Invoice) -> Outcome:
        """Ask about the invoice by its number, date and amounts. Raises ``Refusal``."""
        ...


@dataclass(frozen=True)
class ByHand:
    """Somebody looked the invoice up on the platform's site and says what it showed."""

    outcome: str
    note: str = ""
    port: str = "manual"

    def check(self, invoice: Invoice) -> Outcome:
        """What was typed. Raises ``Invalid`` for another outcome or a note that is too long."""
        note = self.note.strip()
        if self.outcome not in OUTCOMES:
            raise Invalid(words("Choose what the tax platform says."), "outcome")
        if len(note) > LONGEST_NOTE:
            raise Invalid(
                words("At most %(most)s characters; this has %(has)s.",
                      most=LONGEST_NOTE, has=len(note)), "note",
            )  # fmt: skip
        return Outcome(self.outcome, note)


@dataclass(frozen=True)
class Checked:
    """The last verification of an invoice; ``by`` is the name of a person, or empty."""

    outcome: str
    by: str
    at: datetime
    note: str = ""


def check(
    session: Session, invoice: Invoice, checker: Checker, *, by: int | None, at: datetime
) -> InvoiceCheck:
    """Verify an invoice that has a key, and keep what came out. Raises ``Refusal``."""
    if invoice.key is None:
        raise Invalid(words("Without its number an invoice cannot be verified."))
    said = checker.check(invoice)
    made = InvoiceCheck(
        key=invoice.key, port=checker.port, outcome=said.outcome, note=said.note, by_id=by, at=at
    )
    session.add(made)
    record(
        session, events.CHECKED, subject(session, invoice.key), by=by, at=at,
        invoice=invoice.key, outcome=said.outcome, note=said.note, port=checker.port,
    )  # fmt: skip
    return made


LAST = (
    select(func.max(InvoiceCheck.id))
    .where(InvoiceCheck.key.in_(bindparam("keys", expanding=True)))
    .group_by(InvoiceCheck.key)
)
CHECKS = select(
    InvoiceCheck.key, InvoiceCheck.outcome, Person.name, InvoiceCheck.at, InvoiceCheck.note
).outerjoin(Person, Person.id == InvoiceCheck.by_id)
LAST_CHECKS = CHECKS.where(InvoiceCheck.id.in_(LAST))
ALL_CHECKS = CHECKS.where(InvoiceCheck.key == bindparam("key")).order_by(InvoiceCheck.id.desc())


def checks_of(session: Session, keys: Iterable[str | None]) -> dict[str, Checked]:
    """The last verification of these invoices; one that is missing is not verified. One query."""
    wanted = sorted({key for key in keys if key})
    if not wanted:
        return {}
    rows = fetch(session, LAST_CHECKS, keys=wanted)
    return {key: Checked(outcome, by or "", at, note) for key, outcome, by, at, note in rows}


def history(session: Session, key: str) -> list[Checked]:
    """Every verification of an invoice, newest first. One query."""
    rows = fetch(session, ALL_CHECKS, key=key)
    return [Checked(outcome, by or "", at, note) for _key, outcome, by, at, note in rows]
