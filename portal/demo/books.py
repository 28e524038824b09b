"""What finance and administrators of the demo company keep beside claims: projects, exchange
rates, the company's own rules, who fills for whom, and which invoices were verified.
"""

import copy
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import select

from portal.claims.models import MOVING, Claim, Line, Receipt
from portal.demo import seasons
from portal.demo.company import Company
from portal.invoices import registry
from portal.invoices.checking import GENUINE, UNKNOWN, ByHand, check
from portal.invoices.models import Invoice
from portal.people import deputies, projects
from portal.people.models import GRADES
from portal.policy import drafts
from portal.policy.models import PolicyDraft
from portal.rates import importing
from portal.rates.editing import NewRate

PROJECTS = (
    ("ARK", "方舟银行核心系统", "Ark Bank core system", "1202", True),
    ("ALPEN", "Alpen Motors 经销商平台", "Alpen Motors dealer platform", "bob", True),
    ("HENGYUAN", "恒远医疗数据平台", "Hengyuan Medical data platform", "1103", True),
    ("FAIR", "秋季展会", "Autumn fair", "1302", True),
    ("MOVE", "办公室搬迁", "Office move", "1502", False),
)
"""Code, names, the number of who answers for it, and whether it still takes costs."""

RATES = {"USD": "7.1200", "EUR": "8.2600", "GBP": "9.5200", "JPY": "0.0478", "SGD": "5.5300",
         "HKD": "0.9130"}  # fmt: skip
"""Yuan for one unit, about: each month's differ a little. Invented."""

DEPUTIES = (("bob", "alice", 90), ("grace", "1002", 200))
"""Who lets whom fill claims, and since how many days."""

ABROAD = "4"
"""The tier of cities abroad."""
CITIES_ABROAD = ("东京", "新加坡", "香港", "慕尼黑", "维也纳", "米兰", "圣何塞")
LIMITS_ABROAD = {
    (category, per, ABROAD, grade): amount
    for category, per, amounts in (
        ("lodging", "night", (1_100_00, 1_500_00, 2_200_00)),
        ("meals", "day", (300_00, 360_00, 480_00)),
    )
    for grade, amount in zip(GRADES, amounts, strict=True)
}

RULES_CHANGED, DRAFT_BEGUN = 120, 3
"""Days before today."""


def plan_books(company: Company, first: date, today: date) -> None:
    """Let all of it happen between ``first`` and ``today``."""
    company.later(seasons.at(first, 7.5), partial(_begin_projects, company))
    company.later(seasons.at(first, 8.0), partial(_import_rates, company))
    for months in range(1, 13):
        start = _months_after(first.replace(day=1), months)
        if start < today:
            day = seasons.next_workday(start)
            company.later(seasons.at(day, 8.6), partial(_import_rates, company))
    for person, deputy, back in DEPUTIES:
        day = seasons.next_workday(today - timedelta(days=back))
        company.later(seasons.at(day, 10.2), partial(_allow, company, person, deputy))
    changed = seasons.next_workday(today - timedelta(days=RULES_CHANGED))
    company.later(seasons.at(changed, 9.4), partial(_change_rules, company))
    begun = seasons.workdays_before(today, DRAFT_BEGUN)
    company.later(seasons.at(begun, 16.4), partial(_try_rules, company))
    company.later(
        seasons.at(seasons.workdays_before(today, 1), 17.2), partial(_verify_invoices, company)
    )


def _months_after(first_of_month: date, months: int) -> date:
    years, month = divmod(first_of_month.month - 1 + months, 12)
    return date(first_of_month.year + years, month + 1, 1)


def _begin_projects(company: Company, at: datetime) -> None:
    admin = company.colleagues["admin"].person.id
    for code, zh, en, owner, active in PROJECTS:
        cells = {
            "code": code, "name_zh": zh, "name_en": en, "owner": owner,
            "active": "yes" if active else "",
        }  # fmt: skip
        made = projects.create(company.session, cells, by=admin, at=at)
        company.projects[code] = made.id


