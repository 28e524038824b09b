"""The pages that are measured, and who looks at them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from selectolax.lexbor import LexborHTMLParser, LexborNode
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.load import Request
from benchmarks.visitor import Visitor
from portal.approvals.models import Step, StepPerson
from portal.claims.models import DRAFT, PAID, SUBMITTED, Claim, Line, Receipt
from portal.people.models import Person

HELLO = "hello"
FORM = {
    "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true",
    "HX-Trigger": "claim-form",
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """The claims of a measured company that pages are about."""

    paid: int
    """alice's newest paid claim with at least three lines."""
    sent: int
    """A claim of alice that waits for bob."""
    waiting: int
    """A claim with at least three lines that waits for bob."""
    drafts: tuple[int, ...]
    writer: str
    """Who owns the drafts."""


def facts(session: Session) -> Facts:
    """Look up what the pages are about."""
    alice = session.scalars(select(Person).where(Person.number == "alice")).one()
    bob = session.scalars(select(Person).where(Person.number == "bob")).one()
    long = select(Line.claim_id).where(Line.claim_id == Claim.id, Line.position == 3).exists()
    hers = select(Claim.id).where(Claim.claimant_id == alice.id).order_by(Claim.id.desc())
    waits = (
        select(Claim.id)
        .join(Step, (Step.subject_id == Claim.id) & (Step.subject_kind == "claim"))
        .join(StepPerson, StepPerson.step_id == Step.id)
        .where(StepPerson.person_id == bob.id, StepPerson.waiting_since.is_not(None), long)
        .order_by(Claim.id.desc())
    )
    drafts = session.execute(
        select(Claim.id, Person.number)
        .join(Person, Person.id == Claim.claimant_id)
        .where(Claim.state == DRAFT, Claim.claimant_id == alice.id + 1)
        .order_by(Claim.id.desc())
        .limit(16)
    ).all()
    return Facts(
        paid=session.scalars(hers.where(Claim.state == PAID, long).limit(1)).one(),
        sent=session.scalars(hers.where(Claim.state == SUBMITTED).limit(1)).one(),
        waiting=session.scalars(waits.limit(1)).one(),
        drafts=tuple(row.id for row in drafts),
        writer=drafts[0].number,
    )


def without_receipts(session: Session, most: int) -> list[int]:
    """Sent claims that print on one page, newest first, and whose claimant is anybody."""
    bare = ~select(Receipt.id).where(Receipt.claim_id == Claim.id).exists()
    found = select(Claim.id).where(Claim.state == PAID, bare).order_by(Claim.id.desc())
    return list(session.scalars(found.limit(most)))


@dataclass(frozen=True)
class Page:
    """One measured address: who asks, what for, and which floor it is held against."""

    name: str
    who: Callable[[Facts], str]
    requests: Callable[[Visitor, Facts, Session], list[Request]]
    status: int = 200
    floor: str = "page"
    goal: float | None = None
    """The part of the floor's throughput that it has to reach."""


def _at(path: Callable[[Facts, Session], str]) -> Callable[..., list[Request]]:
    def requests(visitor: Visitor, known: Facts, session: Session) -> list[Request]:
        return [Request(path(known, session), visitor.headers)]

    return requests


def _autosaves(visitor: Visitor, known: Facts, _session: Session) -> list[Request]:
    """The edit form of each draft as the page sends it after a change, line by line."""
    sent = []
    for draft in known.drafts:
        path = f"/claims/{draft}/edit"
        html = LexborHTMLParser(visitor.get(path).text)
        form = html.css_first("form#claim-form")
        assert form is not None
        headers = {**visitor.headers, **FORM}
        sent.append(Request(path, headers, "POST", urlencode(_filled(form))))
    return sent


def _filled(form: LexborNode) -> list[tuple[str, str]]:
    fields = []
    for control in form.css("input, select, textarea"):
        name, kind = control.attributes.get("name"), control.attributes.get("type")
        if not name or kind == "file":
            continue
        if control.tag == "select":
            chosen = control.css_first("option[selected]")
            value = chosen.attributes.get("value") if chosen else ""
        else:
            value = control.text() if control.tag == "textarea" else control.attributes.get("value")
        fields.append((name, value or ""))
    return fields


def _alice(_known: Facts) -> str:
    return "alice"


def _bob(_known: Facts) -> str:
    return "bob"


def _polls(path: Callable[[Facts], str]) -> Callable[..., list[Request]]:
    """What the page at ``path`` asks for by itself while it is open."""

    def requests(visitor: Visitor, known: Facts, _session: Session) -> list[Request]:
        page = LexborHTMLParser(visitor.get(path(known)).text)
        asking = page.css_first("[hx-trigger^=every]")
        if asking is None:
            raise LookupError(f"{path(known)} does not ask by itself whether anything changed")
        address = asking.attributes["hx-get"] or ""
        vals = json.loads(asking.attributes.get("hx-vals") or "{}")
        if vals:
            address += ("&" if "?" in address else "?") + urlencode(vals)
        return [Request(address, {**visitor.headers, "HX-Request": "true"})]

    return requests


PAGES = (
    Page("claim list", _alice, _at(lambda _known, _session: "/claims/"), goal=0.5),
    Page("claim page", _alice, _at(lambda known, _session: f"/claims/{known.paid}"), goal=0.5),
    Page("claim page, to decide", _bob,
         _at(lambda known, _session: f"/claims/{known.waiting}"), goal=0.5),
    Page("approver's inbox", _bob, _at(lambda _known, _session: "/approvals/"), goal=0.5),
    Page("home", _bob, _at(lambda _known, _session: "/")),
    Page("status poll", _alice, _polls(lambda known: f"/claims/{known.sent}"),
         status=204, floor=HELLO, goal=0.75),
    Page("status poll of a list", _bob, _polls(lambda _known: "/approvals/"),
         status=204, floor=HELLO, goal=0.75),
    Page("line fragment (saves)", lambda known: known.writer, _autosaves),
)  # fmt: skip


def signed_in(port: int, number: str) -> Visitor:
    """A browser in which the person is signed in."""
    return Visitor(port).signed_in(number)
