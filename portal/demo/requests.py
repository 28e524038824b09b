"""The demo company's trip requests and advances: asked for, decided, paid, settled, late."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from portal.approvals.flow import flow_for
from portal.approvals.routing import plan
from portal.claims import payment
from portal.core.money import format_plain
from portal.core.notices import mark_read
from portal.demo import seasons
from portal.demo.beyond import CHANGSHA, CHANGSHA_DAYS, TOKYO, TOKYO_DAYS
from portal.demo.company import UNREAD_DAYS, Company
from portal.demo.people import Colleague
from portal.people.roles import FINANCE, PAYER
from portal.prior import balance, drafting, queries, reminders, workflow
from portal.prior.access import Seen
from portal.prior.models import ADVANCE, TRIP, PriorRequest
from portal.prior.problems import problems

BANK_TAKES = 1
"""Working days from the batch to the bank's answer."""


@dataclass
class Request:
    """One request: begun ``workdays`` before today, for days from ``starts`` to ``ends``.

    ``approvals`` is how many steps approve it; then ``ends_with`` happens at the next:
    ``returned``, ``rejected``, ``withdrawn``, ``closed`` or nothing. Of an advance ``paid``
    says whether it is paid out, ``repaid`` how many fen come back in cash.
    """

    kind: str
    who: str
    workdays: int
    purpose: str
    amount: int
    ends: int
    starts: int = 0
    cities: str = ""
    approvals: int = 9
    ends_with: str = ""
    says: str = ""
    sent: bool = True
    paid: bool = False
    repaid: int = 0
    remarks: str = ""
    id: int = 0


REQUESTS = (
    Request(TRIP, "alice", 12, "北京出差：方舟银行上线支持", 4_800_00, -1, -4, "北京"),
    Request(TRIP, "alice", 3, "深圳出差：秋季展会", 4_200_00, 16, 12, "深圳", approvals=0),
    Request(TRIP, "alice", 1, "成都出差：客户拜访", 3_500_00, 30, 28, "成都", sent=False),
    Request(TRIP, "alice", 40, "武汉出差：需求调研", 2_600_00, -45, -47, "武汉",
            ends_with="closed"),
    Request(TRIP, "alice", 26, CHANGSHA, 2_400_00, CHANGSHA_DAYS[1], CHANGSHA_DAYS[0], "长沙"),
    Request(TRIP, "1107", 20, TOKYO, 6_000_00, TOKYO_DAYS[1], TOKYO_DAYS[0], "东京"),
    Request(TRIP, "dan", 2, "苏州出差：联合测试", 1_800_00, 9, 8, "苏州", approvals=0),
    Request(TRIP, "bob", 9, "新加坡出差：渠道大会", 12_000_00, 24, 20, "新加坡", approvals=0,
            ends_with="returned", says="请补充会议日程。"),
    Request(TRIP, "dan", 20, "三亚出差：技术交流", 9_000_00, -6, -9, "三亚", approvals=0,
            ends_with="rejected", says="线上参加即可。"),
    Request(ADVANCE, "alice", 14, "展会押金", 3_000_00, 20, paid=True, repaid=500_00),
    Request(ADVANCE, "dan", 35, "测试设备租赁押金", 2_000_00, -10, paid=True),
    Request(ADVANCE, "1106", 19, "武汉上线支持备用金", 2_000_00, 12, paid=True),
    Request(ADVANCE, "1303", 60, "展会现场备用金", 5_000_00, -4, paid=True, repaid=1_200_00),
    Request(ADVANCE, "alice", 2, "客户活动备用金", 1_500_00, 25, approvals=1),
    Request(ADVANCE, "dan", 4, "样机运输", 900_00, 30, remarks="设备押金等对方退款，下周还清。"),
    Request(ADVANCE, "bob", 6, "团队活动", 2_400_00, 15, approvals=0, ends_with="withdrawn"),
    Request(ADVANCE, "alice", 1, "场地定金", 1_000_00, 40, sent=False),
)  # fmt: skip


def plan_requests(company: Company, today: date) -> None:
    """Let all of ``REQUESTS`` happen, each at its moment before ``today``."""
    for request in REQUESTS:
        begins = seasons.at(seasons.workdays_before(today, request.workdays), 10.1)
        company.later(begins, partial(_draft, company, Request(**vars(request))))
    company.later(
        seasons.at(seasons.workdays_before(today, 1), 9.1), partial(_remind_debtors, company)
    )


