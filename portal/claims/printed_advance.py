"""What a printed advance (借款单) shows, apart from how it is laid out.

All amounts are minor units of ``currency``; names, states and moments as in ``printed``.
"""

from dataclasses import dataclass
from datetime import date, datetime

from portal.claims.printed import (
    Language,
    PrintedOpinion,
    PrintedPayment,
    keyed_digest,
    money,
    qr_svg,
)


@dataclass(frozen=True)
class PrintedAdvance:
    """One advance as it goes on paper; ``as_of`` is the moment of its last change."""

    company: str
    title: str
    number: str
    state_label: str
    filled_on: date
    claimant: str
    employee_number: str
    department: str
    purpose: str
    trip: str
    total: int
    total_in_words: str
    settle_by: date
    remarks: str
    opinions: tuple[PrintedOpinion, ...]
    payment: PrintedPayment | None
    verify_url: str
    check_value: str
    language: Language
    as_of: datetime
    currency: str = "CNY"
    entered_by: str = ""
    """The colleague who filled it for the claimant, "" when nobody did."""

    @property
    def qr(self) -> str:
        """The address that says whether the paper matches the record, as SVG markup."""
        return qr_svg(self.verify_url)

    @property
    def finance_review(self) -> PrintedOpinion | None:
        """The last word of finance, for the box at the foot of the form."""
        return next((one for one in reversed(self.opinions) if one.is_finance), None)

    def money(self, minor: int) -> str:
        """``¥1,234.50``: the sign directly before the digits; other currencies by their code."""
        return money(minor, self.currency)


def advance_check_value(
    secret: bytes, *, number: str, total: int, purpose: str, settle_by: date | None, state: str
) -> str:
    """A short keyed digest of what the form says, such as ``K7QF-2M5D-XW3A``."""
    said: list[str | int] = [
        number,
        total,
        purpose,
        settle_by.isoformat() if settle_by else "",
        state,
    ]
    return keyed_digest(secret, said)
