"""The people of the measured company: a tree ten wide, with the names the tests know too."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.loading import Sink
from portal.people.models import AT_ONCE
from portal.people.roles import ADMIN, FINANCE, PAYER

TEAM = 10
"""How many report to one manager."""
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = (
    "子涵",
    "雨桐",
    "浩然",
    "思远",
    "婉清",
    "志强",
    "晓东",
    "佳怡",
    "建国",
    "梦洁",
    "Kevin",
    "明",
)
REVIEWERS = 5
"""Holders of the finance role. Each finance step waits for, and tells, every one of them."""


@dataclass
class Company:
    """Who is who, by id from 1. It answers what routing asks, as ``people.queries`` does."""

    people: int
    names: dict[int, str] = field(default_factory=dict)

    HEAD = 1

    @property
    def reviewers(self) -> list[int]:
        """Finance; carol is the first."""
        return list(range(self.people - REVIEWERS + 1, self.people + 1))

    @property
    def admin(self) -> int:
        """The administrator."""
        return self.people - REVIEWERS

    @property
    def bob(self) -> int:
        """The manager whose inbox is measured: the last with a full team."""
        return (self.people - 1) // TEAM

    @property
    def alice(self) -> int:
        """The claimant whose list is measured: the first of bob's team."""
        return self.team_of(self.bob)[0]

    @property
    def managers(self) -> list[int]:
        """Everybody with a full team and no seat on the board, bob first."""
        return list(range(self.bob, TEAM + 1, -1)) or [self.bob]

    def team_of(self, manager: int) -> list[int]:
        """The people who report to a manager."""
        first = (manager - 1) * TEAM + 2
        return list(range(first, min(first + TEAM, self.people + 1)))

    def manager_of(self, person_id: int) -> int | None:
        """The person's manager; the head has none."""
        return None if person_id == self.HEAD else (person_id - 2) // TEAM + 1

    def department_of(self, person_id: int) -> int:
        """The id of the department, which is that of its head, at most one below the top."""
        while person_id > TEAM + 1:
            person_id = self.manager_of(person_id) or 1
        return person_id

    def grade_of(self, person_id: int) -> str:
        """Directors lead divisions, managers teams."""
        if person_id <= TEAM + 1:
            return "director"
        return "manager" if self.team_of(person_id) else "staff"

    def head_of(self, department_id: int) -> int | None:
        """Departments have the ids of their heads."""
        return department_id

    def company_head(self) -> int | None:
        """The head of all."""
        return self.HEAD

    def holders_of(self, role: str) -> Iterable[int]:
        """The holders of a role, oldest first."""
        return self.reviewers if role in (FINANCE, PAYER) else [self.admin]


def hire(sink: Sink, people: int, password_hash: str) -> Company:
    """Write departments, people and roles; everybody has the same password."""
    company = Company(people)
    known = {
        company.HEAD: "grace", company.bob: "bob", company.alice: "alice",
        company.reviewers[0]: "carol", company.admin: "admin",
    }  # fmt: skip
    sink.add(
        "companies", id=1, code="one", name_zh="远山软件有限公司", name_en="Far Hills Software",
        tax_id="91310000MA1FGHJK3Y", currency="CNY", prefix="", bank_name="", bank_account="",
        active=1,
    )  # fmt: skip
    for number in range(1, min(TEAM + 1, people) + 1):
        sink.add(
            "departments", id=number, code=f"D{number:03d}", name_zh=f"第{number}事业部",
            name_en=f"Division {number}", parent_id=None if number == 1 else 1, head_id=number,
            cost_centre=f"{1000 + number}", company_id=1 if number == 1 else None,
        )  # fmt: skip
    for number in range(1, people + 1):
        short = known.get(number, f"P{number:05d}")
        name = company.names[number] = short.capitalize() if number in known else _name(number)
        sink.add(
            "people", id=number, number=short, email=f"{short.lower()}@example.com", name=name,
            department_id=company.department_of(number), manager_id=company.manager_of(number),
            grade=company.grade_of(number), language="zh" if number % 4 else "en",
            hired_on="2020-01-01", active=1, notices_by=AT_ONCE, bank_name="中国银行",
            bank_account=f"6222{number:015d}", password_hash=password_hash,
        )  # fmt: skip
    for reviewer in company.reviewers:
        sink.add("role_grants", person_id=reviewer, role=FINANCE)
        sink.add("role_grants", person_id=reviewer, role=PAYER)
    sink.add("role_grants", person_id=company.admin, role=ADMIN)
    return company


def _name(number: int) -> str:
    surname = SURNAMES[number % len(SURNAMES)]
    return surname + GIVEN[number // len(SURNAMES) % len(GIVEN)]
