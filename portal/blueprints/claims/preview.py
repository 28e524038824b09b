"""What a draft would meet if it were sent now: findings, route, usual waits."""

from dataclasses import dataclass

from portal.approvals.decide import earlier_approvals
from portal.approvals.flow import DrawnFlow, flow_for
from portal.approvals.queries import usual_waits
from portal.approvals.routing import Earlier, NobodyDecides, Plan, plan
from portal.claims.judging import judge, routed
from portal.claims.models import RETURNED, Claim
from portal.claims.pricing import look
from portal.core.clock import day, now
from portal.core.db import db
from portal.people.models import Person
from portal.people.queries import Organisation, names_by_id
from portal.policy.findings import Finding, stopping
from portal.policy.queries import current_policy
from portal.policy.rules import Policy
from portal.web.session import settings


@dataclass(frozen=True)
class Preview:
    """A draft judged and routed at this moment.

    ``usual`` gives the seconds a person usually takes for a flow step; ``plan`` is None
    when nobody could decide, which an administrator has to mend.
    """

    policy: Policy
    findings: list[Finding]
    flow: DrawnFlow
    plan: Plan | None
    names: dict[int, str]
    usual: dict[tuple[int, int], int]
    claimant: str

    @property
    def stopping(self) -> list[Finding]:
        """The findings that have to be mended first."""
        return stopping(self.findings)

    def at(self, line_id: int | None) -> list[Finding]:
        """The findings of one line, or of the claim as a whole."""
        return [finding for finding in self.findings if finding.line == line_id]

    def usual_wait(self, flow_step_id: int, people: tuple[int, ...]) -> int | None:
        """The seconds a step usually takes, by whoever of its people is quickest."""
        known = [self.usual[flow_step_id, p] for p in people if (flow_step_id, p) in self.usual]
        return min(known, default=None)


def preview(draft: Claim) -> Preview:
    """Judge and route a draft as of now."""
    session = db.session()
    claimant = session.get_one(Person, draft.claimant_id)
    on = day(now(), settings().timezone)
    policy = current_policy(session, on)
    look(session, draft, policy, on=on)
    findings = judge(session, draft, policy, grade=claimant.grade, on=on)
    flow = flow_for(session, "claim")
    earlier = None
    if draft.state == RETURNED:
        earlier = earlier_approvals(session, draft.subject)
    elif draft.submitted_at is not None:
        # Withdrawn: the whole way again, and never approved by nobody.
        earlier = Earlier()
    try:
        planned: Plan | None = plan(routed(draft, findings), flow, Organisation(session), earlier)
    except NobodyDecides:
        planned = None
    people = {person for step in planned.steps for person in step.people} if planned else set()
    return Preview(
        policy=policy,
        findings=findings,
        flow=flow,
        plan=planned,
        names=names_by_id(session, people),
        usual=usual_waits(session, flow.id, people),
        claimant=claimant.name,
    )
