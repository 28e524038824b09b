"""The journey of a claim from its claimant to its last approver."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from portal.approvals.models import FlowStep
from portal.claims import workflow
from portal.claims.models import Claim
from portal.core.clock import now
from portal.core.errors import Invalid, NotAllowed, NotNow, Refusal, Stale
from portal.core.events import broken_links
from portal.invoices.registry import AlreadyClaimed
from portal.people.models import Person, RoleGrant
from tests.claims.stories import (
    approve,
    attach_invoice,
    draft,
    happened,
    person,
    seen,
    send,
    sent,
    told,
    waits_for,
)


@pytest.fixture(autouse=True)
def the_log_stays_whole(session: Session) -> Iterator[None]:
    yield
    session.commit()
    assert list(broken_links(session)) == []


def withdraw(session: Session, claim: Claim, shown: int | None = None) -> None:
    looked = seen(session, claim.id, "alice")
    workflow.withdraw(session, looked, shown=shown or looked.claim.version, at=now())
    session.commit()


def test_a_claim_goes_to_the_manager_then_to_finance_then_waits_for_payment(
    session: Session,
) -> None:
    claim = sent(session, "alice", 500_00)
    assert claim.number
    assert waits_for(session, claim) == ["bob"]
    approve(session, claim, "bob")
    assert waits_for(session, claim) == ["carol"]
    approve(session, claim, "carol")
    assert (claim.state, waits_for(session, claim)) == ("approved", [])
    assert happened(session, claim) == [
        "claim_created", "claim_submitted", "claim_step_approved", "claim_approved",
    ]  # fmt: skip


def test_the_company_head_decides_above_the_larger_amount(session: Session) -> None:
    claim = sent(session, "alice", 20_000_01)
    approve(session, claim, "bob", "carol")
    assert waits_for(session, claim) == ["grace"]
    approve(session, claim, "grace")
    assert claim.state == "approved"


def test_everybody_is_told_once_and_only_of_what_concerns_him(session: Session) -> None:
    claim = sent(session, "alice", 500_00)
    approve(session, claim, "bob", "carol")
    assert told(session, "bob") == ["claim_submitted"]
    assert told(session, "carol") == ["claim_submitted"]
    assert told(session, "alice") == ["claim_approved"]
    assert told(session, "dan") == []


def test_numbers_follow_one_another_without_gaps(session: Session) -> None:
    numbers = [sent(session, "alice", 500_00).number or "" for _ in range(3)]
    assert [int(number[-6:]) for number in numbers] == [1, 2, 3]


def test_a_claim_with_a_stopping_finding_is_not_sent(session: Session) -> None:
    claim = draft(session, "alice", 500_00, receipts=False)
    with pytest.raises(Invalid):
        send(session, claim)
    assert claim.state == "draft"


@pytest.mark.parametrize("amount", [1, 299_99, 300_00])
def test_a_small_claim_without_findings_is_approved_by_nobody(
    session: Session, amount: int
) -> None:
    claim = sent(session, "alice", amount)
    assert (claim.state, waits_for(session, claim)) == ("approved", [])
    assert happened(session, claim)[-1] == "claim_auto_approved"
    assert told(session, "alice") == ["claim_auto_approved"]


def test_a_small_claim_with_a_finding_goes_to_the_manager(session: Session) -> None:
    claim = draft(session, "alice", 90_00, category="local_transport")
    for line in claim.lines:
        line.reason = "The last bus had left"
    send(session, claim)
    assert waits_for(session, claim) == ["bob"]


def test_no_one_approves_own_claim(session: Session) -> None:
    claim = sent(session, "bob", 500_00)
    assert waits_for(session, claim) == ["grace"]
    looked = seen(session, claim.id, "bob")
    for decide in (
        lambda: workflow.approve(session, looked, shown=claim.version, at=now()),
        lambda: workflow.reject(session, looked, "no", shown=claim.version, at=now()),
        lambda: workflow.return_(session, looked, "no", {}, shown=claim.version, at=now()),
    ):
        with pytest.raises(NotAllowed):
            decide()
    assert waits_for(session, claim) == ["grace"]


def test_finance_does_not_review_its_own_claim(session: Session) -> None:
    session.add(RoleGrant(person_id=person(session, "heidi").id, role="finance"))
    session.flush()
    claim = sent(session, "carol", 500_00)
    approve(session, claim, "grace")
    assert waits_for(session, claim) == ["heidi"]


def test_a_step_without_people_falls_to_the_fallback(session: Session) -> None:
    claim = sent(session, "carol", 500_00)
    approve(session, claim, "grace")
    assert waits_for(session, claim) == ["admin"]


@pytest.mark.parametrize("name", ["dan", "carol", "ivan", "admin"])
def test_nobody_decides_before_his_turn(session: Session, name: str) -> None:
    claim = sent(session, "alice", 500_00)
    with pytest.raises(NotAllowed):
        approve(session, claim, name)


@pytest.mark.parametrize("decision", ["approve", "return", "reject", "withdraw"])
def test_a_decision_on_an_old_page_is_refused(session: Session, decision: str) -> None:
    claim = sent(session, "alice", 500_00)
    old = claim.version
    looked = seen(session, claim.id, "alice" if decision == "withdraw" else "bob")
    approve(session, claim, "bob")
    with pytest.raises(Stale):
        {
            "approve": lambda: workflow.approve(session, looked, shown=old, at=now()),
            "return": lambda: workflow.return_(session, looked, "x", {}, shown=old, at=now()),
            "reject": lambda: workflow.reject(session, looked, "x", shown=old, at=now()),
            "withdraw": lambda: workflow.withdraw(session, looked, shown=old, at=now()),
        }[decision]()
    assert waits_for(session, claim) == ["carol"]


def test_who_decided_already_is_told_that_the_claim_moved_on(session: Session) -> None:
    claim = sent(session, "alice", 500_00)
    approve(session, claim, "bob")
    with pytest.raises(Stale):
        approve(session, claim, "bob")


def test_withdrawing_frees_the_claim_and_its_invoices(session: Session) -> None:
    claim = draft(session, "alice", 500_00)
    attach_invoice(session, claim)
    send(session, claim)
    approve(session, claim, "bob")
    withdraw(session, claim)
    assert (claim.state, waits_for(session, claim)) == ("withdrawn", [])
    other = draft(session, "dan", 500_00)
    attach_invoice(session, other)
    send(session, other)
    with pytest.raises((AlreadyClaimed, Invalid)):
        send(session, claim)


def test_a_withdrawn_claim_goes_the_whole_way_again_under_its_number(session: Session) -> None:
    claim = sent(session, "alice", 500_00)
    number = claim.number
    approve(session, claim, "bob")
    withdraw(session, claim)
    send(session, claim)
    assert (claim.number, waits_for(session, claim)) == (number, ["bob"])


def test_a_claim_cannot_be_withdrawn_after_its_final_approval(session: Session) -> None:
    claim = sent(session, "alice", 500_00)
    approve(session, claim, "bob", "carol")
    with pytest.raises(NotNow):
        withdraw(session, claim)


def test_nobody_withdraws_for_somebody_else(session: Session) -> None:
    claim = sent(session, "alice", 500_00)
    with pytest.raises(NotAllowed):
        workflow.withdraw(session, seen(session, claim.id, "bob"), shown=claim.version, at=now())


@pytest.mark.parametrize("state", ["submitted", "approved", "rejected"])
def test_a_claim_is_sent_once(session: Session, state: str) -> None:
    claim = sent(session, "alice", 500_00)
    if state == "approved":
        approve(session, claim, "bob", "carol")
    elif state == "rejected":
        looked = seen(session, claim.id, "bob")
        workflow.reject(session, looked, "Private", shown=claim.version, at=now())
    with pytest.raises(Refusal):
        send(session, claim)


def test_the_same_invoice_is_refused_on_a_second_claim(session: Session) -> None:
    claims = [draft(session, name, 500_00) for name in ("alice", "dan")]
    for claim in claims:
        attach_invoice(session, claim)
    send(session, claims[0])
    with pytest.raises((AlreadyClaimed, Invalid)):
        send(session, claims[1])
    assert claims[1].state == "draft"


def test_a_leavers_people_are_approved_by_his_own_manager(session: Session) -> None:
    session.get_one(Person, person(session, "bob").id).active = False
    session.flush()
    assert waits_for(session, sent(session, "alice", 500_00)) == ["grace"]


def test_a_changed_flow_does_not_touch_claims_on_their_way(session: Session) -> None:
    claim = sent(session, "alice", 500_00)
    session.get_one(FlowStep, 3).decider = "role:admin"
    session.flush()
    approve(session, claim, "bob")
    assert waits_for(session, claim) == ["carol"]
