"""Claims from their first draft to the money, invented but true to the workflow."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from benchmarks.books import Books
from benchmarks.company import Company
from benchmarks.errands import LARGE, SHOPPING, SMALL, Errand
from benchmarks.life import Life
from benchmarks.loading import Sink, as_json, moment
from benchmarks.paydays import Paydays
from portal.approvals.flow import DrawnFlow
from portal.approvals.models import APPROVED, ENDED, OPEN, REJECTED, RETURNED, SKIPPED, WAITING
from portal.approvals.routing import Plan, PlannedStep, Subject, plan
from portal.claims import events, models
from portal.core.words import to_data, words
from portal.policy.findings import Finding, findings_to_data
from portal.policy.rules import WARNS

SMALL_SHARE, FINDING_SHARE, DRAFT_SHARE = 0.3, 0.1, 0.01
NO_RECEIPT = 100_00
"""The sample policy asks for a receipt above this amount."""
REJECTED_SHARE, RETURNED_SHARE = 0.02, 0.005
EVENT_OF = {REJECTED: events.REJECTED, RETURNED: events.RETURNED}
STATE_OF = {REJECTED: models.REJECTED, RETURNED: models.RETURNED}


@dataclass
class Lives:
    """Invents claims one after another, in the order in which they were begun."""

    sink: Sink
    books: Books
    company: Company
    flow: DrawnFlow
    now: datetime
    rng: Random

    def __post_init__(self) -> None:
        self.paydays = Paydays(self.sink, self.books, self.company, self.now)
        self.plans: dict[tuple[int, bool, int], Plan] = {}
        self.whys: dict[str, str] = {}
        self.numbers: dict[int, int] = {}

    def ordinary(self, created: datetime, owner: int) -> None:
        """A claim as they come and go."""
        rng = self.rng
        small = rng.random() < SMALL_SHARE
        life = self._begun(created, owner, rng.choice(SMALL if small else LARGE))
        sent = created + timedelta(minutes=rng.uniform(5, 900))
        if rng.random() >= DRAFT_SHARE and sent <= self.now:
            if rng.random() < FINDING_SHARE:
                life.findings = self._finding(life)
            self._send(life, sent)
            self._decide(life)
        self._keep(life)

    def waiting(self, created: datetime, owner: int) -> None:
        """A claim that nobody has decided on."""
        life = self._begun(created, owner, self.rng.choice(LARGE))
        if self.rng.random() < FINDING_SHARE:
            life.findings = self._finding(life)
        self._send(life, created + timedelta(minutes=self.rng.uniform(5, 50)))
        self._store_route(life, until=None)
        self._keep(life)

    def draft(self, created: datetime, owner: int) -> int:
        """A complete draft that breaks no rule; returns its id."""
        life = self._begun(created, owner, SHOPPING)
        self._keep(life)
        return life.id

    def close(self) -> None:
        """Pay what is left to pay and write what follows from all claims."""
        self.paydays.pay_until(self.now)
        self.books.close()
        for year, value in self.numbers.items():
            self.sink.add("counters", name=f"BX{year}", value=value)

    def _begun(self, created: datetime, owner: int, errand: Errand) -> Life:
        self.paydays.pay_until(created)
        self.books.write_until(created)
        life = Life(self.sink.next_id("claims"), owner, created, errand.purpose)
        life.updated = created
        day = (created - timedelta(days=self.rng.randint(1, 6))).date().isoformat()
        for position, expense in enumerate(errand.expenses, start=1):
            line = {
                "id": self.sink.next_id("lines"), "spent_on": day, "category": expense.category,
                "purpose": expense.purpose, "city": expense.city, "nights": expense.nights,
                "amount": expense.least + self.rng.randrange(expense.least // 4),
                "attendees": "", "cost_centre": "", "reason": "",
            }  # fmt: skip
            self.sink.add(
                "lines",
                **line,
                claim_id=life.id,
                position=position,
                objection="",
                typed="{}",
                original=line["amount"],
                currency="CNY",
            )
            self._prove(life, line)
            life.lines.append(line)
        life.total = sum(line["amount"] for line in life.lines)
        self.books.note(created, events.CREATED, life.about, owner, {})
        return life

    def _prove(self, life: Life, line: dict[str, Any]) -> None:
        """Each line above the amount has a file of its own; nothing opens it, so it is not kept."""
        line["receipts"] = []
        if line["amount"] <= NO_RECEIPT:
            return
        sha256 = hashlib.sha256(f"receipt {line['id']}".encode()).hexdigest()
        name = f"发票{line['id']}.png"
        self.sink.add(
            "receipts", id=line["id"], claim_id=life.id, line_id=line["id"], sha256=sha256,
            filename=name, media_type="image/png", size=48_000, pages=None,
            added_at=moment(life.created),
        )  # fmt: skip
        line["receipts"] = [f"{name} {sha256[:8]}"]

    def _finding(self, life: Life) -> list[dict[str, Any]]:
        line = life.lines[-1]
        day = date.fromisoformat(line["spent_on"])
        says = words("%(day)s falls on a weekend.", day=day)
        mend = words("Nothing to do if it was for work; the approver will see this note.")
        return findings_to_data([Finding("weekend", WARNS, says, mend, line["id"], "spent_on")])

    def _send(self, life: Life, at: datetime) -> None:
        value = self.numbers[at.year] = self.numbers.get(at.year, 0) + 1
        life.number, life.sent = f"BX{at.year}-{value:06d}", at
        life.moves(models.SUBMITTED, at)

    def _note_sent(self, life: Life, told: tuple[int, ...]) -> None:
        assert life.sent is not None
        content = {"purpose": life.purpose, "total": life.total, "lines": life.lines}
        data = {"again": False, "content": content}
        self.books.note(life.sent, events.SUBMITTED, life.about, life.owner, data,
                        told=told, saying=life.saying)  # fmt: skip

    def _plan(self, life: Life) -> Plan:
        amount = life.total
        above = sum(amount > step.floor for step in self.flow.steps)
        auto = not life.findings and amount <= (self.flow.auto_below or 0)
        key = (life.owner, auto, above)
        if key not in self.plans:
            subject = Subject(
                life.owner, self.company.department_of(life.owner), amount, bool(life.findings)
            )
            self.plans[key] = plan(subject, self.flow, self.company)
        return self.plans[key]

    def _decide(self, life: Life) -> None:
        """Let everybody on the route decide, as far as that lies in the past."""
        if self._plan(life).auto is None:
            self._store_route(life, until=self.now)
        else:
            assert life.sent is not None
            self._store_head(life, auto=True)
            self._note_sent(life, ())
            life.moves(models.APPROVED, life.sent)
            life.decided = life.sent
            self.books.note(life.sent, events.AUTO_APPROVED, life.about, None, {},
                            told=(life.owner,), saying=life.saying)  # fmt: skip
        if life.state == models.APPROVED:
            self._pay(life)

    def _store_head(self, life: Life, *, auto: bool) -> int:
        route = self.sink.next_id("routes")
        self.sink.add(
            "routes", id=route, subject_kind="claim", subject_id=life.id, round=1,
            flow_id=self.flow.id, amount=life.total, planned_at=moment(life.sent), auto=int(auto),
        )  # fmt: skip
        return route

    def _store_route(self, life: Life, until: datetime | None) -> None:
        """The route with all its steps. Nothing is decided when ``until`` is None."""
        route = self._store_head(life, auto=False)
        planned = self._plan(life)
        opened = life.sent
        for position, (step, state, decided) in enumerate(
            self._played(life, planned, until), start=1
        ):
            first_open = opened if state not in (WAITING, SKIPPED, ENDED) else None
            self._store_step(life, route, position, step, state, first_open, decided)
            if decided:
                opened = decided

    def _played(
        self, life: Life, planned: Plan, until: datetime | None
    ) -> Iterator[tuple[PlannedStep, str, datetime | None]]:
        """Each step with its state and the moment it was decided; tells of it on the way."""
        assert life.sent is not None
        at, last, ended = life.sent, planned.needed[-1], False
        told = life.sent
        self._note_sent(life, planned.needed[0].people)
        for step in planned.steps:
            if step.skipped:
                yield step, SKIPPED, None
                continue
            if ended or life.state != models.SUBMITTED:
                yield step, WAITING if life.state == models.SUBMITTED else ENDED, None
                continue
            at += timedelta(hours=min(self.rng.lognormvariate(2, 0.8), 70))
            if until is None or at > until:
                ended = True
                yield step, OPEN, None
                continue
            decision = self._decision(step is planned.needed[0])
            self._note_decision(life, planned, step, decision, at, step is last)
            told = at
            yield step, decision, told

    def _decision(self, first: bool) -> str:
        fate = self.rng.random()
        if first and fate < REJECTED_SHARE:
            return REJECTED
        return RETURNED if first and fate < REJECTED_SHARE + RETURNED_SHARE else APPROVED

    def _note_decision(
        self, life: Life, planned: Plan, step: PlannedStep, decision: str, at: datetime, last: bool
    ) -> None:
        data = {"step": self.sink.next_id("steps"), "comment": ""}
        told: tuple[int, ...] = (life.owner,)
        if decision != APPROVED:
            kind = EVENT_OF[decision]
            data["comment"] = "请核对后重新提交"
            life.moves(STATE_OF[decision], at)
        elif last:
            kind = events.APPROVED
            life.moves(models.APPROVED, at)
        else:
            kind = events.STEP_APPROVED
            told = planned.needed[planned.needed.index(step) + 1].people
            life.moves(models.SUBMITTED, at)
        if life.state != models.SUBMITTED:
            life.decided = at
        self.books.note(at, kind, life.about, step.people[0], data, told=told, saying=life.saying)

    def _store_step(
        self, life: Life, route: int, position: int, step: PlannedStep, state: str,
        opened: datetime | None, decided: datetime | None,
    ) -> None:  # fmt: skip
        step_id = self.sink.next_id("steps")
        text = str(step.why)
        if text not in self.whys:
            self.whys[text] = as_json(to_data(step.why))
        due = opened + timedelta(hours=step.drawn.hours) if opened else None
        self.sink.add(
            "steps", id=step_id, route_id=route, flow_step_id=step.drawn.id,
            subject_kind="claim", subject_id=life.id, position=position, state=state,
            why=self.whys[text], opened_at=moment(opened), due_at=moment(due),
            decided_at=moment(decided), decided_by_id=step.people[0] if decided else None,
            comment="", reminders=0,
        )  # fmt: skip
        since = moment(opened) if state == OPEN else None
        for person in step.people:
            self.sink.add("step_people", step_id=step_id, person_id=person, waiting_since=since)

    def _pay(self, life: Life) -> None:
        assert life.decided is not None
        batch, started, closed = self.paydays.enter(life.id, life.total, life.decided)
        if started is None:
            return
        life.moves(models.PAYING, started)
        payer = self.company.reviewers[0]
        self.books.note(started, events.PAYMENT_STARTED, life.about, payer, {"batch": batch.id})
        if closed is None:
            return
        life.moves(models.PAID, closed)
        life.paid = closed
        data = {
            "batch": batch.id, "reference": batch.reference, "amount": life.total,
            "paid_on": closed.date().isoformat(),
        }  # fmt: skip
        self.books.note(closed, events.PAID, life.about, payer, data,
                        told=(life.owner,), saying=life.saying)  # fmt: skip

    def _keep(self, life: Life) -> None:
        self.sink.add(
            "claims", id=life.id, number=life.number, claimant_id=life.owner,
            department_id=self.company.department_of(life.owner), state=life.state,
            purpose=life.purpose, currency="CNY", total=life.total, version=life.version,
            beat=life.version, created_at=moment(life.created), updated_at=moment(life.updated),
            submitted_at=moment(life.sent), decided_at=moment(life.decided),
            paid_at=moment(life.paid), policy_version=1 if life.sent else None,
            findings=as_json(life.findings), editor="", company_id=1,
        )  # fmt: skip
