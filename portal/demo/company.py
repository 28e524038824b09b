"""The demo company at work: its people act, one after the other, as the portal lets them.

Every claim goes through the transitions that the pages call, each at its own moment and all
in the order of time, so that events, steps, notices and waiting times are true.
"""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache, partial
from itertools import count
from random import Random

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.approvals.decide import earlier_approvals
from portal.approvals.flow import flow_for
from portal.approvals.routing import PlannedStep, plan
from portal.claims import conversation, drafting, models, templates, workflow
from portal.claims.access import Seen
from portal.claims.drafting import TypedLine
from portal.claims.judging import judge, routed
from portal.claims.legs import leg_texts
from portal.claims.models import Claim, Line
from portal.claims.queries import seen_by
from portal.claims.trips import choose_trip
from portal.core.money import format_plain
from portal.core.notices import Notice, mark_read
from portal.demo import drafts, sayings, seasons
from portal.demo.people import Colleague
from portal.demo.receipts import Drawer
from portal.demo.stories import (
    ASKED,
    DISCUSSED,
    LEFT,
    REJECTED,
    RETURNED,
    WITHDRAWN,
    Expense,
    Story,
    Turn,
)
from portal.people.queries import Organisation
from portal.policy.findings import Finding, stopping
from portal.policy.queries import current_policy
from portal.policy.rules import Policy

Action = Callable[[datetime], None]

UNREAD_DAYS = 6
"""How far back notices may still be unread."""


class KnownOrganisation:
    """Who is who, asked once: nobody moves while the past is made."""

    def __init__(self, asked: Organisation):
        self.manager_of = cache(asked.manager_of)
        self.head_of = cache(asked.head_of)
        self.company_head = cache(asked.company_head)
        self.holders_of = cache(asked.holders_of)


