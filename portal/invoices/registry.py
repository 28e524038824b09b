"""One invoice, once: which submitted claim holds which invoice, in the whole company.

Share 0 of an invoice is for everybody, so one claim has it. Each allowance of finance opens one
further share, for one person. The primary key of ``invoice_holds`` makes a second holder of a
share impossible, whoever is how fast.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Executable,
    bindparam,
    delete,
    func,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from portal.core.db import dialect_of, fetch, table, upsert
from portal.core.errors import Invalid, Missing, NotAllowed, NotNow
from portal.core.events import Subject, record
from portal.core.words import words
from portal.invoices import events
from portal.invoices.models import Invoice, InvoiceAllowance, InvoiceHold
from portal.people.models import Person
from portal.people.roles import FINANCE, Reader

FREEING = ("draft", "withdrawn", "rejected")
"""The states of a claim that lets go of its invoices."""

LONGEST_REASON = 500


class AlreadyClaimed(NotNow):
    """Another claim holds the invoice: ``claim_id``, for those who may see that claim.

    It is None when that claim let go of the invoice at this very moment.
    """

    def __init__(self, key: str, claim_id: int | None = None):
        super().__init__(words("Invoice %(number)s is already on another claim.", number=key[-8:]))
        self.key = key
        self.claim_id = claim_id


@dataclass(frozen=True)
class Shares:
    """The shares of one invoice: who has which, and which are one person's by allowance."""

    taken: Mapping[int, int] = field(default_factory=dict)
    """Claim by share."""
    allowed: AbstractSet[int] = frozenset()

    def open_to(self, claim_id: int | None) -> int | None:
        """The share that the person's claim has or may take, None when there is none.

        An allowance goes before share 0, and bars from it: else a person would claim an
        invoice twice that was allowed once, as soon as the first claim is withdrawn.
        """
        own = [share for share, holder in self.taken.items() if holder == claim_id]
        if own:
            return min(own)
        if self.allowed:
            return min(self.allowed - self.taken.keys(), default=None)
        return None if 0 in self.taken else 0

    @property
    def holder(self) -> int | None:
        """The claim in the way: the person's own if there is one, else the first."""
        return (
            self.taken[min(self.allowed & self.taken.keys() or self.taken)] if self.taken else None
        )


KEYS: BindParameter[Any] = bindparam("keys", expanding=True)
READ: CompoundSelect[Any] = union_all(
    select(InvoiceHold.key, InvoiceHold.share, InvoiceHold.claim_id, null()).where(
        InvoiceHold.key.in_(KEYS)
    ),
    select(InvoiceAllowance.key, InvoiceAllowance.share, null(), InvoiceAllowance.person_id).where(
        InvoiceAllowance.key.in_(KEYS),
        InvoiceAllowance.person_id.in_(bindparam("people", expanding=True)),
    ),
)
FREE = delete(table(InvoiceHold)).where(table(InvoiceHold).c.claim_id == bindparam("claim_id"))
FREE_OTHERS = FREE.where(table(InvoiceHold).c.key.not_in(KEYS))


def held_elsewhere(
    session: Session, keys: Iterable[str], claim_id: int, person_id: int
) -> dict[str, int]:
    """Those of ``keys`` that the claim cannot have, with the claims that hold them. One query.

    ``person_id`` is the claimant, whose allowances count.
    """
    return all_held_elsewhere(session, {claim_id: (person_id, keys)})[claim_id]


def all_held_elsewhere(
    session: Session, asked: Mapping[int, tuple[int, Iterable[str]]]
) -> dict[int, dict[str, int]]:
    """The same for several claims by id, each with its claimant and its keys. One query."""
    wanted = {claim_id: (person, sorted(set(keys))) for claim_id, (person, keys) in asked.items()}
    people = sorted({person for person, keys in wanted.values() if keys})
    every = sorted({key for _person, keys in wanted.values() for key in keys})
    shares = _shares_of(session, every, people)
    return {
        claim_id: {
            key: holder
            for key in keys
            for each in (shares[person, key],)
            for holder in (each.holder,)
            if each.open_to(claim_id) is None and holder is not None
        }
        for claim_id, (person, keys) in wanted.items()
    }


