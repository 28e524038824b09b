"""The demo company: who works there, for whom, and what they may do."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from sqlalchemy.orm import Session

from portal.people import tax_number
from portal.people.models import PORTAL_ONLY, Company, Department, Person, RoleGrant
from portal.people.roles import Reader

ROSTER = Path(__file__).with_name("people.csv")
COMPANIES = (
    ("HQ", "星图科技（上海）有限公司", "Startmap Technology (Shanghai)", "91310000MA1DEM0P7", "",
     "0200 0000 1924 5678 301"),
    ("HZ", "星图数据服务（杭州）有限公司", "Startmap Data Services (Hangzhou)",
     "91330100MA2DEM0P2", "HZ-", "0200 0000 2935 6789 402"),
)  # fmt: skip
"""Code, names, tax number without its check digit, prefix and account of the legal entities. The
organisation codes inside the tax numbers have wrong check digits: they are nobody's."""

DEPARTMENTS = (
    ("HQ", COMPANIES[0][1], COMPANIES[0][2], "1000"),
    ("SALES", "销售部", "Sales", "1100"),
    ("RD", "研发部", "R&D", "1200"),
    ("MKT", "市场部", "Marketing", "1300"),
    ("FIN", "财务部", "Finance", "1400"),
    ("HR", "人力行政部", "HR & Admin", "1500"),
    ("CS", "客户服务部", "Customer Service", "1600"),
)
OF_HANGZHOU = "CS"
"""The department that is a legal entity of its own."""

BANKS = ("中国工商银行", "招商银行", "中国建设银行", "中国银行", "交通银行", "浦发银行")
BRANCHES = ("上海张江支行", "上海陆家嘴支行", "上海徐家汇支行", "上海五角场支行")


@dataclass(frozen=True)
class Colleague:
    """A person of the demo company and what the stories about them need."""

    person: Person
    department: str
    company: Company
    wish: str
    """How they want to be told; they are told in the portal only while the past is made."""
    left_on: date | None
    reader: Reader

    @property
    def english(self) -> bool:
        """Whether they write in English."""
        return self.person.language == "en"

    def here_on(self, day: date) -> bool:
        """Whether they worked for the company on ``day`` and had settled in."""
        hired = self.person.hired_on
        settled = hired is None or day >= hired + timedelta(days=5)
        return settled and (self.left_on is None or day < self.left_on - timedelta(days=45))


def hire(session: Session, rng: Random, *, today: date, password_hash: str) -> dict[str, Colleague]:
    """Everybody in the roster with their departments, by employee number."""
    departments = {
        code: Department(code=code, name_zh=zh, name_en=en, cost_centre=cost_centre)
        for code, zh, en, cost_centre in DEPARTMENTS
    }
    companies = {
        code: Company(
            code=code, name_zh=zh, name_en=en, tax_id=tax_number.completed(tax_id), prefix=prefix,
            bank_name="工商银行", bank_account=account,
        )
        for code, zh, en, tax_id, prefix, account in COMPANIES
    }  # fmt: skip
    session.add_all(companies.values())
    session.flush()
    root = departments["HQ"]
    root.company_id = companies["HQ"].id
    departments[OF_HANGZHOU].company_id = companies["HZ"].id
    session.add(root)
    session.flush()
    for department in departments.values():
        if department is not root:
            department.parent_id = root.id
    session.add_all(departments.values())
    session.flush()
    colleagues: dict[str, Colleague] = {}
    with ROSTER.open(encoding="utf-8", newline="") as roster:
        for row in csv.DictReader(roster):
            # A manager stands above his people in the roster.
            manager = colleagues[row["manager"]].person if row["manager"] else None
            person = _person(row, departments[row["department"]], manager, today, rng)
            person.password_hash = password_hash
            session.add(person)
            session.flush()
            if row["grade"] == "director":
                departments[row["department"]].head_id = person.id
            colleagues[person.number] = Colleague(
                person=person,
                department=row["department"],
                company=companies["HZ" if row["department"] == OF_HANGZHOU else "HQ"],
                wish=row["notices_by"],
                left_on=_days_before(today, row["left_days"]),
                reader=_reader(person, frozenset(row["roles"].split())),
            )
    session.flush()
    return colleagues


def _person(
    row: dict[str, str], department: Department, manager: Person | None, today: date, rng: Random
) -> Person:
    return Person(
        number=row["number"],
        email=f"{row['email']}@demo.example",
        name=row["name"],
        department_id=department.id,
        manager_id=manager.id if manager else None,
        grade=row["grade"],
        language=row["language"],
        hired_on=_days_before(today, row["hired_days"]),
        notices_by=PORTAL_ONLY,
        bank_name=f"{rng.choice(BANKS)}{rng.choice(BRANCHES)}",
        bank_account=_account(rng),
        grants=[RoleGrant(role=role) for role in row["roles"].split()],
    )


def _days_before(today: date, days: str) -> date | None:
    return today - timedelta(days=int(days)) if days else None


def _account(rng: Random) -> str:
    """Nineteen digits whose check digit is wrong, so that they are nobody's account."""
    digits = [6, 2, 1, 7, *(rng.randrange(10) for _ in range(14))]
    doubled = [
        digit if place % 2 else digit * 2 - 9 * (digit > 4)
        for place, digit in enumerate(reversed(digits))
    ]
    return "".join(map(str, [*digits, (1 - sum(doubled)) % 10]))


def _reader(person: Person, roles: frozenset[str]) -> Reader:
    return Reader(
        id=person.id,
        number=person.number,
        name=person.name,
        email=person.email,
        department_id=person.department_id,
        grade=person.grade,
        language=person.language,
        roles=roles,
        sign_in_id=0,
        shared=False,
    )
