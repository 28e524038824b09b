"""Input tax by 财政部 税务总局 海关总署公告2019年第39号, checked by hand."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.invoices.models import Invoice
from portal.invoices.recoverable import PERCENT, recoverable, tax_within


def invoice(kind: str, total: int | None, tax: int | None = None, **more: Any) -> Invoice:
    return Invoice(kind=kind, total=total, tax=tax, **{"details": {}, "items": [], **more})


def taken(paper: Invoice, *, ours: bool = True, own_passenger: bool = True) -> int | None:
    return recoverable(paper, ours=ours, own_passenger=own_passenger)


def named(name: str) -> list[dict[str, str]]:
    return [{"name": name}]


@pytest.mark.parametrize(
    ("paper", "fen"),
    [
        (invoice("digital", 106_00, 6_00, special=True), 6_00),
        (invoice("digital", 106_00, 6_00, special=False), None),
        (invoice("rail", 553_00), 45_66),
        (invoice("rail", 553_00, 45_66), 45_66),
        (invoice("flight", 1_100_00, details={"fare": "900.00", "fuel_surcharge": "100.00"}),
         82_57),
        (invoice("flight", 1_140_00, 82_57, details={"fare": "917.43"}), 82_57),
        (invoice("flight", 1_100_00), None),
        (invoice("road", 103_00), 3_00),
        (invoice("water", 51_50), 1_50),
        (invoice("toll", 103_00, 3_00), 3_00),
        (invoice("toll", 103_00), None),
        (invoice("digital", 103_00, 3_00, items=named("*运输服务*客运服务费")), 3_00),
        (invoice("digital", 106_00, 6_00, items=named("*餐饮服务*餐费")), None),
        (invoice("other", 100_00), None),
        (invoice("digital", -106_00, -6_00, special=True), None),
        (invoice("digital", None, 6_00, special=True), None),
    ],
)  # fmt: skip
def test_examples_that_can_be_checked_by_hand(paper: Invoice, fen: int | None) -> None:
    assert taken(paper) == fen


def test_a_strangers_ticket_and_another_companys_invoice_give_nothing() -> None:
    assert taken(invoice("rail", 553_00), own_passenger=False) is None
    assert taken(invoice("digital", 106_00, 6_00, special=True), ours=False) is None


@given(
    st.sampled_from(["digital", "vat", "toll", "other", *PERCENT]),
    st.integers(-(10**9), 10**9), st.none() | st.integers(-(10**9), 10**9), st.booleans(),
)  # fmt: skip
def test_it_is_never_more_than_the_invoice_states(
    kind: str, total: int, tax: int | None, special: bool
) -> None:
    found = taken(invoice(kind, total, tax, special=special))
    if found is not None:
        assert 0 < found <= total
        assert tax is None or found <= tax


@given(st.integers(1, 10**10), st.sampled_from([3, 9]))
def test_tax_and_price_without_it_are_the_price(price: int, percent: int) -> None:
    tax = tax_within(price, percent)
    assert abs((price - tax) * percent - tax * 100) <= 100 + percent
