"""What the demo company has beyond claims in yuan: trips, advances, currencies, entities, rules."""

from collections import Counter, defaultdict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.claims import models
from portal.claims.models import Batch, Claim, Line, Payment
from portal.invoices.models import Invoice, InvoiceCheck
from portal.people.models import Company
from portal.people.tax_number import is_unified
from portal.policy.drafts import faults_of, open_draft
from portal.prior import models as prior
from portal.prior.models import Movement, PriorRequest
from portal.rates.models import ExchangeRate
from tests.demo.conftest import TODAY, person


def test_money_comes_in_every_shape(session: Session) -> None:
    lines = session.scalars(select(Line).join(Claim).where(Claim.submitted_at.is_not(None))).all()
    foreign = [line for line in lines if line.currency != "CNY"]
    assert {line.currency for line in foreign} >= {"EUR", "USD", "JPY", "SGD", "HKD"}
    assert all(line.rate and line.amount and line.rate_on <= line.spent_on for line in foreign)
    by_rules = {line.category for line in lines if line.unit_price and line.amount}
    assert by_rules == {"mileage", "per_diem"}
    shared = [line for line in lines if line.splits]
    assert len(shared) >= 3
    for line in shared:
        assert sum(part.amount for part in line.splits) == line.amount
    assert len({line.project_id for line in lines}) > 3
    assert any(line.tax for line in lines)


def test_trips_are_approved_claimed_and_printed_with_their_journeys(session: Session) -> None:
    alice = person(session, "alice")
    claim = session.scalars(
        select(Claim).where(Claim.claimant_id == alice.id, Claim.trip_id.is_not(None))
    ).one()
    assert (claim.kind, claim.state) == (models.TRAVEL, models.PAID)
    assert claim.trip.state == prior.APPROVED
    assert [line.leg["number"] for line in claim.lines if line.leg] == ["G1373", "G1386"]
    over = session.scalars(select(Claim).where(Claim.trip_id.is_not(None), Claim.id != claim.id))
    assert "trip_over_budget" in {found["rule"] for one in over for found in one.findings}


def test_advances_are_settled_returned_and_late(session: Session) -> None:
    advances = session.scalars(
        select(PriorRequest).where(
            PriorRequest.kind == prior.ADVANCE, PriorRequest.paid_at.is_not(None)
        )
    ).all()
    moved: dict[int, Counter[str]] = defaultdict(Counter)
    for each in session.scalars(select(Movement)):
        moved[each.advance_id][each.kind] += each.amount
    assert {each.id: each.owed for each in advances} == {
        number: by_kind.total() for number, by_kind in moved.items()
    }
    kinds = {frozenset(+each + -each) for each in moved.values()}
    assert {kind for each in kinds for kind in each} >= {"paid", "settled", "returned"}
    assert {each.state for each in advances} == {prior.PAID, prior.SETTLED}
    assert any(each.owed and each.ends_on < TODAY for each in advances)
    assert any(0 < each.owed < each.amount for each in advances)


def test_files_fill_a_draft_and_a_deputy_a_colleagues_claim(session: Session) -> None:
    alice, bob = person(session, "alice"), person(session, "bob")
    drafts = session.scalars(
        select(Claim).where(Claim.claimant_id == alice.id, Claim.state == models.DRAFT)
    )
    [filled] = [each for each in drafts if each.lines and all(line.guess for line in each.lines)]
    assert [(line.category, line.amount) for line in filled.lines] == [
        (line.guess, receipt.invoice.total)
        for line, receipt in zip(filled.lines, filled.receipts, strict=True)
    ]
    by_alice = session.scalars(select(Claim).where(Claim.entered_by_id == alice.id)).all()
    assert {each.claimant_id for each in by_alice} == {bob.id}
    assert {each.state for each in by_alice} >= {models.SUBMITTED}


def test_two_legal_entities_pay_their_own(session: Session) -> None:
    companies = session.scalars(select(Company)).all()
    assert len(companies) == 2
    assert all(is_unified(each.tax_id) for each in companies)
    paid = session.execute(
        select(Claim.company_id, Batch.company_id, func.min(Claim.number))
        .join(Payment, Payment.claim_id == Claim.id)
        .join(Batch, Batch.id == Payment.batch_id)
        .group_by(Claim.company_id, Batch.company_id)
    ).all()
    assert all(claimed == batch for claimed, batch, _number in paid)
    assert {number[:3] == "HZ-" for _claimed, _batch, number in paid} == {True, False}


def test_invoices_bear_right_tax_numbers(session: Session) -> None:
    own = {each.name_zh: each.tax_id for each in session.scalars(select(Company))}
    for invoice in session.scalars(select(Invoice)):
        assert own[invoice.buyer] == invoice.buyer_tax_id
        assert invoice.seller_tax_id is None or is_unified(invoice.seller_tax_id)
    found = {rule["rule"] for claim in session.scalars(select(Claim)) for rule in claim.findings}
    assert found.isdisjoint({"buyer_name_other", "buyer_tax_id_other", "rate_missing"})


def test_finance_has_rates_a_changed_rule_a_draft_and_checked_invoices(session: Session) -> None:
    months = session.scalars(select(ExchangeRate.on).distinct()).all()
    assert len(months) == 13
    versions = session.scalars(select(Claim.policy_version).distinct()).all()
    assert {1, 2} <= {*versions}
    draft = open_draft(session)
    assert draft is not None
    assert faults_of(session, draft, ()) == []
    asked = Counter(session.scalars(select(InvoiceCheck.outcome)))
    assert asked == {"genuine": 3, "unknown": 1}
