"""The fixed cast that every test knows, and the company around it."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from portal.approvals.flow import start_with_default
from portal.people.models import Company, Department, Person, RoleGrant
from portal.people.passwords import hashed
from portal.policy.queries import start_with_sample

PASSWORD = "a quiet paper crane"
HASH = hashed(PASSWORD)
TAX_ID = "91310000MA1FGHJK3Y"
"""What the sample invoices are made out to."""
FOUNDED = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)

CAST = {
    # name: department, manager, grade, roles
    "grace": ("company", None, "director", ()),
    "bob": ("sales", "grace", "manager", ()),
    "alice": ("sales", "bob", "staff", ()),
    "carol": ("finance", "grace", "manager", ("finance", "payer")),
    "heidi": ("finance", "carol", "staff", ("payer",)),
    "dan": ("research", "grace", "staff", ()),
    "erin": ("support", "grace", "staff", ("support",)),
    "frank": ("support", "grace", "staff", ("trainer",)),
    "ivan": ("finance", "grace", "staff", ("auditor",)),
    "admin": ("company", "grace", "staff", ("admin",)),
}

DEPARTMENTS = {
    "company": ("公司", "Company", None, "grace"),
    "sales": ("销售部", "Sales", "company", "bob"),
    "finance": ("财务部", "Finance", "company", "carol"),
    "research": ("研发部", "Research", "company", None),
    "support": ("客户服务部", "Customer service", "company", "grace"),
}


def found_company(session: Session) -> None:
    """The company in which every test begins. The caller commits."""
    start_with_sample(session, FOUNDED)
    start_with_default(session)
    company = Company(code="one", name_zh="远山软件有限公司", name_en="Company", tax_id=TAX_ID)
    session.add(company)
    session.flush()
    departments: dict[str, Department] = {}
    for code, (zh, en, parent, _head) in DEPARTMENTS.items():
        departments[code] = Department(
            code=code, name_zh=zh, name_en=en, cost_centre=code.upper()[:4],
            parent_id=departments[parent].id if parent else None,
            company_id=None if parent else company.id,
        )  # fmt: skip
        session.add(departments[code])
        session.flush()
    people: dict[str, Person] = {}
    for name, (department, manager, grade, roles) in CAST.items():
        people[name] = Person(
            number=name,
            email=f"{name}@example.com",
            name=name.capitalize(),
            department_id=departments[department].id,
            manager_id=people[manager].id if manager else None,
            grade=grade,
            language="en",
            hired_on=date(2020, 1, 1),
            bank_name="Bank of Tests",
            bank_account=f"6222 0000 {len(people):04d}",
            password_hash=HASH,
            grants=[RoleGrant(role=role) for role in roles],
        )
        session.add(people[name])
        session.flush()
    for code, (_zh, _en, _parent, head) in DEPARTMENTS.items():
        departments[code].head_id = people[head].id if head else None
