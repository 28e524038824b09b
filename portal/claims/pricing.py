"""What the lines of a claim come to by the rules, the rates and the invoices of now.

A draft follows them until it is submitted. From then on a line keeps the rate that it was
submitted with, until its day or its currency is changed.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from portal.claims import computing, tax
from portal.claims.computing import Given, Part, Price, Rate
from portal.claims.models import Claim, Line
from portal.people.models import Person, Project
from portal.policy.rules import MILEAGE, PER_DIEM, Policy, mileage_rate, per_diem
from portal.rates.queries import rates_in_force

Put = Callable[[Any, str, Any], None]

NEEDED = frozenset({"amount", "currency_code", "quantity", "unit_price", "ends_on"})
"""The fields without which nothing can be worked out."""


def price(session: Session, claim: Claim, policy: Policy, *, on: date) -> None:
    """Store what each line of a draft comes to, its parts, its tax, and the total.

    ``on`` is today; it stands in for the day of a line that has none yet.
    """
    _price(session, claim, policy, on, setattr)


def look(session: Session, claim: Claim, policy: Policy, *, on: date) -> None:
    """The same for a page that shows a draft: nothing of it is written."""
    _price(session, claim, policy, on, set_committed_value)


def _price(session: Session, claim: Claim, policy: Policy, on: date, put: Put) -> None:
    rates, taxes = _rates(session, claim, on), tax.on_lines(session, claim, policy)
    grade = _grade(session, claim, policy)
    for line in claim.lines:
        given = _given(line, policy, grade)
        found = computing.price(given, claim.currency, rates.get(line.id))
        if "currency_code" in line.typed:
            found = replace(found, amount=None)
        for name in ("amount", "rate", "rate_on"):
            put(line, name, getattr(found, name))
        if given.computed:
            put(line, "quantity", found.quantity)
            put(line, "unit_price", found.unit_price)
            put(line, "original", found.original)
        recovered = taxes.get(line.id)
        put(line, "tax", recovered.of(found.amount) if recovered else None)
        amounts = computing.part_amounts(found.amount, parts_of(line))
        for split, amount in zip(line.splits, amounts, strict=True):
            put(split, "amount", amount)
    put(claim, "total", sum(line.amount or 0 for line in claim.lines))


def priced_facts(line: Line, policy: Policy, closed: frozenset[int]) -> dict[str, Any]:
    """What the rules ask about the sum of a line as it is stored, and about who bears it."""
    unread = not NEEDED.isdisjoint(line.typed)
    parts = parts_of(line)
    unread_part = any(name.startswith("split-") for name in line.typed)
    judges_parts = parts and line.amount is not None and not unread_part
    borne_by = [split.project_id for split in line.splits] or [line.project_id]
    return {
        "unpriced": "" if unread else computing.unpriced(_stored(line, policy), price_of(line)),
        "split_wrong": bool(judges_parts) and not computing.add_up(line.amount or 0, parts),
        "project": " ".join(map(str, borne_by)) if all(borne_by) else "",
        "project_closed": any(each in closed for each in borne_by),
    }


def price_of(line: Line) -> Price:
    """What the line came to when it was last worked out."""
    return Price(
        line.amount, line.original, line.quantity, line.unit_price, line.rate, line.rate_on
    )


def closed_projects(session: Session, claims: Iterable[Claim]) -> frozenset[int]:
    """The projects on the claims that are no longer in use. A query when there are projects."""
    lines = [line for claim in claims for line in claim.lines]
    used = {line.project_id for line in lines}
    used |= {split.project_id for line in lines for split in line.splits}
    used -= {None}
    if not used:
        return frozenset()
    closed = select(Project.id).where(Project.id.in_(used), Project.active.is_(False))
    return frozenset(session.scalars(closed))


def parts_of(line: Line) -> list[Part]:
    """The parts of a line as they are worked out."""
    return [Part(each.share, 0 if each.share is not None else each.amount) for each in line.splits]


def computed_of(line: Line, policy: Policy) -> str:
    """How the amount of the line's category comes about."""
    category = policy.categories.get(line.category)
    return category.computed if category else ""


def _given(line: Line, policy: Policy, grade: str) -> Given:
    """What the line says, with what the rules pay for a kilometre or a day."""
    given = _stored(line, policy)
    if given.computed == MILEAGE:
        return replace(given, unit_price=mileage_rate(policy, grade) or None)
    if given.computed == PER_DIEM:
        return replace(given, unit_price=per_diem(policy, line.city, grade) or None)
    return given


def _stored(line: Line, policy: Policy) -> Given:
    return Given(
        computed_of(line, policy), line.currency, line.original, line.quantity, line.unit_price,
        None if "ends_on" in line.typed else line.spent_on, line.ends_on,
    )  # fmt: skip


def _grade(session: Session, claim: Claim, policy: Policy) -> str:
    if any(computed_of(line, policy) in (MILEAGE, PER_DIEM) for line in claim.lines):
        return session.get_one(Person, claim.claimant_id).grade
    return ""


def _rates(session: Session, claim: Claim, on: date) -> dict[int, Rate]:
    """By line the rate it was submitted with, or the one in force on its day."""
    foreign = [line for line in claim.lines if line.currency != claim.currency]
    found: dict[int, Rate] = {}
    asked: dict[int, tuple[str, date]] = {}
    for line in foreign:
        if claim.submitted_at is not None and line.rate is not None and line.rate_on is not None:
            found[line.id] = Rate(line.rate, line.rate_on)
        else:
            asked[line.id] = (line.currency, line.spent_on or on)
    in_force = rates_in_force(session, claim.currency, set(asked.values()))
    for line_id, need in asked.items():
        if need in in_force:
            found[line_id] = Rate(in_force[need].rate, in_force[need].on)
    return found
