"""What a batch pays: claims and advances, moved from state to state together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.claims.models import APPROVED, PAYING, Claim
from portal.prior.models import ADVANCE, PriorRequest

Moved = TypeVar("Moved", Claim, PriorRequest)


@dataclass(frozen=True)
class Documents:
    """Claims and advances that are paid together."""

    claims: Sequence[Claim] = ()
    advances: Sequence[PriorRequest] = ()

    def __len__(self) -> int:
        return len(self.claims) + len(self.advances)

    @property
    def owners(self) -> set[int]:
        """Whose they are, by person's id."""
        return {c.claimant_id for c in self.claims} | {a.owner_id for a in self.advances}

    @property
    def companies(self) -> set[int]:
        """Whose accounts pay them, by company's id."""
        return {c.company_id for c in self.claims} | {a.company_id for a in self.advances}


def take(
    session: Session, claim_ids: Sequence[int], advance_ids: Sequence[int], at: datetime
) -> Documents:
    """Those that are approved, from now on being paid."""
    return Documents(
        move(session, Claim, claim_ids, APPROVED, PAYING, at),
        move(session, PriorRequest, advance_ids, APPROVED, PAYING, at),
    )


def give_back(
    session: Session, claim_ids: Sequence[int], advance_ids: Sequence[int], at: datetime
) -> Documents:
    """Those that were being paid, from now on approved again."""
    return Documents(
        move(session, Claim, claim_ids, PAYING, APPROVED, at),
        move(session, PriorRequest, advance_ids, PAYING, APPROVED, at),
    )


def move(
    session: Session, model: type[Moved], ids: Sequence[int], old: str, new: str, at: datetime,
    **values: Any,
) -> Sequence[Moved]:  # fmt: skip
    """Those of the claims or advances that were ``old`` and now are ``new``, by id."""
    if not ids:
        return []
    # Locked in one order first, so that two batches with the same claims never deadlock.
    session.execute(select(model.id).where(model.id.in_(ids)).order_by(model.id).with_for_update())
    still = [model.id.in_(ids), model.state == old]
    if model is PriorRequest:
        still.append(PriorRequest.kind == ADVANCE)
    moved = session.scalars(
        update(model)
        .where(*still)
        .values(state=new, version=model.version + 1, beat=model.beat + 1, updated_at=at, **values)
        .returning(model)
        .execution_options(populate_existing=True)
    ).all()
    return sorted(moved, key=lambda each: each.id)


def numbers(session: Session, claim_ids: Iterable[int], advance_ids: Iterable[int]) -> str:
    """The numbers of claims and advances, for a sentence."""
    found: list[str | None] = []
    for model, ids in ((Claim, claim_ids), (PriorRequest, advance_ids)):
        named = select(model.number).where(model.id.in_(sorted(ids)), model.number.is_not(None))
        found += session.scalars(named.order_by(model.number))
    return ", ".join(each for each in found if each) or "?"
