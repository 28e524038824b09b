"""Claims with invoices for the tests of who may claim what, made by the rules that pages use."""

from hashlib import sha256
from inspect import get_annotations
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from portal.approvals.flow import flow_for
from portal.approvals.routing import plan
from portal.claims import payment, workflow
from portal.claims.judging import routed
from portal.claims.models import Claim, Receipt
from portal.core.clock import day, now
from portal.core.files import XML
from portal.invoices import registry
from portal.invoices.models import Invoice, InvoiceAllowance, InvoiceHold
from portal.invoices.readers import ReadInvoice, Source, read
from portal.people.queries import Organisation
from portal.policy.queries import current_policy
from tests.claims.stories import ZONE, draft, person, reader, seen
from tests.invoices.samples import DIGITAL, Sample, digital_xml

KEY = DIGITAL.number
OTHER = DIGITAL.but(number="26312000000999999999")


READ = {column.key for column in inspect(Invoice).columns} & {"key", *get_annotations(ReadInvoice)}


def claim_with(
    session: Session, name: str, *samples: Sample, source: Source = "xml", file: str = ""
) -> Claim:
    """A draft of somebody with these invoices on its first line, as read from such a source.

    They were put there before anybody held them: the form would refuse them afterwards.
    """
    claim = draft(session, name, 500_00)
    for sample in samples or (DIGITAL,):
        put_invoice(session, claim, sample, source, file)
    return claim


def put_invoice(
    session: Session, claim: Claim, sample: Sample, source: Source = "xml", file: str = ""
) -> None:
    """Put a file with an invoice on the first line; ``file`` stands for other bytes."""
    data = digital_xml(sample).encode()
    [found] = read(data, XML)
    values: dict[str, Any] = {name: getattr(found, name) for name in READ}
    values |= {"source": source, "unread": [], "items": [], "disagreements": []}
    claim.receipts.append(
        Receipt(
            line_id=claim.lines[0].id, sha256=sha256(data + file.encode()).hexdigest(),
            filename=f"{sample.number}.{source}", media_type=XML, size=len(data), added_at=now(),
            invoice=Invoice(**{**values, "details": {}, "sources": dict(found.sources)}),
        )
    )  # fmt: skip
    session.flush()


def submit(session: Session, claim: Claim) -> None:
    """Send a claim on its route whatever the policy finds: only the registry can refuse."""
    flow = flow_for(session, "claim")
    planned = plan(routed(claim, []), flow, Organisation(session), None)
    workflow.submit(
        session, claim, [], planned, flow, judged_by=current_policy(session, day(now(), ZONE)),
        shown=claim.version, at=now(), on=day(now(), ZONE),
    )  # fmt: skip


def withdraw(session: Session, claim: Claim, owner: str) -> None:
    workflow.withdraw(session, seen(session, claim.id, owner), shown=claim.version, at=now())


def reject(session: Session, claim: Claim, by: str = "bob") -> None:
    workflow.reject(session, seen(session, claim.id, by), "No", shown=claim.version, at=now())


def give_back(session: Session, claim: Claim, by: str = "bob") -> None:
    looked = seen(session, claim.id, by)
    workflow.return_(session, looked, "Which?", {}, shown=claim.version, at=now())


def pay(session: Session, claim: Claim, payer: str = "heidi") -> None:
    """Put an approved claim into a batch and close it as paid."""
    at, by = now(), person(session, payer).id
    batch = payment.start_batch(session, [claim.id], by=by, at=at)
    session.flush()
    payment.close_batch(
        session, batch, day(at, ZONE), "B-1", {}, shown=batch.version, by=by, at=at,
        today=day(at, ZONE),
    )  # fmt: skip


def allow(
    session: Session, name: str, *, by: str = "carol", reason: str = "Half each", key: str = KEY
) -> InvoiceAllowance:
    return registry.allow(
        session, key, person(session, name), reason, by=reader(session, by), at=now()
    )


def holders(session: Session, key: str = KEY) -> list[tuple[int, int]]:
    """Share and claim of everybody who holds the invoice."""
    session.flush()
    found = select(InvoiceHold.share, InvoiceHold.claim_id).where(InvoiceHold.key == key)
    return [(row.share, row.claim_id) for row in session.execute(found.order_by(InvoiceHold.share))]