def _draft(company: Company, story: Request, at: datetime) -> None:
    person = company.colleagues[story.who].person
    made = drafting.create(
        company.session, story.kind, by=person.id, department_id=person.department_id, at=at
    )
    story.id = made.id
    if story.kind == TRIP:
        company.requests[story.purpose] = made.id
    today = company.end.astimezone(seasons.ZONE).date()
    typed = drafting.Typed(
        purpose=story.purpose,
        amount=format_plain(story.amount),
        starts_on=(today + timedelta(days=story.starts)).isoformat() if story.kind == TRIP else "",
        ends_on=(today + timedelta(days=story.ends)).isoformat(),
        cities=story.cities,
        remarks=story.remarks,
    )
    drafting.save(company.session, made, typed, shown=made.version, at=at)
    if story.sent:
        company.later(seasons.after(at, 0.3), partial(_send, company, story))


def _send(company: Company, story: Request, at: datetime) -> None:
    session, asked = company.session, _asked(company, story)
    today = seasons.day_of(at)
    findings = problems(asked, queries.overdue_of(session, asked.owner_id, today), today=today)
    flow = flow_for(session, asked.kind)
    route = plan(workflow.routed(asked, findings), flow, company.organisation)
    workflow.submit(session, asked, findings, route, flow, shown=asked.version, at=at, on=today)
    deciders = [company.by_id[step.people[0]] for step in route.needed]
    for place, decider in enumerate(deciders[: story.approvals + 1]):
        moment = seasons.after(at, 3.0 * (place + 1))
        if place < story.approvals:
            company.later(moment, partial(_approve, company, story, decider))
        elif story.ends_with:
            company.later(moment, partial(_refuse, company, story, decider))
    done = seasons.after(at, 3.0 * len(deciders) + 6)
    if story.paid:
        company.later(done, partial(_pay, company, story))
    elif story.ends_with == "closed":
        company.later(done, partial(_close, company, story))


def _approve(company: Company, story: Request, decider: Colleague, at: datetime) -> None:
    seen = _seen(company, story, decider)
    workflow.approve(company.session, seen, shown=seen.request.version, at=at)
    _has_read(company, seen, at)


def _refuse(company: Company, story: Request, decider: Colleague, at: datetime) -> None:
    session, seen = company.session, _seen(company, story, decider)
    shown = seen.request.version
    if story.ends_with == "returned":
        workflow.return_(session, seen, story.says, shown=shown, at=at)
    elif story.ends_with == "rejected":
        workflow.reject(session, seen, story.says, shown=shown, at=at)
    elif story.ends_with == "withdrawn":
        own = _seen(company, story, company.colleagues[story.who])
        workflow.withdraw(session, own, shown=shown, at=at)
    _has_read(company, seen, at)


def _close(company: Company, story: Request, at: datetime) -> None:
    seen = _seen(company, story, company.colleagues[story.who])
    workflow.close(company.session, seen, shown=seen.request.version, at=at)


def _pay(company: Company, story: Request, at: datetime) -> None:
    payer = _holder(company, PAYER, story)
    batch = payment.start_batch(
        company.session, [], advance_ids=[story.id], by=payer.person.id, at=at
    )
    next_day = seasons.next_workday(seasons.day_of(at) + timedelta(days=BANK_TAKES))

    def close(then: datetime) -> None:
        day = seasons.day_of(then)
        payment.note_export(company.session, batch, by=payer.person.id, at=then)
        payment.close_batch(
            company.session, batch, day, f"CMB{day:%Y%m%d}-{batch.id:03d}", {},
            shown=batch.version, by=payer.person.id, at=then, today=day,
        )  # fmt: skip

    company.later(seasons.at(next_day, 10.6), close)
    if story.repaid:
        returned = seasons.at(seasons.next_workday(next_day + timedelta(days=2)), 11.0)
        company.later(returned, partial(_repay, company, story))


def _repay(company: Company, story: Request, at: datetime) -> None:
    seen = _seen(company, story, _holder(company, FINANCE, story))
    day = seasons.day_of(at)
    balance.repay(
        company.session, seen, format_plain(story.repaid), f"SJ{day:%Y%m%d}", on=day, today=day,
        shown=seen.request.version, at=at,
    )  # fmt: skip


def _remind_debtors(company: Company, at: datetime) -> None:
    today = seasons.day_of(at)
    for advance_id in reminders.overdue(company.session, today, at):
        reminders.remind(company.session, advance_id, today=today, at=at)


def _holder(company: Company, role: str, story: Request) -> Colleague:
    holders = (each for each in company.colleagues.values() if each.reader.has(role))
    return next(each for each in holders if each.person.number != story.who)


def _asked(company: Company, story: Request) -> PriorRequest:
    return company.session.get_one(PriorRequest, story.id)


def _seen(company: Company, story: Request, colleague: Colleague) -> Seen:
    seen = queries.seen_by(company.session, story.id, colleague.reader)
    if seen is None:
        raise LookupError(f"{colleague.person.number} acts on a request that is gone")
    return seen


def _has_read(company: Company, seen: Seen, at: datetime) -> None:
    if at > company.end - timedelta(days=UNREAD_DAYS):
        mark_read(company.session, seen.reader.id, at, seen.request.subject)
