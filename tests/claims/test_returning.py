"""Claims that come back: rejected for good, or returned and sent again."""

import pytest
from sqlalchemy.orm import Session

from portal.claims import workflow
from portal.core.clock import now
from portal.core.errors import Invalid
from tests.claims.stories import (
    approve,
    attach_invoice,
    draft,
    fill,
    give_back,
    seen,
    send,
    sent,
    told,
    waits_for,
)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_rejection_needs_a_reason(session: Session, reason: str) -> None:
    claim = sent(session, "alice", 500_00)
    with pytest.raises(Invalid):
        workflow.reject(
            session, seen(session, claim.id, "bob"), reason, shown=claim.version, at=now()
        )
    assert claim.state == "submitted"


def test_a_rejection_ends_the_claim_and_frees_its_invoices(session: Session) -> None:
    claim = draft(session, "alice", 500_00)
    attach_invoice(session, claim)
    send(session, claim)
    looked = seen(session, claim.id, "bob")
    workflow.reject(session, looked, "Private", shown=claim.version, at=now())
    session.commit()
    assert (claim.state, waits_for(session, claim)) == ("rejected", [])
    assert told(session, "alice") == ["claim_rejected"]
    other = draft(session, "dan", 500_00)
    attach_invoice(session, other)
    assert send(session, other).state == "submitted"


def test_a_return_needs_a_reason_for_the_claim_or_for_a_line(session: Session) -> None:
    claim = sent(session, "alice", 500_00, 600_00)
    with pytest.raises(Invalid):
        give_back(session, claim, "bob", reason=" ", lines={claim.lines[0].id: " "})
    give_back(session, claim, "bob", reason="", lines={claim.lines[1].id: "Which printer?"})
    assert claim.state == "returned"
    assert [line.objection for line in claim.lines] == ["", "Which printer?"]
    assert told(session, "alice") == ["claim_returned"]


def test_after_a_return_the_claim_goes_back_to_who_returned_it(session: Session) -> None:
    claim = sent(session, "alice", 500_00)
    approve(session, claim, "bob")
    give_back(session, claim, "carol")
    send(session, claim)
    assert waits_for(session, claim) == ["carol"]
    assert [line.objection for line in claim.lines] == [""]
    approve(session, claim, "carol")
    assert claim.state == "approved"


def test_after_two_returns_the_first_approval_still_stands(session: Session) -> None:
    claim = sent(session, "alice", 500_00)
    approve(session, claim, "bob")
    for _time in range(2):
        give_back(session, claim, "carol")
        send(session, claim)
    assert waits_for(session, claim) == ["carol"]


def test_a_grown_amount_goes_the_whole_way_again(session: Session) -> None:
    claim = sent(session, "alice", 500_00)
    approve(session, claim, "bob")
    give_back(session, claim, "carol")
    fill(session, claim, 500_01)
    send(session, claim)
    assert waits_for(session, claim) == ["bob"]


def test_a_returned_claim_made_small_still_goes_back_to_who_returned_it(
    session: Session,
) -> None:
    claim = sent(session, "alice", 500_00)
    give_back(session, claim, "bob", reason="Half of this is private")
    fill(session, claim, 250_00)
    send(session, claim)
    assert (claim.state, waits_for(session, claim)) == ("submitted", ["bob"])


def test_a_claim_returned_by_the_company_head_never_waits_for_nobody(session: Session) -> None:
    claim = sent(session, "alice", 25_000_00)
    approve(session, claim, "bob", "carol")
    give_back(session, claim, "grace", reason="Split the hotel")
    fill(session, claim, 15_000_00)
    send(session, claim)
    assert waits_for(session, claim) == ["grace"]
