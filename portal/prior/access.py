"""Who may do what with a trip request or an advance. Views and templates ask here."""

from dataclasses import dataclass

from portal.people.roles import AUDITOR, FINANCE, PAYER, Reader
from portal.prior.models import (
    ADVANCE,
    APPROVED,
    DRAFT,
    EDITABLE,
    SUBMITTED,
    TRIP,
    WITHDRAWN,
    PriorRequest,
)


@dataclass(frozen=True)
class Seen:
    """A request as one reader stands to it.

    ``step_id`` is the open step the reader may decide, None otherwise; ``involved`` says
    whether the request ever came to the reader for a decision. ``fills`` says whether the
    reader filled it for a colleague who still allows that.
    """

    request: PriorRequest
    reader: Reader
    step_id: int | None = None
    involved: bool = False
    fills: bool = False

    @property
    def document(self) -> PriorRequest:
        """The request, where claims and requests are listed together."""
        return self.request

    @property
    def mine(self) -> bool:
        """Whether the reader asks for it."""
        return self.request.owner_id == self.reader.id

    @property
    def at_hand(self) -> bool:
        """Whether the reader asks for it, or filled it for who does."""
        return self.mine or self.fills


def may_see(seen: Seen) -> bool:
    """Who asks for it and who fills it for him; those it came to; finance, payers and auditors
    once it was submitted."""
    if seen.at_hand:
        return True
    if seen.request.submitted_at is None:
        return False
    return seen.involved or sees_owed(seen.reader)


def may_read(seen: Seen) -> bool:
    """Whoever may see it; what was withdrawn only who asks for it and who fills it for him, like a
    draft."""
    return may_see(seen) and (seen.at_hand or seen.request.state != WITHDRAWN)


def may_edit(seen: Seen) -> bool:
    """Who asks for it and who fills it for him, while it is a draft, was returned or was
    withdrawn."""
    return seen.at_hand and seen.request.state in EDITABLE


def may_delete(seen: Seen) -> bool:
    """Who asks for it and who fills it for him, as long as it was never submitted."""
    return seen.at_hand and seen.request.state == DRAFT and seen.request.submitted_at is None


def may_withdraw(seen: Seen) -> bool:
    """Who asks for it, before the final approval; an advance also until its payment begins."""
    states = (SUBMITTED, APPROVED) if seen.request.kind == ADVANCE else (SUBMITTED,)
    return seen.mine and seen.request.state in states


def may_decide(seen: Seen) -> bool:
    """Those the open step waits for, and never who asks for it or who filled it for him."""
    own = seen.mine or seen.request.entered_by_id == seen.reader.id
    return seen.request.state == SUBMITTED and seen.step_id is not None and not own


def may_comment(seen: Seen) -> bool:
    """Who asks for it, who fills it for him, and those who may see it, once it was submitted;
    never auditors."""
    if seen.request.submitted_at is None or seen.request.state == WITHDRAWN:
        return False
    return seen.at_hand or seen.involved or seen.reader.has(FINANCE, PAYER)


def may_copy(seen: Seen) -> bool:
    """Who asked for it: the next trip is often like the last."""
    return seen.mine


def may_close(seen: Seen) -> bool:
    """Who asked for an approved trip: no further claim can refer to it then."""
    return seen.mine and seen.request.kind == TRIP and seen.request.state == APPROVED


def may_print(seen: Seen) -> bool:
    """Whoever may read an advance. Trip requests have no printed form."""
    return may_read(seen) and seen.request.kind == ADVANCE


def may_repay(seen: Seen) -> bool:
    """Finance and payers note cash returned on an advance that is owed, never on their own."""
    owed = seen.request.kind == ADVANCE and seen.request.owed > 0
    return owed and not seen.mine and seen.reader.has(FINANCE, PAYER)


def sees_owed(reader: Reader) -> bool:
    """Finance, payers and auditors see who owes what."""
    return reader.has(FINANCE, PAYER, AUDITOR)
