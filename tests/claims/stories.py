"""Claims in any state for tests, made by the rules that pages use."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from flask import Flask, current_app
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.approvals.decide import earlier_approvals
from portal.approvals.flow import flow_for
from portal.approvals.routing import Plan, plan
from portal.claims import drafting, queries, workflow
from portal.claims.access import Seen
from portal.claims.drafting import TypedLine
from portal.claims.judging import judge, routed
from portal.claims.models import RETURNED, Claim
from portal.claims.receipts import Upload, attach
from portal.core.clock import day, now
from portal.core.db import begin_writing, db
from portal.core.events import Event
from portal.core.files import XML, Accepted
from portal.core.money import format_plain
from portal.core.notices import Notice
from portal.invoices.readers import read
from portal.people.models import Person
from portal.people.queries import Organisation
from portal.people.roles import Reader
from portal.policy.findings import Finding
from portal.policy.queries import current_policy
from tests.invoices.samples import DIGITAL, Sample, digital_xml

ZONE = "Asia/Shanghai"


@contextmanager
def writing(app: Flask) -> Iterator[Session]:
    """A transaction of its own, committed at the end."""
    with app.app_context():
        begin_writing(db.session())
        yield db.session()
        db.session.commit()


def person(session: Session, name: str) -> Person:
    """One of the cast."""
    return session.scalars(select(Person).where(Person.number == name)).one()


def reader(session: Session, name: str) -> Reader:
    """One of the cast as pages know the signed-in person."""
    found = person(session, name)
    return Reader(
        id=found.id, number=found.number, name=found.name, email=found.email,
        department_id=found.department_id, grade=found.grade, language=found.language,
        roles=frozenset(grant.role for grant in found.grants), sign_in_id=0, shared=False,
    )  # fmt: skip


def seen(session: Session, claim_id: int, name: str) -> Seen:
    """The claim as it stands to one of the cast, with its lines."""
    found = queries.seen_by(session, claim_id, reader(session, name))
    assert found is not None
    queries.with_lines(session, found.claim)
    return found


def picture(width: int = 40, number: int = 0) -> bytes:
    """A small PNG; another width or number makes another file."""
    out = io.BytesIO()
    Image.new("RGB", (width, 30), (255, number // 256 % 256, number % 256)).save(out, "PNG")
    return out.getvalue()


def draft(
    session: Session, name: str = "alice", *amounts: int, purpose: str = "Customer visit",
    category: str = "office", receipts: bool = True, at: datetime | None = None,
) -> Claim:  # fmt: skip
    """A draft with a line of each amount (fen), spent three days ago, each with a receipt."""
    at = at or now()
    owner = person(session, name)
    claim = drafting.create(session, by=owner.id, department_id=owner.department_id, at=at)
    for _more in amounts[1:]:
        drafting.new_line(session, claim)
    fill(session, claim, *(amounts or (500_00,)), purpose=purpose, category=category, at=at)
    if receipts:
        give_receipts(session, claim, at)
    return claim


def give_receipts(session: Session, claim: Claim, at: datetime | None = None) -> None:
    """Hang a picture on every line of a draft."""
    for width, line in enumerate(claim.lines, start=40):
        data = picture(width, claim.id)
        kept = Accepted(data, "image/png", ".png", f"receipt {width}.png", None)
        sha256 = current_app.extensions["store"].put(data)
        attach(session, claim, Upload(kept, sha256), line, shown=claim.version, at=at or now())


def fill(
    session: Session, claim: Claim, *amounts: int, purpose: str = "Customer visit",
    category: str = "office", at: datetime | None = None,
) -> None:  # fmt: skip
    """Type amounts (fen) into the lines of a draft."""
    at = at or now()
    spent_on = (day(at, ZONE) - timedelta(days=3)).isoformat()
    typed = [
        TypedLine(line.id, spent_on, category, f"Item {place}", format_plain(amount))
        for place, (line, amount) in enumerate(zip(claim.lines, amounts, strict=True), start=1)
    ]
    drafting.save(session, claim, purpose, typed, shown=claim.version, at=at)


def attach_invoice(session: Session, claim: Claim, sample: Sample = DIGITAL) -> None:
    """Put an e-invoice on the claim's first line."""
    data = digital_xml(sample).encode()
    kept = Accepted(data, XML, ".xml", f"{sample.number}.xml", None)
    upload = Upload(kept, current_app.extensions["store"].put(data), read=read(data, XML))
    attach(session, claim, upload, claim.lines[0], shown=claim.version, at=now())


def judged(
    session: Session, claim: Claim, at: datetime | None = None
) -> tuple[list[Finding], Plan]:
    """What the policy finds in a draft, and its route."""
    on = day(at or now(), ZONE)
    grade = session.get_one(Person, claim.claimant_id).grade
    findings = judge(session, claim, current_policy(session, on), grade=grade, on=on)
    earlier = earlier_approvals(session, claim.subject) if claim.state == RETURNED else None
    flow = flow_for(session, "claim")
    return findings, plan(routed(claim, findings), flow, Organisation(session), earlier)


def send(
    session: Session, claim: Claim, *, shown: int | None = None, at: datetime | None = None
) -> Claim:
    """Send a draft on its route."""
    at = at or now()
    findings, planned = judged(session, claim, at)
    workflow.submit(
        session, claim, findings, planned, flow_for(session, "claim"),
        judged_by=current_policy(session, day(at, ZONE)),
        shown=claim.version if shown is None else shown, at=at, on=day(at, ZONE),
    )  # fmt: skip
    session.commit()
    return claim


def sent(session: Session, name: str = "alice", *amounts: int, **more: str) -> Claim:
    """A claim on its way."""
    return send(session, draft(session, name, *amounts, **more))  # type: ignore[arg-type]


def approve(session: Session, claim: Claim, *names: str) -> None:
    """Approve step after step, each by one of the cast."""
    for name in names:
        looked = seen(session, claim.id, name)
        workflow.approve(session, looked, shown=looked.claim.version, at=now())
        session.commit()


def give_back(
    session: Session, claim: Claim, name: str, reason: str = "Which customer?",
    lines: dict[int, str] | None = None,
) -> None:  # fmt: skip
    """Return a claim to its claimant."""
    looked = seen(session, claim.id, name)
    workflow.return_(
        session, looked, reason, lines or {}, shown=looked.claim.version, at=now()
    )  # fmt: skip
    session.commit()


def waits_for(session: Session, claim: Claim) -> list[str]:
    """The names of those a claim waits for, none when it waits for nobody."""
    found = queries.waiting_names(session, [claim.id]).get(claim.id, "")
    return [name.lower() for name in found.split("、") if name]


def happened(session: Session, claim: Claim) -> list[str]:
    """The kinds of the claim's events in their order."""
    about = (Event.subject_kind == "claim", Event.subject_id == claim.id)
    return list(session.scalars(select(Event.kind).where(*about).order_by(Event.id)))


def told(session: Session, name: str) -> list[str]:
    """The kinds of what one of the cast was told, oldest first."""
    wanted = Notice.person_id == person(session, name).id
    return list(session.scalars(select(Notice.kind).where(wanted).order_by(Notice.id)))
