"""Numbers of claims: one series for each company."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.people.models import Company, Department
from tests.claims.stories import sent


def test_each_company_counts_by_itself(session: Session) -> None:
    other = Company(code="sh", name_zh="上海", name_en="Shanghai", prefix="SH-")
    session.add(other)
    session.flush()
    research = session.scalars(select(Department).where(Department.code == "research")).one()
    research.company_id = other.id
    numbers = [sent(session, name).number or "" for name in ("alice", "dan", "alice", "dan")]
    assert [number[-6:] for number in numbers] == ["000001", "000001", "000002", "000002"]
    assert [number.split("BX")[0] for number in numbers] == ["", "SH-", "", "SH-"]
