"""Filling a claim before it is sent. Saving never refuses: what is wrong becomes a finding."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, or_, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from portal.claims import events, legs
from portal.claims.models import EDITABLE, Claim, Line, Receipt, Split
from portal.claims.pricing import price
from portal.claims.typed_lines import LENGTHS as LENGTHS
from portal.claims.typed_lines import TypedLine as TypedLine
from portal.claims.typed_lines import beginning, fill
from portal.claims.typed_lines import misread as misread
from portal.core.db import fetch, table
from portal.core.errors import NotNow, Stale
from portal.core.events import record
from portal.core.words import words
from portal.people import projects
from portal.people.companies import company_of
from portal.people.models import Company
from portal.policy.queries import current_policy

MOST_LINES = 200

CHANGED_ELSEWHERE = words(
    "This claim was changed in another window since this page was shown. "
    "What you typed is kept below; look at it and save again."
)


class Editor(NamedTuple):
    """The open page that sends a change; "" is none that could send another.

    A page that saves ``by_itself`` stays open, and what it sends may arrive late: after the
    same page was sent by one of its buttons, and another took its place.
    """

    page: str = ""
    by_itself: bool = False

    @property
    def stored(self) -> str:
        """What the claim keeps: the page, marked when it was sent for good."""
        return self.page if self.by_itself or not self.page else self.left

    @property
    def left(self) -> str:
        """The page after one of its buttons sent it."""
        return f"left {self.page}"


NOBODY = Editor()

_claim = table(Claim).c
TAKE_VERSION = (
    update(table(Claim))
    .where(
        _claim.id == bindparam("the_claim"),
        _claim.state.in_(EDITABLE),
        or_(
            _claim.version == bindparam("shown"),
            and_(_claim.editor.in_([bindparam("page"), bindparam("left")]), _claim.editor != ""),
        ),
    )
    .values(
        version=_claim.version + 1, beat=_claim.beat + 1, updated_at=bindparam("now"),
        editor=bindparam("editor"),
    )
    .returning(_claim.version, _claim.beat)
)  # fmt: skip


def create(
    session: Session, *, by: int, department_id: int, at: datetime, entered_by: int | None = None
) -> Claim:
    """A new draft of the claimant ``by`` with one empty line.

    ``entered_by`` is the colleague who fills it for him, None when he does so himself.
    """
    claim = Claim(
        claimant_id=by, department_id=department_id, created_at=at, updated_at=at, findings=[],
        entered_by_id=entered_by, **_company(session, department_id),
    )  # fmt: skip
    claim.lines.append(Line(position=1, typed={}, currency=claim.currency, splits=[]))
    session.add(claim)
    session.flush()
    record(
        session, events.CREATED, claim.subject, by=entered_by or by, at=at,
        on_behalf_of=by if entered_by else None,
    )  # fmt: skip
    return claim


def save(
    session: Session, claim: Claim, purpose: str, lines: Iterable[TypedLine],
    *, shown: int, at: datetime, editor: Editor = NOBODY,
) -> bool:  # fmt: skip
    """Store what was typed. ``shown`` is the version on the page.

    Text that is no amount or no day is kept as typed. False when a text is too long: only its
    beginning is stored. Raises ``Stale`` when the draft was changed since, changing nothing.
    """
    take_version(session, claim, shown, at, editor)
    cut: set[str] = set()
    claim.purpose = beginning("purpose", purpose, cut)
    stored = {line.id: line for line in claim.lines}
    known = projects.numbers(session)
    for typed in lines:
        line = stored.get(typed.id)
        if line is not None:
            fill(line, typed, cut, known)
    price(session, claim, current_policy(session, at.date()), on=at.date())
    return not cut


def copy_line(session: Session, claim: Claim, line_id: int) -> None:
    """A line like another one, without its receipts; the caller has taken the version."""
    for line in claim.lines:
        if line.id == line_id:
            made = new_line(session, claim, **_values(repeated(line)))
            for name in ("spent_on", "ends_on", "amount", "rate", "rate_on"):
                setattr(made, name, getattr(line, name))
            _add_up(claim)
            return


def new_line(session: Session, claim: Claim, **values: Any) -> Line:
    """A line at the end of a claim whose version the caller has already taken."""
    if len(claim.lines) >= MOST_LINES:
        raise NotNow(words("A claim has at most %(most)s lines. Start another.", most=MOST_LINES))
    position = max((line.position for line in claim.lines), default=0) + 1
    line = Line(position=position, typed={}, **{"currency": claim.currency, "splits": []} | values)
    claim.lines.append(line)
    session.flush()
    _add_up(claim)
    return line


def remove_line(
    session: Session, claim: Claim, line_id: int,
    *, shown: int, at: datetime, editor: Editor = NOBODY,
) -> None:  # fmt: skip
    """Take a line and its receipts off the claim. Raises ``Stale``."""
    take_version(session, claim, shown, at, editor)
    claim.receipts[:] = [receipt for receipt in claim.receipts if receipt.line_id != line_id]
    session.flush()
    claim.lines[:] = [line for line in claim.lines if line.id != line_id]
    session.flush()
    _add_up(claim)


def delete(
    session: Session, claim: Claim, *, shown: int, at: datetime, by: int | None = None
) -> None:
    """Delete a draft for good. Raises ``Stale``."""
    take_version(session, claim, shown, at)
    record(
        session, events.DELETED, claim.subject, by=by or claim.claimant_id, at=at,
        purpose=claim.purpose, total=claim.total,
    )  # fmt: skip
    # The database would take the receipts with their lines before the session does.
    claim.receipts.clear()
    session.flush()
    session.delete(claim)


def content(claim: Claim) -> dict[str, Any]:
    """What of a claim is worth repeating: no dates, no receipts, no reasons."""
    return {
        "purpose": claim.purpose,
        "lines": [repeated(line) for line in claim.lines],
    }


def repeated(line: Line) -> dict[str, Any]:
    """What of a line is worth repeating."""
    return {
        "category": line.category,
        "purpose": line.purpose,
        "currency": line.currency,
        "original": line.original,
        "quantity": None if line.quantity is None else str(line.quantity),
        "unit_price": line.unit_price,
        "city": line.city,
        "nights": line.nights,
        "attendees": line.attendees,
        "leg": legs.repeated(line.leg),
        "cost_centre": line.cost_centre,
        "project_id": line.project_id,
        "splits": [
            {name: getattr(split, name) for name in OF_PART} | {"position": split.position}
            for split in line.splits
        ],
    }


OF_PART = ("cost_centre", "project_id", "share", "amount")


def _values(repeated: Mapping[str, Any]) -> dict[str, Any]:
    """``repeated`` as columns; templates that were kept before there were currencies lack some."""
    values = {name: value for name, value in repeated.items() if name != "amount"}
    values.setdefault("original", repeated.get("amount"))
    quantity = values.get("quantity")
    values["quantity"] = None if quantity is None else Decimal(quantity)
    values["splits"] = [Split(**part) for part in values.get("splits", [])]
    return values


def _company(session: Session, department_id: int) -> dict[str, Any]:
    """Whose claim it will be, in that company's currency."""
    company = session.get_one(Company, company_of(session, department_id))
    return {"company_id": company.id, "currency": company.currency}


