"""Companies as administrators add and change them."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.events import Event
from portal.people.companies import company_of
from portal.people.models import Company, Department
from tests.browser import Visitor
from tests.claims.stories import writing

TAX_ID = "91350100M000100Y43"


def take_in(admin: Visitor, **more: str) -> Visitor:
    fields = {
        "name_zh": "上海分公司", "name_en": "Shanghai", "code": "sh", "prefix": "sh-",
        "tax_id": TAX_ID, **more,
    }  # fmt: skip
    return admin.go("/people/companies/new").send("company", **fields)


def company(app: Flask, code: str) -> Company:
    with writing(app) as session:
        return session.scalars(select(Company).where(Company.code == code)).one()


def test_a_new_company_has_its_numbers_and_account(app: Flask, admin: Visitor) -> None:
    take_in(admin, bank_name="工商银行", bank_account="0200 0001").sees("Saved.", "Shanghai", "SH-")
    assert company(app, "sh").bank_account == "0200 0001"


def test_what_changed_stands_in_the_audit_log(app: Flask, admin: Visitor) -> None:
    take_in(admin)
    edit = f"/people/companies/{company(app, 'sh').id}/edit"
    admin.go(edit).send("company", name_en="Shanghai branch", prefix="SB-").sees("Saved.")
    with writing(app) as session:
        about = session.scalars(select(Event).where(Event.subject_kind == "company")).all()
    assert [event.kind for event in about] == ["company_created", "company_changed"]
    assert about[1].data == {"fields": ["name_en", "prefix"]}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("91350100M000100Y44", "The last sign does not fit the others."),
        ("91350100M000100O43", "The last sign does not fit the others."),
        ("1234", "A tax number has 18 digits and capital letters."),
    ],
)
def test_a_mistyped_tax_number_is_refused(admin: Visitor, typed: str, says: str) -> None:
    assert take_in(admin, tax_id=typed).status == 422
    admin.sees(f"Tax number: {says}")


def test_a_tax_number_of_before_2015_is_taken_with_a_warning(admin: Visitor) -> None:
    take_in(admin, tax_id="110108 12345678 9").sees("Saved.", "Is it still valid?")


def test_a_tax_number_is_stored_without_spaces_in_capitals(app: Flask, admin: Visitor) -> None:
    take_in(admin, tax_id="91350100 m000100y43").misses("Is it still valid?")
    assert company(app, "sh").tax_id == TAX_ID


def test_no_two_companies_share_a_series_of_numbers(admin: Visitor) -> None:
    assert take_in(admin, prefix="").status == 422
    admin.sees("Prefix of its numbers: This belongs to Company (one) already.")


@pytest.mark.parametrize("prefix", ["1SH", "SHANGHAI", "上海"])
def test_a_prefix_must_fit_before_a_number(admin: Visitor, prefix: str) -> None:
    assert take_in(admin, prefix=prefix).status == 422


def test_a_company_with_departments_stays_in_use(app: Flask, admin: Visitor) -> None:
    admin.go(f"/people/companies/{company(app, 'one').id}/edit")
    form = admin.page.css_first("form#company")
    assert form is not None
    fields = {"shown": "", "code": "one", "name_zh": "公司", "name_en": "Company"}
    for name in fields:
        control = form.css_first(f"[name={name}]")
        assert control is not None
        fields[name] = control.attributes["value"] or ""
    assert admin.post(admin.path, fields).status == 422
    admin.sees("Departments belong to this company. Move them first.")


def test_what_somebody_else_changed_is_not_overwritten(app: Flask, admin: Visitor) -> None:
    edit = f"/people/companies/{company(app, 'one').id}/edit"
    other = Visitor(app).signed_in("admin").go(edit)
    admin.go(edit).send("company", name_en="First")
    assert other.send("company", name_en="Second").status == 409


def test_a_department_belongs_to_the_company_that_is_chosen(app: Flask, admin: Visitor) -> None:
    take_in(admin)
    one, other = company(app, "one").id, company(app, "sh").id
    with writing(app) as session:
        sales = session.scalars(select(Department).where(Department.code == "sales")).one()
        assert company_of(session, sales.id) == one
    admin.go(f"/people/departments/{sales.id}/edit").send("department", company="sh")
    with writing(app) as session:
        assert company_of(session, sales.id) == other


def test_a_department_at_the_top_needs_a_company(admin: Visitor) -> None:
    admin.go("/people/departments/new")
    admin.send("department", name_zh="集团", name_en="Group", code="group")
    assert admin.status == 422
    admin.sees("Company: A department at the top needs a company.")
