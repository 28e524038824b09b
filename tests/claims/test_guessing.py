"""The category of a line, guessed from its invoice and from what was booked before."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from portal.claims.guessing import BOOKED, _names, explain, guess
from portal.claims.models import Line
from portal.invoices.models import Invoice
from portal.policy.queries import categories
from tests.claims.stories import draft

SELLER = "青禾餐饮（苏州）有限公司"


def invoice(*items: str | tuple[str, int], kind: str = "digital", seller: str = "") -> Invoice:
    rows = [item if isinstance(item, tuple) else (item, 100) for item in items]
    return Invoice(
        kind=kind, seller=seller or None, items=[{"name": n, "amount": a} for n, a in rows]
    )


def guessed(session: Session, *invoices: Invoice, company_id: int = 1) -> str:
    known = {category.code: category for category in categories(session)}
    return guess(session, invoices, known, company_id)


def book(session: Session, category: str, state: str = "paid", seller: str = SELLER) -> Line:
    """A line of an earlier claim."""
    claim = draft(session, "dan", 10_00, category=category)
    claim.state = state
    claim.lines[0].merchant = seller
    session.flush()
    return claim.lines[0]


@pytest.mark.parametrize(
    ("item", "category"),
    [
        ("*餐饮服务*餐费", "meals"), ("*住宿服务*住宿费", "lodging"),
        ("*运输服务*客运服务费", "local_transport"), ("*运输服务*国内航空旅客运输", "flight"),
        ("*经纪代理服务*代订机票", "flight"), ("*经纪代理服务*代订房费", "lodging"),
        ("*通信服务*话费", "telephone"), ("*收派服务*快递费", "postage"),
        ("*经营租赁*通行费", "local_transport"), ("＊纸制品＊复印纸", "office"),
        (" *非学历教育服务*培训费", "training"),
    ],
)  # fmt: skip
def test_the_tax_item_tells(session: Session, item: str, category: str) -> None:
    assert guessed(session, invoice(item)) == category
    assert "item" in str(explain(category, [invoice(item)]))


@pytest.mark.parametrize("item", ["*经营租赁*设备", "*塑料制品*桌子", "餐费", "", "**"])
def test_an_item_that_tells_nothing_is_not_guessed(session: Session, item: str) -> None:
    assert guessed(session, invoice(item)) == ""


@pytest.mark.parametrize(
    ("kind", "category"), [("rail", "rail"), ("flight", "flight"), ("toll", "local_transport")]
)
def test_the_kind_of_invoice_tells_more(session: Session, kind: str, category: str) -> None:
    assert guessed(session, invoice("*餐饮服务*餐费", kind=kind)) == category


def test_the_dearest_items_win(session: Session) -> None:
    mixed = invoice(
        ("*餐饮服务*早餐", 30_00), ("*住宿服务*房费", 400_00), ("*餐饮服务*晚餐", 90_00)
    )
    assert guessed(session, mixed) == "lodging"


def test_the_seller_tells_when_nothing_else_does(session: Session) -> None:
    assert guessed(session, invoice(seller="南京玄武饭店")) == "meals"
    assert guessed(session, invoice(seller="Grand HOTEL Nanjing")) == "lodging"


def test_what_was_booked_before_for_the_seller_decides_what_is_open(session: Session) -> None:
    meal = invoice("*餐饮服务*餐费", seller=SELLER)
    book(session, "entertaining")
    assert guessed(session, meal) == "meals", "once is no habit"
    book(session, "entertaining", "approved")
    assert guessed(session, meal) == "entertaining"
    for _more in range(3):
        book(session, "meals")
    assert guessed(session, meal) == "meals"


def test_what_was_booked_before_never_contradicts_the_invoice(session: Session) -> None:
    for _more in range(3):
        book(session, "office")
    assert guessed(session, invoice("*餐饮服务*餐费", seller=SELLER)) == "meals"
    nothing_said = invoice(seller=SELLER)
    assert guessed(session, nothing_said) == "office"
    assert "booked before" in str(explain("office", [nothing_said]))


@pytest.mark.parametrize("state", ["draft", "submitted", "rejected", "withdrawn"])
def test_only_what_was_approved_counts(session: Session, state: str) -> None:
    for _more in range(2):
        book(session, "office", state)
    assert guessed(session, invoice(seller=SELLER)) == "meals"


def test_another_company_s_habits_are_its_own(session: Session) -> None:
    for _more in range(2):
        book(session, "office")
    assert guessed(session, invoice(seller=SELLER), company_id=2) == "meals"


def test_a_category_out_of_use_is_never_guessed(session: Session) -> None:
    known = {category.code: category for category in categories(session)}
    known["meals"] = replace(known["meals"], active=False)
    assert guess(session, [invoice("*餐饮服务*餐费")], known, 1) == "entertaining"
    known["entertaining"] = replace(known["entertaining"], active=False)
    assert guess(session, [invoice("*餐饮服务*餐费")], known, 1) == ""


def test_every_category_of_the_table_is_in_the_sample_policy(session: Session) -> None:
    known = {category.code for category in categories(session)}
    names = _names()
    used = {code for codes in names["kinds"].values() for code in codes}
    used |= {c for part in ("items", "sellers") for e in names[part] for c in e.categories}
    assert used <= known


def test_the_seller_is_found_by_an_index(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL scans tables this small")
    asked = BOOKED.params(seller=SELLER, company_id=1).compile(
        session.get_bind(), compile_kwargs={"literal_binds": True}
    )
    plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}").all()
    assert "ix_lines_merchant" in str(plan)