def hold(
    session: Session, keys: Iterable[str], claim_id: int, person_id: int, *, at: datetime
) -> None:
    """Make ``keys`` the invoices that the claim of ``person_id`` holds, and no others.

    Raises ``AlreadyClaimed``; then the caller rolls back. Three queries, however many keys.
    """
    wanted = sorted(set(keys))
    shares = _shares(session, wanted, person_id)
    # One statement in one order, and others are freed only after it: of two claims that want
    # the same invoices one waits for the other, never both.
    new: dict[str, int] = {}
    for key in wanted:
        share = shares[key].open_to(claim_id)
        if share is None:
            raise AlreadyClaimed(key, shares[key].holder)
        if shares[key].taken.get(share) != claim_id:
            new[key] = share
    for key in sorted(new.keys() - _insert(session, new, claim_id, at)):
        raise AlreadyClaimed(key, _shares(session, [key], person_id)[key].holder)
    fetch(session, FREE_OTHERS, claim_id=claim_id, keys=wanted)


def _insert(session: Session, shares: Mapping[str, int], claim_id: int, at: datetime) -> set[str]:
    """Take these shares by key; the keys of those that nobody else took meanwhile."""
    if not shares:
        return set()
    rows = [
        {"key": key, "share": share, "claim_id": claim_id, "held_at": at}
        for key, share in shares.items()
    ]
    session.flush()
    taken = session.connection().execute(_taking(dialect_of(session)), rows)
    return set(taken.scalars())


@cache
def _taking(dialect: str) -> Executable:
    """An insert that leaves out what others have, and returns what it took; built once."""
    taking = upsert(dialect, InvoiceHold).on_conflict_do_nothing()
    return taking.returning(table(InvoiceHold).c.key)


def release(session: Session, claim_id: int, state: str) -> None:
    """Free the invoices of a claim that came into ``state``: withdrawn, rejected, or deleted.

    Raises ``ValueError`` for any other state: a claim on its way or paid keeps its invoices.
    """
    if state not in FREEING:
        raise ValueError(f"a claim that is {state} keeps its invoices")
    fetch(session, FREE, claim_id=claim_id)


def allow(
    session: Session, key: str, person: Person, reason: str, *, by: Reader, at: datetime
) -> InvoiceAllowance:
    """Let ``person`` claim once more an invoice that a claim holds already.

    Raises ``NotAllowed`` unless finance does it for somebody else, ``Missing`` for an invoice
    that nobody has, ``NotNow`` when nothing stands in the person's way, and ``Invalid``
    without a reason or with one of more than 500 characters.
    """
    if not by.has(FINANCE):
        raise NotAllowed(words("Only finance can allow an invoice once more."))
    if person.id == by.id:
        raise NotAllowed(words("Somebody else in finance has to allow it for you."))
    reason = reason.strip()
    if not reason:
        raise Invalid(words("Say why this invoice may be claimed once more."), "reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid(
            words("At most %(most)s characters; this has %(has)s.",
                  most=LONGEST_REASON, has=len(reason)), "reason",
        )  # fmt: skip
    about = subject(session, key)
    if _shares(session, [key], person.id)[key].open_to(None) is not None:
        raise NotNow(
            words("%(name)s can claim this invoice already: nothing to allow.", name=person.name)
        )
    last = select(func.max(InvoiceAllowance.share)).where(InvoiceAllowance.key == key)
    made = InvoiceAllowance(
        key=key, share=(session.scalar(last) or 0) + 1, person_id=person.id, reason=reason,
        by_id=by.id, at=at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    record(
        session, events.ALLOWED, about, by=by.id, at=at,
        invoice=key, person=f"{person.name} {person.number}", reason=reason,
    )  # fmt: skip
    return made


def subject(session: Session, key: str) -> Subject:
    """The invoice as events name it: by its first reading. Raises ``Missing``."""
    first = session.scalar(select(func.min(Invoice.id)).where(Invoice.key == key))
    if first is None:
        raise Missing(words("There is no such invoice."))
    return Subject("invoice", first)


def _shares(session: Session, keys: Sequence[str], person_id: int) -> dict[str, Shares]:
    shares = _shares_of(session, keys, [person_id])
    return {key: shares[person_id, key] for key in keys}


def _shares_of(
    session: Session, keys: Sequence[str], people: Sequence[int]
) -> dict[tuple[int, str], Shares]:
    """The shares of each invoice as each person stands to it."""
    taken: dict[str, dict[int, int]] = {key: {} for key in keys}
    allowed: dict[tuple[int, str], set[int]] = {(one, key): set() for one in people for key in keys}
    if keys:
        for key, share, claim_id, person_id in fetch(session, READ, keys=keys, people=people):
            if claim_id is None:
                allowed[person_id, key].add(share)
            else:
                taken[key][share] = claim_id
    return {(one, key): Shares(taken[key], mine) for (one, key), mine in allowed.items()}