def create_from(
    session: Session, repeated: Mapping[str, Any], *, by: int, department_id: int, at: datetime
) -> Claim:
    """A new draft filled from ``content`` of an older claim or of a template."""
    claim = Claim(
        claimant_id=by,
        department_id=department_id,
        purpose=repeated["purpose"],
        created_at=at,
        updated_at=at,
        findings=[],
        receipts=[],
        **_company(session, department_id),
    )
    for position, values in enumerate(repeated["lines"], start=1):
        claim.lines.append(Line(position=position, typed={}, **_values(values)))
    session.add(claim)
    session.flush()
    price(session, claim, current_policy(session, at.date()), on=at.date())
    record(session, events.CREATED, claim.subject, by=by, at=at, copied=True)
    return claim


def take_version(
    session: Session, claim: Claim, shown: int, at: datetime, editor: Editor = NOBODY
) -> None:
    """Take the version on the page for a change to the draft. Raises ``Stale``.

    A page that saves by itself while its button is pressed must not be told that somebody
    else was faster; what it saved since ``claim`` was read is read anew. What it sent before
    that button but arrives after it is older than what is stored, and ``Stale``.
    """
    read = claim.version
    taken = fetch(
        session, TAKE_VERSION, the_claim=claim.id, shown=shown, now=at, editor=editor.stored,
        page=editor.page, left=editor.page if editor.by_itself else editor.left,
    ).one_or_none()  # fmt: skip
    if taken is None:
        raise Stale(CHANGED_ELSEWHERE)
    if taken.version != read + 1:
        session.expire_all()
        return
    for name, value in (*taken._mapping.items(), ("updated_at", at), ("editor", editor.stored)):
        set_committed_value(claim, name, value)


def _add_up(claim: Claim) -> None:
    claim.total = sum(line.amount or 0 for line in claim.lines)


def receipts_of(claim: Claim, line: Line) -> list[Receipt]:
    """The receipts of one line, oldest first."""
    return [receipt for receipt in claim.receipts if receipt.line_id == line.id]


def is_empty(line: Line, claim: Claim) -> bool:
    """Whether nothing was put on the line yet, so that an invoice may fill it."""
    told = (line.spent_on, line.amount, line.purpose, line.typed, line.category, line.leg)
    return not any(told) and not receipts_of(claim, line)
