"""Filling a claim before it is sent. Saving never refuses: what is wrong becomes a finding."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from portal.claims import events
from portal.claims.models import EDITABLE, Claim, Line, Receipt, Template
from portal.core.days import parse_day
from portal.core.db import fetch, table
from portal.core.errors import Invalid, Missing, NotNow, Stale
from portal.core.events import record
from portal.core.money import parse_amount
from portal.core.text import fitting
from portal.core.text import typed as typed_text
from portal.core.words import Words, words

MOST_LINES = 200
MOST_NIGHTS = 366
LENGTHS = {"purpose": 200, "city": 60, "attendees": 2000, "cost_centre": 40, "reason": 2000,
           "spent_on": 60, "amount": 60, "nights": 60}  # fmt: skip
"""Characters that each text may have, also an amount, day or number that is not understood."""
LONGEST_NAME = 80

CHANGED_ELSEWHERE = words(
    "This claim was changed in another window since this page was shown. "
    "What you typed is kept below; look at it and save again."
)


_claim = table(Claim).c
TAKE_VERSION = (
    update(table(Claim))
    .where(
        _claim.id == bindparam("the_claim"),
        _claim.state.in_(EDITABLE),
        or_(
            _claim.version == bindparam("shown"),
            and_(_claim.editor == bindparam("page"), _claim.editor != ""),
        ),
    )
    .values(
        version=_claim.version + 1, beat=_claim.beat + 1, updated_at=bindparam("now"),
        editor=bindparam("page"),
    )
    .returning(_claim.version, _claim.beat)
)  # fmt: skip


@dataclass(frozen=True)
class TypedLine:
    """A line as it was typed, every field as text."""

    id: int
    spent_on: str = ""
    category: str = ""
    purpose: str = ""
    amount: str = ""
    city: str = ""
    nights: str = ""
    attendees: str = ""
    cost_centre: str = ""
    reason: str = ""


def create(session: Session, *, by: int, department_id: int, at: datetime) -> Claim:
    """A new draft with one empty line."""
    claim = Claim(
        claimant_id=by, department_id=department_id, created_at=at, updated_at=at, findings=[]
    )
    claim.lines.append(Line(position=1, typed={}))
    session.add(claim)
    session.flush()
    record(session, events.CREATED, claim.subject, by=by, at=at)
    return claim


def save(
    session: Session, claim: Claim, purpose: str, lines: Iterable[TypedLine],
    *, shown: int, at: datetime, editor: str = "",
) -> bool:  # fmt: skip
    """Store what was typed. ``shown`` is the version on the page.

    Text that is no amount or no day is kept as typed. False when a text is too long: only its
    beginning is stored. Raises ``Stale`` when the draft was changed since, changing nothing.
    """
    take_version(session, claim, shown, at, editor)
    cut: set[str] = set()
    claim.purpose = _beginning("purpose", purpose, cut)
    stored = {line.id: line for line in claim.lines}
    for typed in lines:
        line = stored.get(typed.id)
        if line is not None:
            _fill(line, typed, cut)
    _add_up(claim)
    return not cut


def copy_line(session: Session, claim: Claim, line_id: int) -> None:
    """A line like another one, without its receipts; the caller has taken the version."""
    for line in claim.lines:
        if line.id == line_id:
            new_line(session, claim, spent_on=line.spent_on, **repeated(line))
            return


def new_line(session: Session, claim: Claim, **values: Any) -> Line:
    """A line at the end of a claim whose version the caller has already taken."""
    if len(claim.lines) >= MOST_LINES:
        raise NotNow(words("A claim has at most %(most)s lines. Start another.", most=MOST_LINES))
    position = max((line.position for line in claim.lines), default=0) + 1
    line = Line(position=position, typed={}, **values)
    claim.lines.append(line)
    session.flush()
    _add_up(claim)
    return line


def remove_line(
    session: Session, claim: Claim, line_id: int, *, shown: int, at: datetime, editor: str = ""
) -> None:
    """Take a line and its receipts off the claim. Raises ``Stale``."""
    take_version(session, claim, shown, at, editor)
    claim.receipts[:] = [receipt for receipt in claim.receipts if receipt.line_id != line_id]
    session.flush()
    claim.lines[:] = [line for line in claim.lines if line.id != line_id]
    session.flush()
    _add_up(claim)


def delete(session: Session, claim: Claim, *, shown: int, at: datetime) -> None:
    """Delete a draft for good. Raises ``Stale``."""
    take_version(session, claim, shown, at)
    record(
        session, events.DELETED, claim.subject, by=claim.claimant_id, at=at,
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
        "amount": line.amount,
        "city": line.city,
        "nights": line.nights,
        "attendees": line.attendees,
        "cost_centre": line.cost_centre,
    }


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
    )
    for position, values in enumerate(repeated["lines"], start=1):
        claim.lines.append(Line(position=position, typed={}, **values))
    _add_up(claim)
    session.add(claim)
    session.flush()
    record(session, events.CREATED, claim.subject, by=by, at=at, copied=True)
    return claim


def keep_as_template(session: Session, claim: Claim, name: str, *, at: datetime) -> Template:
    """Keep a claim to start from again. Raises ``Invalid`` without a name or with a long one."""
    name = fitting(name, LONGEST_NAME, "name")
    if not name:
        raise Invalid(words("Give the template a name, such as “monthly phone bill”."), "name")
    template = Template(
        owner_id=claim.claimant_id, name=name, created_at=at, content=content(claim)
    )
    session.add(template)
    return template


def template_of(session: Session, template_id: int, owner_id: int) -> Template:
    """The owner's template. Raises ``Missing`` for anybody else's."""
    template = session.get(Template, template_id)
    if template is None or template.owner_id != owner_id:
        raise Missing(words("There is no such template."))
    return template


def misread(line: Line) -> dict[str, Words]:
    """For each field whose text could not be understood, what is wrong with it."""
    wrong: dict[str, Words] = {}
    for name, typed in line.typed.items():
        try:
            PARSERS[name](typed)
        except Invalid as refusal:
            wrong[name] = refusal.words
    return wrong


def take_version(
    session: Session, claim: Claim, shown: int, at: datetime, editor: str = ""
) -> None:
    """Take the version on the page for a change to the draft. Raises ``Stale``.

    ``editor`` names the open page: a page that saves by itself while its button is pressed
    must not be told that somebody else was faster. What it saved since ``claim`` was read is
    read anew.
    """
    read = claim.version
    taken = fetch(
        session, TAKE_VERSION, the_claim=claim.id, shown=shown, page=editor, now=at
    ).one_or_none()
    if taken is None:
        raise Stale(CHANGED_ELSEWHERE)
    if taken.version != read + 1:
        session.expire_all()
        return
    for name, value in (*taken._mapping.items(), ("updated_at", at), ("editor", editor)):
        set_committed_value(claim, name, value)


def _beginning(name: str, text: str, cut: set[str]) -> str:
    """As much of a text as can be stored; its name joins ``cut`` when that is not all."""
    whole = typed_text(text).strip()
    if len(whole) > LENGTHS[name]:
        cut.add(name)
    return whole[: LENGTHS[name]]


def _fill(line: Line, typed: TypedLine, cut: set[str]) -> None:
    line.category = typed_text(typed.category)[:40]
    for name in LENGTHS.keys() - PARSERS.keys():
        setattr(line, name, _beginning(name, getattr(typed, name), cut))
    kept: dict[str, str] = {}
    for name, parse in PARSERS.items():
        text = _beginning(name, getattr(typed, name), cut)
        value: Any = None
        if text:
            try:
                value = parse(text)
            except Invalid:
                kept[name] = text
        setattr(line, name, value)
    line.typed = kept


def _nights(text: str) -> int:
    try:
        nights = int(text)
    except ValueError:
        nights = 0
    if not 1 <= nights <= MOST_NIGHTS:
        raise Invalid(words("Nights are a whole number, such as 2."))
    return nights


PARSERS: Mapping[str, Any] = {"spent_on": parse_day, "amount": parse_amount, "nights": _nights}


def _add_up(claim: Claim) -> None:
    claim.total = sum(line.amount or 0 for line in claim.lines)


def templates_of(session: Session, owner_id: int) -> list[Template]:
    """The owner's templates by name."""
    found = select(Template).where(Template.owner_id == owner_id)
    return list(session.scalars(found.order_by(Template.name, Template.id)))


def receipts_of(claim: Claim, line: Line) -> list[Receipt]:
    """The receipts of one line, oldest first."""
    return [receipt for receipt in claim.receipts if receipt.line_id == line.id]


def is_empty(line: Line, claim: Claim) -> bool:
    """Whether nothing was put on the line yet, so that an invoice may fill it."""
    untouched = not (line.spent_on or line.amount or line.purpose or line.typed or line.category)
    return untouched and not receipts_of(claim, line)
