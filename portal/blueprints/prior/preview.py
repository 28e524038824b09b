"""What a request would meet if it were sent now: findings, route, usual waits."""

from dataclasses import dataclass

from portal.approvals.decide import earlier_approvals
from portal.approvals.flow import DrawnFlow, flow_for
from portal.approvals.queries import usual_waits
from portal.approvals.routing import Earlier, NobodyDecides, Plan, plan
from portal.core.clock import day, now
from portal.core.db import db
from portal.people.queries import Organisation, names_by_id
from portal.policy.findings import Finding, stopping
from portal.prior.models import ADVANCE, RETURNED, PriorRequest
from portal.prior.problems import problems
from portal.prior.queries import overdue_of
from portal.prior.workflow import routed
from portal.web.session import settings


@dataclass(frozen=True)
class Preview:
    """A request judged and routed at this moment; ``plan`` is None when nobody could decide."""

    findings: list[Finding]
    flow: DrawnFlow
    plan: Plan | None
    names: dict[int, str]
    usual: dict[tuple[int, int], int]
    owner: str

    @property
    def stopping(self) -> list[Finding]:
        """The findings that have to be mended first."""
        return stopping(self.findings)

    def usual_wait(self, flow_step_id: int, people: tuple[int, ...]) -> int | None:
        """The seconds a step usually takes, by whoever of its people is quickest."""
        known = [self.usual[flow_step_id, p] for p in people if (flow_step_id, p) in self.usual]
        return min(known, default=None)


def preview(draft: PriorRequest) -> Preview:
    """Judge and route the draft as of now."""
    session = db.session()
    today = day(now(), settings().timezone)
    overdue = overdue_of(session, draft.owner_id, today) if draft.kind == ADVANCE else []
    findings = problems(draft, overdue, today=today)
    flow = flow_for(session, draft.kind)
    earlier = None
    if draft.state == RETURNED:
        earlier = earlier_approvals(session, draft.subject)
    elif draft.submitted_at is not None:
        earlier = Earlier()
    try:
        planned: Plan | None = plan(routed(draft, findings), flow, Organisation(session), earlier)
    except NobodyDecides:
        planned = None
    people = {person for step in planned.steps for person in step.people} if planned else set()
    names = names_by_id(session, people | {draft.owner_id})
    return Preview(
        findings=findings,
        flow=flow,
        plan=planned,
        names=names,
        usual=usual_waits(session, flow.id, people),
        owner=names[draft.owner_id],
    )