def _import_rates(company: Company, at: datetime) -> None:
    day = seasons.day_of(at)
    new = tuple(
        NewRate(currency, day.replace(day=1), _rate(currency, day), "央行中间价（示例）")
        for currency in RATES
    )
    carol = company.colleagues["carol"].person.id
    importing.apply(company.session, importing.Plan(new, 0, ()), base="CNY", by=carol, at=at)


def _rate(currency: str, day: date) -> Decimal:
    """What a unit was worth in the month of ``day``, the same at every start."""
    swing = Random(f"{currency} {day:%Y-%m}").uniform(-0.02, 0.02)  # noqa: S311
    return (Decimal(RATES[currency]) * Decimal(1 + swing)).quantize(Decimal("0.0001"))


def _allow(company: Company, person: str, deputy: str, at: datetime) -> None:
    who = company.colleagues[person].person
    deputies.allow(company.session, who, deputy, by=who.id, at=at)


def _change_rules(company: Company, at: datetime) -> None:
    """The second version of the rules: rides got dearer, and cities abroad have limits."""
    session, carol, day = company.session, company.colleagues["carol"].person.id, seasons.day_of(at)
    draft = drafts.start(session, by=carol, at=at)
    cities = {**draft.rules["cities"], ABROAD: [*CITIES_ABROAD]}
    _save(company, draft, {("local_transport", "day", "*", "staff"): 90_00,
                           ("local_transport", "day", "*", "manager"): 110_00,
                           **LIMITS_ABROAD}, at, cities=cities)  # fmt: skip
    drafts.publish(
        session, draft, valid_from=day, note="网约车涨价，市内交通上调 10 元；增加境外标准。",
        two_people=False, articles=(), shown=draft.version, by=carol, at=at, today=day,
    )  # fmt: skip


def _try_rules(company: Company, at: datetime) -> None:
    """A draft that nobody switched on yet: more for a night in the large cities."""
    draft = drafts.start(
        company.session, by=company.colleagues["carol"].person.id, at=at,
        note="一线城市酒店协议价明年上调，先试算影响。",
    )  # fmt: skip
    _save(company, draft, {("lodging", "night", "1", "staff"): 520_00,
                           ("lodging", "night", "1", "manager"): 680_00,
                           ("meals", "day", "1", "staff"): 130_00}, at)  # fmt: skip


def _save(
    company: Company, draft: PolicyDraft, amounts: Mapping[tuple[str, str, str, str], int],
    at: datetime, **parts: Any,
) -> None:  # fmt: skip
    """Change limits of a draft, by category, period, tier of cities and grade, and ``parts``."""
    limits: list[Any] = copy.deepcopy(draft.rules["limits"])
    rows = {(limit["category"], limit["per"]): limit for limit in limits}
    for (category, per, tier, grade), amount in amounts.items():
        rows[category, per]["amounts"].setdefault(tier, {})[grade] = amount
    carol = company.colleagues["carol"].person.id
    company.session.flush()
    drafts.save(
        company.session, draft, {"limits": limits, **parts}, shown=draft.version, by=carol, at=at
    )


def _verify_invoices(company: Company, at: datetime) -> None:
    """Carol asks the tax platform about a few invoices, and lets one be claimed once more."""
    session, carol = company.session, company.colleagues["carol"]
    on_their_way = session.execute(
        select(Invoice, Line.category)
        .join(Receipt, Receipt.invoice_id == Invoice.id)
        .join(Line, Line.id == Receipt.line_id)
        .join(Claim, Claim.id == Receipt.claim_id)
        .where(Claim.state.in_(MOVING), Claim.claimant_id != carol.person.id)
        .where(Invoice.key.is_not(None))
        .order_by(Invoice.id)
    ).all()
    *verified, newest = (invoice for invoice, _category in on_their_way[:4])
    for invoice in verified:
        check(session, invoice, ByHand(GENUINE), by=carol.person.id, at=at)
    check(session, newest, ByHand(UNKNOWN, "平台次日更新，明天再查。"), by=carol.person.id, at=at)
    shared = next(invoice for invoice, category in on_their_way if category == "lodging")
    registry.allow(
        session, shared.key or "", company.colleagues["1105"].person,
        "两人合住一间，发票只有一张，各报一半。", by=carol.reader, at=at,
    )  # fmt: skip
