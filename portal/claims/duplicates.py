"""Whether what a claim asks for was asked for before: by invoice, by file, or as typed.

A live claim is one on its way or paid. What is found is a fact for the rules; who may know
which claim it is, ``access`` says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.orm import Session

from portal.claims import access
from portal.claims.access import Seen
from portal.claims.models import DRAFT, REJECTED, WITHDRAWN, Claim, Line, Receipt
from portal.claims.queries import CAME, WAITS
from portal.core.db import fetch
from portal.core.words import Words, words
from portal.invoices.keys import plain_name
from portal.invoices.models import Invoice
from portal.invoices.registry import AlreadyClaimed
from portal.people.models import Person
from portal.people.roles import Reader
from portal.policy.findings import SOMEWHERE

NOT_LIVE = (DRAFT, REJECTED, WITHDRAWN)


@dataclass(frozen=True)
class Other:
    """Another claim, as the database knows it."""

    id: int
    number: str
    claimant_id: int

    def named_to(self, person_id: int) -> str:
        """Its number for its own claimant, ``SOMEWHERE`` for anybody else: a fact for rules."""
        return self.number if self.claimant_id == person_id else SOMEWHERE


OTHER = (Claim.id, Claim.number, Claim.claimant_id)
LIVE = (Claim.id != bindparam("claim_id"), Claim.state.not_in(NOT_LIVE))
SAME_DAY_AND_TOTAL = (
    select(*OTHER, Invoice.issued_on, Invoice.total, Invoice.seller, Invoice.key)
    .join(Receipt, Receipt.invoice_id == Invoice.id)
    .join(Claim, Claim.id == Receipt.claim_id)
    .where(tuple_(Invoice.issued_on, Invoice.total).in_(bindparam("pairs", expanding=True)), *LIVE)
    .order_by(Claim.id)
)
SAME_BYTES = (
    select(*OTHER, Receipt.sha256)
    .join(Claim, Claim.id == Receipt.claim_id)
    .where(Receipt.sha256.in_(bindparam("files", expanding=True)), *LIVE)
    .order_by(Claim.id)
)
SAME_TYPED = (
    select(*OTHER, Line.spent_on, Line.amount)
    .join(Claim, Claim.id == Line.claim_id)
    .where(
        Claim.claimant_id == bindparam("person_id"),
        tuple_(Line.spent_on, Line.amount).in_(bindparam("pairs", expanding=True)),
        *LIVE,
    )
    .order_by(Claim.id)
)


def alike(session: Session, invoices: Sequence[Invoice], claim_id: int) -> dict[int, Other]:
    """By id those of ``invoices`` that a live claim other than ``claim_id`` has almost the same of.

    Almost: day, total and seller agree, and the key is another one or missing. One query.
    """
    told = [each for each in invoices if each.issued_on and each.total is not None and each.seller]
    if not told:
        return {}
    pairs = sorted({(each.issued_on, each.total) for each in told})
    rows = fetch(session, SAME_DAY_AND_TOTAL, pairs=pairs, claim_id=claim_id).all()
    found: dict[int, Other] = {}
    for each in told:
        for row in rows:
            if _alike(each, row):
                found.setdefault(each.id, _other(row))
    return found


def _alike(invoice: Invoice, row: Any) -> bool:
    return (
        (row.issued_on, row.total) == (invoice.issued_on, invoice.total)
        and plain_name(row.seller) == plain_name(invoice.seller)
        and (row.key is None or row.key != invoice.key)
    )


def same_files(session: Session, files: Iterable[str], claim_id: int) -> dict[str, Other]:
    """By SHA-256 those of ``files`` that a live claim other than ``claim_id`` has. One query."""
    wanted = sorted(set(files))
    if not wanted:
        return {}
    found: dict[str, Other] = {}
    for row in fetch(session, SAME_BYTES, files=wanted, claim_id=claim_id):
        found.setdefault(row.sha256, _other(row))
    return found


def typed_alike(
    session: Session, lines: Sequence[Line], claim_id: int, person_id: int
) -> dict[int, Other]:
    """By id those of ``lines`` of which another live claim of the same person has day and amount.

    For lines without an invoice, of which there is nothing surer to compare. One query.
    """
    told = {
        line.id: (line.spent_on, line.amount) for line in lines if line.spent_on and line.amount
    }
    if not told:
        return {}
    rows = fetch(
        session, SAME_TYPED, pairs=sorted(set(told.values())), claim_id=claim_id,
        person_id=person_id,
    ).all()  # fmt: skip
    first = {(row.spent_on, row.amount): _other(row) for row in reversed(rows)}
    return {line_id: first[pair] for line_id, pair in told.items() if pair in first}


def _other(row: Any) -> Other:
    return Other(row.id, row.number, row.claimant_id)


@dataclass(frozen=True)
class Earlier:
    """A claim that holds an invoice, for those who may see it."""

    id: int
    number: str
    claimant: str


STANDS = (
    select(Claim, Person.name, WAITS, CAME)
    .join(Person, Person.id == Claim.claimant_id)
    .where(Claim.id.in_(bindparam("claim_ids", expanding=True)))
)


def earlier(session: Session, claim_ids: Iterable[int], reader: Reader) -> dict[int, Earlier]:
    """Those of the claims that the reader may see, by id. One query."""
    wanted = sorted(set(claim_ids))
    if not wanted:
        return {}
    rows = session.execute(STANDS, {"claim_ids": wanted, "reader_id": reader.id})
    return {
        claim.id: Earlier(claim.id, claim.number, name)
        for claim, name, step_id, involved in rows
        if access.may_see(Seen(claim, reader, step_id, involved))
    }


def told(session: Session, refusal: AlreadyClaimed, reader: Reader) -> Words:
    """The refusal in full for those who may see the earlier claim, else only that there is one."""
    claim_id = refusal.claim_id
    found = earlier(session, [claim_id], reader).get(claim_id) if claim_id else None
    if found is None:
        return refusal.words
    return words(
        "Invoice %(number)s is already on claim %(claim)s of %(claimant)s.",
        number=refusal.key[-8:], claim=found.number, claimant=found.claimant,
    )  # fmt: skip
