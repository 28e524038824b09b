"""What judging a claim needs to know of others: claims, invoices, projects and trips.

Read for many claims together, in a number of queries that does not grow with them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from portal.claims.duplicates import LIVE, Other, alike, same_files, typed_alike
from portal.claims.models import Claim, Line
from portal.claims.pricing import closed_projects
from portal.claims.receipts import invoices_of
from portal.claims.trips import TripFacts, trip_facts
from portal.core.db import fetch
from portal.invoices.registry import all_held_elsewhere
from portal.people.models import Company
from portal.policy.rules import MONTH, TRIP, Policy
from portal.policy.spending import Window, windows


@dataclass(frozen=True)
class Surroundings:
    """What is around some claims.

    ``claimed`` are the lines whose invoices are on other claims or on an earlier line. By claim
    and invoice, by claim and SHA-256, and by line: the claim that has the same already.
    ``spent`` holds by claim what ``ClaimFacts`` wants to know of the claimant's other claims.
    """

    companies: Mapping[int, Company]
    claimed: frozenset[int]
    closed: frozenset[int]
    like_invoices: Mapping[tuple[int, int], Other]
    same_files: Mapping[tuple[int, str], Other]
    like_lines: Mapping[int, Other]
    trips: Mapping[int, TripFacts]
    spent: Mapping[int, dict[str, Any]]


def surroundings(session: Session, claims: Sequence[Claim], policy: Policy) -> Surroundings:
    """What is around these claims, whose lines are loaded. Nine queries at most."""
    invoices = {
        claim.id: [each for line in claim.lines for each in invoices_of(claim, line)]
        for claim in claims
    }
    without = {
        claim.id: (
            claim.claimant_id,
            [line for line in claim.lines if not invoices_of(claim, line)],
        )
        for claim in claims
    }
    files = {claim.id: [each.sha256 for each in claim.receipts] for claim in claims}
    return Surroundings(
        companies=_companies(session, claims),
        claimed=_claimed(session, claims),
        closed=closed_projects(session, claims),
        like_invoices=alike(session, invoices),
        same_files=same_files(session, files),
        like_lines=typed_alike(session, without),
        trips=trip_facts(session, claims),
        spent=_spent(session, claims, policy),
    )


def _companies(session: Session, claims: Sequence[Claim]) -> dict[int, Company]:
    wanted = {claim.company_id for claim in claims}
    found = session.scalars(select(Company).where(Company.id.in_(sorted(wanted))))
    return {company.id: company for company in found}


def _claimed(session: Session, claims: Sequence[Claim]) -> frozenset[int]:
    """The lines with invoices that are on other claims, or on an earlier line of the same."""
    lines: dict[int, dict[str, int]] = {claim.id: {} for claim in claims}
    claimed: set[int] = set()
    for claim in claims:
        for receipt in claim.receipts:
            key = receipt.invoice.key if receipt.invoice else None
            if key and lines[claim.id].setdefault(key, receipt.line_id) != receipt.line_id:
                claimed.add(receipt.line_id)
    asked = {claim.id: (claim.claimant_id, lines[claim.id]) for claim in claims}
    for claim_id, held in all_held_elsewhere(session, asked).items():
        claimed |= {lines[claim_id][key] for key in held}
    return frozenset(claimed)


SPENT = (
    select(
        Claim.id, Claim.claimant_id, Claim.trip_id, Line.category, Line.spent_on,
        func.sum(Line.amount).label("amount"),
    )
    .join(Line, Line.claim_id == Claim.id)
    .where(
        Claim.claimant_id.in_(bindparam("people", expanding=True)),
        LIVE,
        Line.category.in_(bindparam("codes", expanding=True)),
        or_(
            Line.spent_on.between(bindparam("first"), bindparam("last")),
            Claim.trip_id.in_(bindparam("trips", expanding=True)),
        ),
    )
    .group_by(Claim.id, Claim.claimant_id, Claim.trip_id, Line.category, Line.spent_on)
)  # fmt: skip
"""What people spent on live claims between two days or on trips, by claim, category and day."""


def _spent(session: Session, claims: Sequence[Claim], policy: Policy) -> dict[int, dict[str, Any]]:
    """By claim what the claimant's other live claims spent where limits of several apply."""
    asked = {
        claim.id: windows(policy, [(line.category, line.spent_on) for line in claim.lines])
        for claim in claims
    }
    every = [each for of_claim in asked.values() for each in of_claim]
    days = [day for each in every for day in (each.first, each.last) if day is not None]
    rows: dict[int, list[Any]] = {}
    if every:
        found = fetch(
            session, SPENT,
            people=sorted({claim.claimant_id for claim in claims if asked[claim.id]}),
            codes=sorted({code for each in every for code in each.codes}),
            first=min(days, default=date.min), last=max(days, default=date.min),
            trips=sorted({claim.trip_id for claim in claims if claim.trip_id is not None}),
        )  # fmt: skip
        for row in found:
            rows.setdefault(row.claimant_id, []).append(row)
    return {
        claim.id: _in_windows(claim, asked[claim.id], rows.get(claim.claimant_id, ()))
        for claim in claims
    }


def _in_windows(claim: Claim, asked: Sequence[Window], rows: Sequence[Any]) -> dict[str, Any]:
    spent: dict[str, dict[Any, int]] = {
        "spent_before": {}, "spent_in_year": {}, "spent_on_trip": {},
    }  # fmt: skip
    for each in asked:
        others = [row for row in rows if row.id != claim.id and row.category in each.codes]
        if each.per == TRIP:
            if claim.trip_id is not None:
                on_trip = [row for row in others if row.trip_id == claim.trip_id]
                spent["spent_on_trip"][each.limit] = _sum(on_trip)
            continue
        assert each.first is not None
        assert each.last is not None
        total = _sum(
            [row for row in others if row.spent_on and each.first <= row.spent_on <= each.last]
        )
        if each.per == MONTH:
            spent["spent_before"][each.limit, each.first] = total
        else:
            spent["spent_in_year"][each.limit, each.first.year] = total
    return spent


def _sum(rows: Sequence[Any]) -> int:
    return sum(int(row.amount or 0) for row in rows)
