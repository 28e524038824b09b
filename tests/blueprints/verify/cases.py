"""A claim that was really sent and approved, for the tests of what is printed."""

import io
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.approvals.flow import flow_for
from portal.approvals.routing import plan
from portal.claims import drafting, queries, workflow
from portal.claims.drafting import TypedLine
from portal.claims.judging import routed
from portal.claims.models import Claim
from portal.claims.receipts import Upload, attach
from portal.core import files
from portal.people.models import Person
from portal.people.queries import Organisation
from portal.people.roles import Reader
from portal.policy.queries import current_policy

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TYPED = {
    "purpose": "Visit to a client", "spent_on": "2026-02-27", "category": "local_transport",
    "amount": "1234.50", "city": "上海",
}  # fmt: skip


def reader(session: Session, name: str) -> Reader:
    person = session.scalars(select(Person).where(Person.number == name)).one()
    return Reader(
        id=person.id, number=name, name=person.name, email=person.email,
        department_id=person.department_id, grade=person.grade, language="en",
        roles=frozenset(grant.role for grant in person.grants), sign_in_id=0, shared=False,
    )  # fmt: skip


def sent_claim(session: Session, app: Flask, *uploads: tuple[str, bytes], **typed: str) -> Claim:
    """A claim of Alice's with one line, sent on its route."""
    alice = reader(session, "alice")
    claim = drafting.create(session, by=alice.id, department_id=alice.department_id, at=AT)
    line = claim.lines[0]
    drafting.save(
        session, claim, "客户拜访", [TypedLine(line.id, **TYPED | typed)],
        shown=claim.version, at=AT,
    )  # fmt: skip
    for name, data in uploads:
        accepted = files.accept(data, name)
        upload = Upload(accepted, app.extensions["store"].put(accepted.data))
        attach(session, claim, upload, line, shown=claim.version, at=AT)
    flow = flow_for(session, "claim")
    workflow.submit(
        session, claim, [], plan(routed(claim, []), flow, Organisation(session)), flow,
        judged_by=current_policy(session, date(2026, 3, 2)), shown=claim.version, at=AT,
        on=date(2026, 3, 2),
    )  # fmt: skip
    return claim


def approve(session: Session, claim: Claim, *names: str) -> None:
    for hours, name in enumerate(names, start=1):
        seen = queries.seen_by(session, claim.id, reader(session, name))
        assert seen is not None
        workflow.approve(
            session, seen, shown=claim.version, at=AT + timedelta(hours=hours), comment="Fine."
        )


def photo(colour: str = "navy") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(data, "PNG")
    return data.getvalue()
