"""Verification with the tax platform: only what somebody or something really did is told."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.errors import Invalid, NotNow
from portal.core.events import Event
from portal.core.words import words
from portal.invoices import checking, events
from portal.invoices.checking import ByHand, Outcome
from portal.invoices.models import Invoice
from tests.claims.stories import person
from tests.invoices.holders import KEY, OTHER, claim_with

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)


def invoice(session: Session) -> Invoice:
    claim = claim_with(session, "alice")
    [found] = [receipt.invoice for receipt in claim.receipts if receipt.invoice]
    return found


def by_hand(session: Session, found: Invoice, outcome: str, note: str = "", days: int = 0) -> None:
    carol = person(session, "carol").id
    checking.check(
        session, found, ByHand(outcome, note), by=carol, at=AT + timedelta(days=days)
    )  # fmt: skip
    session.commit()


def test_without_a_record_nothing_is_verified(session: Session) -> None:
    assert checking.checks_of(session, [invoice(session).key, None]) == {}
    assert checking.checks_of(session, []) == {}


def test_what_somebody_saw_is_told_with_name_and_day(session: Session) -> None:
    by_hand(session, invoice(session), "genuine", " as printed ")
    found = checking.checks_of(session, [KEY, OTHER.number])
    assert found == {KEY: checking.Checked("genuine", "Carol", AT, "as printed")}


def test_the_last_verification_counts_and_the_others_stay(session: Session) -> None:
    found = invoice(session)
    by_hand(session, found, "genuine")
    by_hand(session, found, "red", days=1)
    assert checking.checks_of(session, [KEY])[KEY].outcome == "red"
    assert [each.outcome for each in checking.history(session, KEY)] == ["red", "genuine"]


def test_it_is_an_event(session: Session) -> None:
    by_hand(session, invoice(session), "void", "cancelled on 3 March")
    found = session.scalars(select(Event).where(Event.kind == events.CHECKED)).one()
    assert found.data == {
        "invoice": KEY, "outcome": "void", "note": "cancelled on 3 March", "port": "manual",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "note", "field"),
    [("", "", "outcome"), ("surely", "", "outcome"), ("genuine", "x" * 201, "note")],
)
def test_what_cannot_be_is_refused_at_its_field(
    session: Session, outcome: str, note: str, field: str
) -> None:
    found = invoice(session)
    with pytest.raises(Invalid) as refused:
        by_hand(session, found, outcome, note)
    assert refused.value.field == field
    assert checking.history(session, KEY) == []


@dataclass(frozen=True)
class Platform:
    """A platform that answers, or is away."""

    port: str = "platform"
    away: bool = False

    def check(self, invoice: Invoice) -> Outcome:
        if self.away:
            raise NotNow(words("The platform does not answer."))
        return Outcome("genuine" if invoice.total == 2000_00 else "unknown")


def test_another_way_to_verify_plugs_into_the_same_record(session: Session) -> None:
    checking.check(session, invoice(session), Platform(), by=None, at=AT)
    session.commit()
    assert checking.checks_of(session, [KEY])[KEY] == checking.Checked("genuine", "", AT)


def test_a_platform_that_does_not_answer_leaves_no_record(session: Session) -> None:
    with pytest.raises(NotNow):
        checking.check(session, invoice(session), Platform(away=True), by=None, at=AT)
    assert checking.history(session, KEY) == []
