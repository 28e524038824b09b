"""Reading and starting the stored policy."""

import tomllib
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.words import Named
from portal.policy.models import CategoryRow, PolicyVersion
from portal.policy.rules import Category, Policy, policy

SAMPLE = Path(__file__).with_name("sample.toml")


def current_policy(session: Session, on: date) -> Policy:
    """The rules in force on a day. Two queries, and fixed whatever the size of the company."""
    version = session.execute(
        select(PolicyVersion.id, PolicyVersion.rules)
        .where(PolicyVersion.valid_from <= on)
        .order_by(PolicyVersion.valid_from.desc(), PolicyVersion.id.desc())
        .limit(1)
    ).one()
    return policy(version.id, version.rules, categories(session))


def categories(session: Session) -> list[Category]:
    """All categories, each group's parent directly before its children."""
    rows = session.execute(
        select(CategoryRow.__table__).order_by(CategoryRow.position, CategoryRow.code)
    ).all()
    tops = [row for row in rows if row.parent_code is None]
    ordered = [
        row
        for top in tops
        for row in [top, *(child for child in rows if child.parent_code == top.code)]
    ]
    return [
        Category(
            code=row.code,
            name=Named(row.name_zh, row.name_en),
            parent=row.parent_code,
            accounting_code=row.accounting_code,
            needs_city=row.needs_city,
            needs_nights=row.needs_nights,
            needs_attendees=row.needs_attendees,
            reimbursable=row.reimbursable,
            active=row.active,
        )
        for row in ordered
    ]


@lru_cache(maxsize=1)
def _sample() -> dict[str, Any]:
    return tomllib.loads(SAMPLE.read_text(encoding="utf-8"))


def start_with_sample(session: Session, at: datetime) -> None:
    """Give a new installation the sample policy. The caller commits."""
    sample = dict(_sample())
    for position, row in enumerate(sample.pop("categories")):
        session.add(
            CategoryRow(
                code=row["code"],
                parent_code=row.get("parent"),
                name_zh=row["zh"],
                name_en=row["en"],
                accounting_code=row["accounting_code"],
                position=position,
                needs_city=row.get("needs_city", False),
                needs_nights=row.get("needs_nights", False),
                needs_attendees=row.get("needs_attendees", False),
                reimbursable=row.get("reimbursable", True),
            )
        )
    session.add(PolicyVersion(valid_from=date(2000, 1, 1), created_at=at, rules=sample))
