"""Named reads about claims, each a fixed number of queries, in a stable order."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import Session, aliased, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from portal.approvals.models import OPEN, FlowStep, Route, Step, StepPerson
from portal.claims.access import Seen
from portal.claims.models import (
    PAYMENT_FAILED,
    Batch,
    Claim,
    Line,
    Payment,
    Receipt,
    Settlement,
    Split,
)
from portal.core.db import Rows, fetch
from portal.people.models import Department, Deputy, Person
from portal.people.roles import Reader

PAGE = 25


# Written out: SQLite plans a statement anew each time it is run when a bound value decides
# whether a partial index may be used, which takes longer than running it.
IS_OPEN = Step.state == literal_column(f"'{OPEN}'")
NOT_FAILED = Payment.state != literal_column(f"'{PAYMENT_FAILED}'")

WAITS = (
    select(Step.id)
    .join(StepPerson, StepPerson.step_id == Step.id)
    .where(
        Step.subject_kind == "claim",
        Step.subject_id == Claim.id,
        IS_OPEN,
        StepPerson.person_id == bindparam("reader_id"),
    )
    .limit(1)
    .correlate(Claim)
    .scalar_subquery()
)
CAME = exists().where(
    Step.subject_kind == "claim",
    Step.subject_id == Claim.id,
    Step.opened_at.is_not(None),
    StepPerson.step_id == Step.id,
    StepPerson.person_id == bindparam("reader_id"),
)
Filler = aliased(Person)
FILLER = select(Filler.name).where(Filler.id == Claim.entered_by_id).scalar_subquery()
FILLS = and_(
    Claim.entered_by_id == bindparam("reader_id"),
    exists().where(
        Deputy.person_id == Claim.claimant_id, Deputy.deputy_id == bindparam("reader_id")
    ),
)
SETTLES = exists().where(Settlement.claim_id == Claim.id)
SEEN = (
    select(
        Claim, WAITS.label("step_id"), CAME.label("involved"),
        FILLS.label("fills"), FILLER.label("filled_by"),
        SETTLES.label("settles"),
        Person.name, Department.name_zh, Department.name_en,
        Payment.state.label("payment"), Payment.batch_id, Batch.paid_on, Batch.reference,
    )
    .join(Person, Person.id == Claim.claimant_id)
    .join(Department, Department.id == Claim.department_id)
    .outerjoin(Payment, and_(Payment.claim_id == Claim.id, NOT_FAILED))
    .outerjoin(Batch, Batch.id == Payment.batch_id)
    .where(Claim.id == bindparam("claim_id"))
)  # fmt: skip


def seen_by(session: Session, claim_id: int, reader: Reader) -> Seen | None:
    """The claim as it stands to the reader; the caller asks ``access``. One query."""
    row = session.execute(SEEN, {"claim_id": claim_id, "reader_id": reader.id}).one_or_none()
    if row is None:
        return None
    return Seen(row.Claim, reader, row.step_id, row.involved, row, bool(row.fills))


OF_CLAIMS: BindParameter[Any] = bindparam("claim_ids", expanding=True)
LINES = (
    select(Line)
    .where(Line.claim_id.in_(OF_CLAIMS))
    .order_by(Line.position, Line.id)
    .execution_options(populate_existing=True)
)
RECEIPTS = (
    select(Receipt)
    .where(Receipt.claim_id.in_(OF_CLAIMS))
    .options(joinedload(Receipt.invoice))
    .order_by(Receipt.id)
    .execution_options(populate_existing=True)
)
SPLITS = (
    select(Split)
    .join(Line, Line.id == Split.line_id)
    .where(Line.claim_id.in_(OF_CLAIMS))
    .order_by(Split.position, Split.id)
    .execution_options(populate_existing=True)
)


def with_lines(session: Session, claim: Claim) -> Claim:
    """The same claim with its lines, their parts, receipts and invoices loaded. Three queries."""
    all_with_lines(session, [claim])
    return claim


def all_with_lines(session: Session, claims: Sequence[Claim]) -> None:
    """Load lines, parts, receipts and invoices of all these claims. Three queries."""
    asked = {"claim_ids": [claim.id for claim in claims]}
    lines, receipts, splits = (
        _by(key, session.scalars(statement, asked))
        for key, statement in (("claim_id", LINES), ("claim_id", RECEIPTS), ("line_id", SPLITS))
    )
    for line in (line for of_claim in lines.values() for line in of_claim):
        set_committed_value(line, "splits", splits.get(line.id, []))
    for claim in claims:
        set_committed_value(claim, "lines", lines.get(claim.id, []))
        set_committed_value(claim, "receipts", receipts.get(claim.id, []))


def _by(key: str, rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(getattr(row, key), []).append(row)
    return found


LAST_ROUTE = (
    select(func.max(Route.id))
    .where(Route.subject_kind == "claim", Route.subject_id == bindparam("claim_id"))
    .scalar_subquery()
)
STEPS = (
    select(
        Step.id, Step.position, Step.state, Step.why, Step.opened_at, Step.due_at,
        Step.decided_at, Step.decided_by_id, Step.comment, Step.flow_step_id,
        FlowStep.name_zh, FlowStep.name_en, Person.id.label("person_id"), Person.name,
    )
    .join(FlowStep, FlowStep.id == Step.flow_step_id)
    .outerjoin(StepPerson, StepPerson.step_id == Step.id)
    .outerjoin(Person, Person.id == StepPerson.person_id)
    .where(Step.route_id == LAST_ROUTE)
    .order_by(Step.position, Person.id)
)  # fmt: skip


def steps_of(session: Session, claim_id: int) -> Rows:
    """The steps of the claim's last route with everyone who may decide them. One query."""
    return fetch(session, STEPS, claim_id=claim_id).all()


WAITING_NAMES = (
    select(Step.subject_id, Person.name)
    .join(StepPerson, StepPerson.step_id == Step.id)
    .join(Person, Person.id == StepPerson.person_id)
    .where(
        Step.subject_kind == "claim",
        Step.subject_id.in_(bindparam("claim_ids", expanding=True)),
        IS_OPEN,
    )
    .order_by(Step.subject_id, Person.id)
)


def waiting_names(session: Session, claim_ids: Sequence[int]) -> dict[int, str]:
    """Who each of these claims waits for now. One query."""
    if not claim_ids:
        return {}
    names: dict[int, list[str]] = {}
    for claim_id, name in fetch(session, WAITING_NAMES, claim_ids=list(claim_ids)):
        names.setdefault(claim_id, []).append(name)
    return {claim_id: "、".join(found) for claim_id, found in names.items()}
