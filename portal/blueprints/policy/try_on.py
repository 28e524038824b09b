"""What the draft would say: about a sample, about a claim, about the last ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select

from portal.blueprints.policy import EDITORS, blueprint
from portal.blueprints.policy.draft import faults_of
from portal.claims import access, judging
from portal.claims import queries as claims
from portal.claims.models import WITHDRAWN, Claim
from portal.core.clock import day, now
from portal.core.db import db
from portal.forms.policy import SampleForm
from portal.people.models import Person
from portal.policy import drafts, queries, trying
from portal.policy.catalogue import RULES
from portal.policy.rules import Policy
from portal.policy.trying import Tried
from portal.web.guards import reader, role
from portal.web.session import settings

MOST_CLAIMS = 200
TOGETHER = 50
"""Claims that are read at a time: a claim has at most 200 lines, and a statement so many values."""


@dataclass(frozen=True)
class Judged:
    """A claim under both policies."""

    claim: Claim
    tried: list[Tried]


@blueprint.get("/draft/try")
@role(*EDITORS)
def try_on() -> Any:
    """Findings that appear, vanish or change. Nothing is stored."""
    session = db.session()
    draft = drafts.open_draft(session)
    if draft is None or faults_of(draft):
        return redirect(url_for("policy.draft"), 303)
    today = day(now(), settings().timezone)
    before = queries.current_policy(session, today)
    after = queries.judging_by(session, draft.rules)
    form = SampleForm(request.args, grade=request.args.get("grade", reader().grade))
    form.offer(category for category in after.categories.values() if category.active)
    sample = form.facts(today) if "category" in request.args else None
    number = request.args.get("claim", "").strip()[:20]
    asked = _one(number) if number else _last() if "last" in request.args else []
    judged = list(_judged(asked, before, after))
    return render_template(
        "policy/try_on.html",
        form=form,
        sample=trying.try_on(sample, before, after) if sample else None,
        number=number,
        asked=bool(number) or "last" in request.args,
        judged=judged,
        different=[one for one in judged if trying.different(one.tried)],
        tally=list(trying.tally(one.tried for one in judged)),
        rules=RULES,
        most=MOST_CLAIMS,
        everybodys=access.may_see_all(reader()),
    )


def _judged(asked: Sequence[Claim], before: Policy, after: Policy) -> Iterator[Judged]:
    """Claims as they stand, each judged on the day it was submitted, ``TOGETHER`` at a time."""
    session, both = db.session(), trying.covering(before, after)
    for start in range(0, len(asked), TOGETHER):
        some = asked[start : start + TOGETHER]
        claims.all_with_lines(session, some)
        owners = {claim.claimant_id for claim in some}
        people = select(Person.id, Person.grade).where(Person.id.in_(owners))
        grade = {row.id: row.grade for row in session.execute(people)}
        stand = [(claim, grade[claim.claimant_id], _submitted_on(claim)) for claim in some]
        for claim, facts in zip(some, judging.all_facts(session, stand, both), strict=True):
            yield Judged(claim, trying.try_on(facts, before, after))


def _submitted_on(claim: Claim) -> date:
    return day(claim.submitted_at or now(), settings().timezone)


def _one(number: str) -> list[Claim]:
    """The claim with this number, if the reader may read it."""
    session = db.session()
    claim_id = session.scalar(select(Claim.id).where(Claim.number == number))
    seen = claims.seen_by(session, claim_id, reader()) if claim_id else None
    return [seen.claim] if seen is not None and access.may_read(seen) else []


def _last() -> Sequence[Claim]:
    """The last submitted claims that the reader may see: everybody's, or the reader's own."""
    found = select(Claim).where(Claim.submitted_at.is_not(None), Claim.state != WITHDRAWN)
    if not access.may_see_all(reader()):
        found = found.where(Claim.claimant_id == reader().id)
    return db.session.scalars(found.order_by(Claim.id.desc()).limit(MOST_CLAIMS)).all()
