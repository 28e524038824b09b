"""Whether what a claim asks for was asked for before: by invoice, by file, or as typed.

A live claim is one on its way or paid. What is found is a fact for the rules; who may know
which claim it is, ``access`` says.
"""

from collections.abc import Iterable, Mapping, Sequence
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
LIVE = Claim.state.not_in(NOT_LIVE)
SAME_DAY_AND_TOTAL = (
    select(*OTHER, Invoice.issued_on, Invoice.total, Invoice.seller, Invoice.key)
    .join(Receipt, Receipt.invoice_id == Invoice.id)
    .join(Claim, Claim.id == Receipt.claim_id)
    .where(tuple_(Invoice.issued_on, Invoice.total).in_(bindparam("pairs", expanding=True)), LIVE)
    .order_by(Claim.id)
)
SAME_BYTES = (
    select(*OTHER, Receipt.sha256)
    .join(Claim, Claim.id == Receipt.claim_id)
    .where(Receipt.sha256.in_(bindparam("files", expanding=True)), LIVE)
    .order_by(Claim.id)
)
SAME_TYPED = (
    select(*OTHER, Line.spent_on, Line.amount)
    .join(Claim, Claim.id == Line.claim_id)
    .where(
        Claim.claimant_id.in_(bindparam("people", expanding=True)),
        tuple_(Line.spent_on, Line.amount).in_(bindparam("pairs", expanding=True)),
        LIVE,
    )
    .order_by(Claim.id)
)


def alike(
    session: Session, invoices: Mapping[int, Sequence[Invoice]]
) -> dict[tuple[int, int], Other]:
    """By claim and invoice the other live claim that has almost the same of one of ``invoices``.

    Those are by claim. Almost: day, total and seller agree, and the key is another one or
    missing. One query.
    """
    told = [
        (claim_id, each)
        for claim_id, of_claim in invoices.items()
        for each in of_claim
        if each.issued_on and each.total is not None and each.seller
    ]
    if not told:
        return {}
    pairs = sorted({(each.issued_on, each.total) for _claim_id, each in told})
    rows: dict[tuple[Any, Any], list[Any]] = {}
    for row in fetch(session, SAME_DAY_AND_TOTAL, pairs=pairs):
        rows.setdefault((row.issued_on, row.total), []).append(row)
    found: dict[tuple[int, int], Other] = {}
    for claim_id, each in told:
        for row in rows.get((each.issued_on, each.total), ()):
            if row.id != claim_id and _alike(each, row):
                found.setdefault((claim_id, each.id), _other(row))
    return found


def _alike(invoice: Invoice, row: Any) -> bool:
    """Whether an invoice of the same day and total is almost the same."""
    other_key = row.key is None or row.key != invoice.key
    return other_key and plain_name(row.seller) == plain_name(invoice.seller)


def same_files(
    session: Session, files: Mapping[int, Iterable[str]]
) -> dict[tuple[int, str], Other]:
    """By claim and SHA-256 the other live claim that has one of ``files`` by claim. One query."""
    asked = [(claim_id, sha256) for claim_id, each in files.items() for sha256 in each]
    if not asked:
        return {}
    rows: dict[str, list[Any]] = {}
    for row in fetch(session, SAME_BYTES, files=sorted({sha256 for _claim_id, sha256 in asked})):
        rows.setdefault(row.sha256, []).append(row)
    found: dict[tuple[int, str], Other] = {}
    for claim_id, sha256 in asked:
        for row in rows.get(sha256, ()):
            if row.id != claim_id:
                found.setdefault((claim_id, sha256), _other(row))
    return found


def typed_alike(
    session: Session, lines: Mapping[int, tuple[int, Sequence[Line]]]
) -> dict[int, Other]:
    """By line the other live claim of the same person with the same day and amount.

    ``lines`` are by claim, with the claimant: those without an invoice, of which there is
    nothing surer to compare. One query.
    """
    told = [
        (claim_id, person_id, line)
        for claim_id, (person_id, of_claim) in lines.items()
        for line in of_claim
        if line.spent_on and line.amount
    ]
    if not told:
        return {}
    people = sorted({person_id for _claim_id, person_id, _line in told})
    pairs = sorted({(line.spent_on, line.amount) for _claim_id, _person_id, line in told})
    rows: dict[tuple[Any, ...], list[Any]] = {}
    for row in fetch(session, SAME_TYPED, people=people, pairs=pairs):
        rows.setdefault((row.claimant_id, row.spent_on, row.amount), []).append(row)
    found: dict[int, Other] = {}
    for claim_id, person_id, line in told:
        for row in rows.get((person_id, line.spent_on, line.amount), ()):
            if row.id != claim_id:
                found.setdefault(line.id, _other(row))
    return found


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
