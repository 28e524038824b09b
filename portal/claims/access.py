"""Who may do what with a claim. Views and templates ask here and nowhere else."""

from dataclasses import dataclass
from typing import Any

from portal.claims.models import (
    DRAFT,
    EDITABLE,
    SUBMITTED,
    WITHDRAWN,
    Claim,
)
from portal.people.roles import AUDITOR, FINANCE, PAYER, Reader


@dataclass(frozen=True)
class Seen:
    """A claim as one reader stands to it.

    ``step_id`` is the open step the reader may decide, None otherwise; ``involved`` says
    whether the claim ever came to the reader for a decision or in a comment. ``fills`` says
    whether the reader filled it for a colleague who still allows that. ``whose`` names the
    claimant, the department, and who filled it, and the payment that has not failed, if any.
    """

    claim: Claim
    reader: Reader
    step_id: int | None = None
    involved: bool = False
    whose: Any = None
    fills: bool = False

    @property
    def document(self) -> Claim:
        """The claim, where claims and requests are listed together."""
        return self.claim

    @property
    def mine(self) -> bool:
        """Whether the reader is the claimant."""
        return self.claim.claimant_id == self.reader.id

    @property
    def at_hand(self) -> bool:
        """Whether the reader is the claimant, or filled the claim for him."""
        return self.mine or self.fills


def may_see(seen: Seen) -> bool:
    """The claimant and who fills it for him; those it came to; finance, payers and auditors once
    it was submitted."""
    if seen.at_hand:
        return True
    if seen.claim.submitted_at is None:
        return False
    return seen.involved or seen.reader.has(FINANCE, PAYER, AUDITOR)


def may_read(seen: Seen) -> bool:
    """Whoever may see the claim; what was withdrawn only the claimant and who fills it for him,
    like a draft."""
    return may_see(seen) and (seen.at_hand or seen.claim.state != WITHDRAWN)


def may_edit(seen: Seen) -> bool:
    """The claimant and who fills it for him, while it is a draft, was returned or was withdrawn."""
    return seen.at_hand and seen.claim.state in EDITABLE


def may_delete(seen: Seen) -> bool:
    """The claimant and who fills it for him, as long as the claim was never submitted."""
    return seen.at_hand and seen.claim.state == DRAFT and seen.claim.submitted_at is None


def may_withdraw(seen: Seen) -> bool:
    """The claimant, before the final approval."""
    return seen.mine and seen.claim.state == SUBMITTED


def may_decide(seen: Seen) -> bool:
    """Those the open step waits for, and never the claimant or who filled it for him."""
    own = seen.mine or seen.claim.entered_by_id == seen.reader.id
    return seen.claim.state == SUBMITTED and seen.step_id is not None and not own


def may_comment(seen: Seen) -> bool:
    """The claimant, who fills it for him, and those who may see the claim, once it was submitted;
    never auditors."""
    if seen.claim.submitted_at is None or seen.claim.state == WITHDRAWN:
        return False
    return seen.at_hand or seen.involved or seen.reader.has(FINANCE, PAYER)


def may_copy(seen: Seen) -> bool:
    """The claimant: what was claimed once may be claimed again next month."""
    return seen.mine


def may_print(seen: Seen) -> bool:
    """Whoever may read the claim."""
    return may_read(seen)


def may_pay(reader: Reader) -> bool:
    """Payers."""
    return reader.has(PAYER)


def may_see_all(reader: Reader) -> bool:
    """Finance, payers and auditors see every submitted claim."""
    return reader.has(FINANCE, PAYER, AUDITOR)
