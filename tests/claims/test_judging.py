"""A claim as the policy sees it, with what is stored about others."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from portal.claims.models import Claim
from portal.core.clock import now
from portal.core.words import Amount, Named
from portal.policy.findings import findings_from_data, findings_to_data
from tests.claims.stories import attach_invoice, draft, judged, send, sent
from tests.invoices.samples import DIGITAL


def rules(session: Session, claim: Claim) -> list[str]:
    return [finding.rule for finding in judged(session, claim)[0]]


def test_other_claims_of_the_month_count_to_its_limit(session: Session) -> None:
    first = draft(session, "alice", 150_00, category="telephone")
    second = draft(session, "alice", 150_00, category="telephone")
    assert rules(session, second) == []
    first.state = "submitted"
    session.flush()
    [finding] = judged(session, second)[0]
    assert (finding.rule, finding.excess) == ("over_limit_month", 100_00)


@pytest.mark.parametrize("state", ["draft", "rejected", "withdrawn"])
def test_what_will_never_be_paid_does_not_count(session: Session, state: str) -> None:
    draft(session, "alice", 150_00, category="telephone").state = state
    session.flush()
    assert rules(session, draft(session, "alice", 150_00, category="telephone")) == []


def test_claims_of_others_do_not_count(session: Session) -> None:
    draft(session, "dan", 150_00, category="telephone").state = "submitted"
    session.flush()
    assert rules(session, draft(session, "alice", 150_00, category="telephone")) == []


def test_an_invoice_that_another_sent_claim_holds_is_found(session: Session) -> None:
    mine, theirs = draft(session), draft(session, "dan")
    for claim in (mine, theirs):
        attach_invoice(session, claim)
    assert "invoice_claimed" not in rules(session, mine)
    send(session, theirs)
    assert "invoice_claimed" in rules(session, mine)


def test_the_same_invoice_on_two_claims_of_different_number_is_fine(session: Session) -> None:
    mine, theirs = draft(session), draft(session, "dan")
    attach_invoice(session, mine)
    attach_invoice(session, theirs, DIGITAL.but(number="26312000000999999999"))
    assert "invoice_claimed" not in rules(session, mine) + rules(session, theirs)


def test_findings_stay_on_record_word_for_word(session: Session) -> None:
    claim = draft(session, "alice", 150_00, receipts=False, category="lodging")
    found, _plan = judged(session, claim)
    assert len(found) >= 3
    assert findings_from_data(findings_to_data(found)) == found
    values = [value for finding in found for value in finding.says.values.values()]
    assert any(isinstance(value, Amount) for value in values)
    assert any(isinstance(value, Named) for value in values)


def test_the_approver_sees_what_was_found_when_it_was_sent(session: Session) -> None:
    claim = draft(session, "alice", 500_00, category="local_transport")
    claim.lines[0].reason = "Night train to the factory"
    session.flush()
    send(session, claim)
    kept = findings_from_data(claim.findings)
    assert "over_limit_day" in [finding.rule for finding in kept]
    assert kept[0].reason == "Night train to the factory"


@pytest.mark.parametrize("day", [date(9999, 12, 31), date(2026, 12, 31), date(2000, 1, 1)])
def test_any_day_can_be_judged(session: Session, day: date) -> None:
    claim = draft(session, "alice", 50_00, category="telephone")
    claim.lines[0].spent_on = day
    session.flush()
    found = {finding.rule for finding in judged(session, claim)[0]}
    assert found & {"date_in_future", "too_old"} or abs((now().date() - day).days) <= 91


def test_a_sent_claim_is_judged_by_its_own_lines_only_once(session: Session) -> None:
    claim = sent(session, "alice", 500_00)
    assert rules(session, claim) == []