class Company:
    """Plays stories up to the beginning of ``today``; what is under way then stays so."""

    def __init__(
        self, session: Session, rng: Random, colleagues: dict[str, Colleague], drawer: Drawer,
        today: date,
    ):  # fmt: skip
        self.session, self.rng, self.drawer = session, rng, drawer
        self.colleagues = colleagues
        self.by_id = {each.person.id: each for each in colleagues.values()}
        self.end = seasons.at(today, 0)
        self.unread_since = self.end - timedelta(days=UNREAD_DAYS)
        self.projects: dict[str, int] = {}
        """The ids of projects by their codes."""
        self.requests: dict[str, int] = {}
        """The ids of trip requests by what they are for."""
        self.flow = flow_for(session, "claim")
        self.organisation = KnownOrganisation(Organisation(session))
        self.patience = {number: rng.lognormvariate(1.6, 0.6) for number in colleagues}
        self.planned: list[tuple[datetime, int, Action]] = []
        self.order = count()

    def later(self, moment: datetime, action: Action) -> None:
        """Let ``action`` happen at ``moment``."""
        heapq.heappush(self.planned, (moment, next(self.order), action))

    def run(self) -> None:
        """Let everything happen that was planned, in the order of time."""
        while self.planned and self.planned[0][0] < self.end:
            moment, _order, action = heapq.heappop(self.planned)
            action(moment)

    def play(self, story: Story) -> None:
        """Let the claim of ``story`` be written, sent and decided."""
        self.later(story.starts, partial(self._draft, story))

    def catch_up(self, at: datetime) -> None:
        """Let everybody have read what they were told so far."""
        self.session.execute(
            update(Notice)
            .where(Notice.read_at.is_(None))
            .values(read_at=at)
            .execution_options(synchronize_session=False)
        )

    def _draft(self, story: Story, at: datetime) -> None:
        deputy = self.colleagues.get(story.filled_by)
        claim = drafts.write(
            self.session, story, self.colleagues[story.claimant], self.drawer, self.projects, at,
            deputy.person.id if deputy else None,
        )  # fmt: skip
        story.claim_id = claim.id
        if story.trip:
            choose_trip(self.session, claim, self.requests[story.trip])
        if story.dropped and story.purpose:
            self._save(story, claim, at)
        if story.template:
            templates.keep_as_template(self.session, claim, story.template, at=at)
        if story.deleted:
            self.later(seasons.after(at, 7), partial(self._delete, claim))
        elif story.sent:
            sent = seasons.after(at, self.rng.uniform(0.05, 0.7))
            self.later(sent, partial(self._send, story, claim))

    def _save(self, story: Story, claim: Claim, at: datetime) -> None:
        typed = [
            _typed(line, expense) for line, expense in zip(claim.lines, story.expenses, strict=True)
        ]
        drafting.save(self.session, claim, story.purpose, typed, shown=claim.version, at=at)

    def _delete(self, claim: Claim, at: datetime) -> None:
        drafting.delete(self.session, claim, shown=claim.version, at=at)

    def _send(self, story: Story, claim: Claim, at: datetime) -> None:
        writer = self.colleagues[story.claimant]
        findings = self._judge(claim, writer, at)
        if stopping(findings):
            self._answer(story, claim, stopping(findings))
            self._save(story, claim, at)
            findings = self._judge(claim, writer, at)
        again = claim.state == models.RETURNED
        earlier = earlier_approvals(self.session, claim.subject) if again else None
        deputy = self.colleagues.get(story.filled_by)
        route = plan(routed(claim, findings), self.flow, self.organisation, earlier)
        workflow.submit(
            self.session, claim, findings, route, self.flow,
            judged_by=self._policy(at), shown=claim.version, at=at,
            on=seasons.day_of(at), by=deputy.reader if deputy else None,
        )  # fmt: skip
        story.route = list(route.needed)
        self._wait(story, at)

    def _judge(self, claim: Claim, writer: Colleague, at: datetime) -> list[Finding]:
        grade, day = writer.person.grade, seasons.day_of(at)
        return judge(self.session, claim, self._policy(at), grade=grade, on=day)

    def _policy(self, at: datetime) -> Policy:
        return current_policy(self.session, seasons.day_of(at))

    def _answer(self, story: Story, claim: Claim, findings: Iterable[Finding]) -> None:
        english = self.colleagues[story.claimant].english
        places = {line.id: place for place, line in enumerate(claim.lines)}
        for finding in findings:
            if finding.line is not None and finding.field == "reason":
                place = places[finding.line]
                reason = sayings.reason(self.rng, finding.rule, english)
                story.expenses[place] = replace(story.expenses[place], reason=reason)

    def _wait(self, story: Story, since: datetime) -> None:
        """Plan what the next step of the route brings."""
        if not story.route:
            return
        step = story.route.pop(0)
        turn = None
        if story.turns and story.turns[0].step == step.drawn.decider:
            turn = story.turns.pop(0)
        decider = self._decider(step)
        hours = story.paces.pop(0) if story.paces else self._hours(decider)
        act: Action = partial(self._approve, story, decider)
        if turn and turn.kind == LEFT:
            return
        if turn and turn.kind in (ASKED, DISCUSSED):
            act = partial(self._talk, story, decider, turn)
        elif turn and turn.kind == RETURNED:
            act = partial(self._return, story, decider, turn)
        elif turn and turn.kind == REJECTED:
            act = partial(self._reject, story, decider, turn)
        elif turn and turn.kind == WITHDRAWN:
            act = partial(self._withdraw, story, turn)
        self.later(seasons.after(since, hours), act)

    def _decider(self, step: PlannedStep) -> Colleague:
        return self.by_id[self.rng.choice(step.people)]

    def _hours(self, decider: Colleague) -> float:
        hours = self.patience[decider.person.number] * self.rng.lognormvariate(0, 0.7)
        if self.rng.random() < 0.04:
            hours += self.rng.uniform(18, 45)
        return min(hours, 70.0)

    def _approve(self, story: Story, decider: Colleague, at: datetime) -> None:
        seen = self._seen(story, decider)
        said = ""
        if self.rng.random() < 0.3:
            said = self.rng.choice(sayings.APPROVALS).to(decider.english)
        workflow.approve(self.session, seen, shown=seen.claim.version, at=at, comment=said)
        self._has_read(seen, at)
        self._wait(story, at)

    def _talk(self, story: Story, decider: Colleague, turn: Turn, at: datetime) -> None:
        seen = self._seen(story, decider)
        if turn.kind == ASKED:
            conversation.ask(self.session, seen, turn.text, at=at)
        else:
            conversation.comment(self.session, seen, turn.text, [], at=at)
        self._has_read(seen, at)
        if turn.answer:
            hours = self.rng.uniform(0.3, 6)
            self.later(seasons.after(at, hours), partial(self._reply, story, decider, turn))

    def _reply(self, story: Story, decider: Colleague, turn: Turn, at: datetime) -> None:
        seen = self._seen(story, self.colleagues[story.claimant])
        conversation.comment(self.session, seen, turn.answer, [decider.person.id], at=at)
        self._has_read(seen, at)
        hours = self.rng.uniform(0.2, 4)
        self.later(seasons.after(at, hours), partial(self._approve, story, decider))

    def _return(self, story: Story, decider: Colleague, turn: Turn, at: datetime) -> None:
        seen = self._seen(story, decider)
        claim = seen.claim
        by_line = {claim.lines[place].id: text for place, text in turn.by_line.items()}
        workflow.return_(self.session, seen, turn.text, by_line, shown=claim.version, at=at)
        self._has_read(seen, at)
        self._mend_later(story, turn, at)

    def _reject(self, story: Story, decider: Colleague, turn: Turn, at: datetime) -> None:
        seen = self._seen(story, decider)
        workflow.reject(self.session, seen, turn.text, shown=seen.claim.version, at=at)
        self._has_read(seen, at)

    def _withdraw(self, story: Story, turn: Turn, at: datetime) -> None:
        seen = self._seen(story, self.colleagues[story.claimant])
        workflow.withdraw(self.session, seen, shown=seen.claim.version, at=at)
        self._mend_later(story, turn, at)

    def _mend_later(self, story: Story, turn: Turn, at: datetime) -> None:
        if turn.mended:
            hours = self.rng.uniform(1, 14)
            self.later(seasons.after(at, hours), partial(self._mend, story, turn))

    def _mend(self, story: Story, turn: Turn, at: datetime) -> None:
        for place, changed in turn.mended.items():
            story.expenses[place] = replace(story.expenses[place], **changed)
        claim = self._claim(story)
        self._save(story, claim, at)
        self._send(story, claim, at)

    def _claim(self, story: Story) -> Claim:
        return self.session.get_one(Claim, story.claim_id)

    def _seen(self, story: Story, colleague: Colleague) -> Seen:
        seen = seen_by(self.session, story.claim_id, colleague.reader)
        if seen is None:
            raise LookupError(f"{colleague.person.number} acts on a claim that is gone")
        return seen

    def _has_read(self, seen: Seen, at: datetime) -> None:
        if at > self.unread_since:
            mark_read(self.session, seen.reader.id, at, seen.claim.subject)


def _typed(line: Line, expense: Expense) -> TypedLine:
    """The expense as it is typed into its line; what a file filled in stays."""
    by_rules = expense.quantity or expense.ends_on
    amount = "" if by_rules else format_plain(expense.amount, expense.currency)
    return TypedLine(
        id=line.id,
        spent_on=expense.spent_on.isoformat(),
        category=expense.category or line.category,
        purpose=expense.purpose or line.purpose,
        amount=expense.typed or amount,
        city=expense.city or line.city,
        nights=str(expense.nights or ""),
        attendees=expense.attendees,
        reason=expense.reason,
        currency=expense.currency,
        quantity=expense.quantity,
        ends_on=expense.ends_on.isoformat() if expense.ends_on else "",
        project=str(line.project_id or ""),
        merchant=line.merchant or expense.merchant,
        **leg_texts(line.leg),
    )
