"""What is wrong with a request, as findings like those of claims. Amounts are minor units."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from portal.core.words import Amount, Words, words
from portal.policy.findings import Finding
from portal.policy.rules import BLOCKS, NEEDS_REASON
from portal.prior.drafting import misread
from portal.prior.models import ADVANCE, TRIP, PriorRequest

LONGEST_TRIP = 366
LONGEST_ADVANCE = 180
"""Days; a later day of settling has to be explained."""

MISSING = {
    (TRIP, "purpose"): words("Say what the trip is for."),
    (TRIP, "amount"): words("Give the budget: what the trip may cost altogether."),
    (TRIP, "starts_on"): words("Give the first day of the trip."),
    (TRIP, "ends_on"): words("Give the last day of the trip."),
    (ADVANCE, "purpose"): words("Say what the advance is for."),
    (ADVANCE, "amount"): words("Give the amount that is needed."),
    (ADVANCE, "ends_on"): words("Give the day by which the advance will be settled."),
}
"""What has to be there, by kind and field."""

IS_MISSING = words("This is missing.")
CORRECT_IT = words("Correct it, or leave it empty until you know.")
CORRECT_DAYS = words("Correct the days.")


@dataclass(frozen=True)
class Owed:
    """An advance that was not settled although the day for it has passed."""

    number: str
    owed: int
    currency: str
    due_on: date


def problems(request: PriorRequest, overdue: Sequence[Owed], *, today: date) -> list[Finding]:
    """What keeps ``request`` from being sent, and what its approvers shall know.

    What needs a reason is answered by the remarks. ``overdue`` are the owner's other
    advances whose day of settling has passed.
    """
    unread = misread(request)
    found = [
        _blocks("prior_not_understood", field, says, CORRECT_IT) for field, says in unread.items()
    ]
    for (kind, field), mend in MISSING.items():
        if kind == request.kind and field not in unread and not getattr(request, field):
            found.append(_blocks("prior_missing", field, IS_MISSING, mend))
    found += _trip(request, today) if request.kind == TRIP else _advance(request, overdue, today)
    return found


def _trip(request: PriorRequest, today: date) -> Iterator[Finding]:
    first, last = request.starts_on, request.ends_on
    if first and last and last < first:
        yield _blocks(
            "prior_days", "ends_on", words("The trip ends before it begins."), CORRECT_DAYS
        )
    elif first and last and (last - first).days >= LONGEST_TRIP:
        yield _blocks(
            "prior_days", "ends_on", words("The trip is longer than a year."), CORRECT_DAYS
        )
    elif first and first < today:
        yield _needs_reason(
            request, "prior_begun",
            words("The trip begins on %(day)s, before it is approved.", day=first),
            words("Say in the remarks why it was not asked for earlier."),
        )  # fmt: skip


def _advance(request: PriorRequest, overdue: Sequence[Owed], today: date) -> Iterator[Finding]:
    settles = request.ends_on
    if settles and settles < today:
        yield _blocks(
            "prior_days", "ends_on", words("The day of settling has passed already."), CORRECT_DAYS
        )
    elif settles and (settles - today).days > LONGEST_ADVANCE:
        yield _needs_reason(
            request, "prior_far",
            words("It is to be settled only in %(days)s days.", days=(settles - today).days),
            words("Say in the remarks why it takes so long."),
        )  # fmt: skip
    for older in overdue:
        says = words(
            "%(amount)s of advance %(number)s should have been settled by %(day)s.",
            amount=Amount(older.owed, older.currency), number=older.number, day=older.due_on,
        )  # fmt: skip
        mend = words("Settle it first, or say in the remarks why you need another.")
        yield _needs_reason(request, "advance_overdue", says, mend)


def _blocks(rule: str, field: str, says: Words, mend: Words) -> Finding:
    return Finding(rule, BLOCKS, says, mend, field=field)


def _needs_reason(request: PriorRequest, rule: str, says: Words, mend: Words) -> Finding:
    return Finding(rule, NEEDS_REASON, says, mend, field="remarks", reason=request.remarks)
