"""What a stored claim comes to: rates, tax and parts with the database behind them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.claims import drafting, pricing
from portal.claims.models import Claim, Receipt, Split
from portal.claims.typed_lines import TypedLine
from portal.core.clock import now
from portal.invoices.models import Invoice
from portal.policy.queries import current_policy
from portal.rates.editing import NewRate, store
from tests.claims.stories import draft

ON = date(2026, 11, 20)


def price(session: Session, claim: Claim) -> None:
    session.flush()
    pricing.price(session, claim, current_policy(session, ON), on=ON)
    session.flush()


def with_invoice(session: Session, claim: Claim, **values: Any) -> None:
    """Put an invoice on the first line as if it had been read from a file."""
    read = {"source": "xml", "unread": [], "kind": "digital", **values}
    claim.receipts.append(
        Receipt(
            line_id=claim.lines[0].id, sha256=f"{len(claim.receipts):064}", filename="x.xml",
            media_type="text/xml", size=1, added_at=now(), invoice=Invoice(**read),
        )
    )  # fmt: skip
    price(session, claim)


SPECIAL = {"special": True, "total": 106_00, "tax": 6_00, "key": "1", "buyer": "远山软件有限公司"}


def test_the_tax_of_a_special_invoice_is_recovered_once_for_all_its_files(session: Session) -> None:
    claim = draft(session, "alice", 106_00)
    with_invoice(session, claim, **SPECIAL)
    with_invoice(session, claim, **SPECIAL, source="pdf")
    assert claim.lines[0].tax == 6_00


def test_who_claims_less_than_the_invoice_has_its_part_of_the_tax(session: Session) -> None:
    claim = draft(session, "alice", 53_00)
    with_invoice(session, claim, **SPECIAL)
    assert claim.lines[0].tax == 3_00


@pytest.mark.parametrize("category", ["entertaining", "meals", "personal"])
def test_never_of_entertaining_meals_and_personal_items(session: Session, category: str) -> None:
    claim = draft(session, "alice", 106_00, category=category)
    with_invoice(session, claim, **SPECIAL)
    assert claim.lines[0].tax is None


def test_never_of_an_invoice_that_is_made_out_to_others(session: Session) -> None:
    claim = draft(session, "alice", 106_00)
    with_invoice(session, claim, **{**SPECIAL, "buyer": "别家公司"})
    assert claim.lines[0].tax is None


@pytest.mark.parametrize(("passenger", "fen"), [("Alice", 45_66), ("Dan", 45_66), ("某人", None)])
def test_a_train_ticket_gives_tax_for_the_companys_people(
    session: Session, passenger: str, fen: int | None
) -> None:
    claim = draft(session, "alice", 553_00, category="rail")
    with_invoice(session, claim, kind="rail", total=553_00, details={"passenger": passenger})
    assert claim.lines[0].tax == fen


def test_looking_at_a_draft_writes_nothing(session: Session) -> None:
    claim = draft(session, "alice", 10_00)
    claim.lines[0].currency = "USD"
    session.commit()
    store(session, [NewRate("USD", date(2026, 1, 1), Decimal(7))], base="CNY", by=None, at=now())
    pricing.look(session, claim, current_policy(session, ON), on=ON)
    assert (claim.total, claim.lines[0].amount) == (70_00, 70_00)
    assert not session.dirty


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["office", "mileage", "per_diem"]),
            st.sampled_from(["CNY", "USD", "JPY", "KWD"]),
            st.sampled_from(["", "12", "1,234.5", "0.01", "99999999.99", "oops"]),
            st.sampled_from(["", "3", "1200.125", "9999999"]),
        ),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_whatever_is_typed_the_total_is_the_sum_of_lines_and_each_is_its_parts(
    session: Session, typed: list[tuple[str, str, str, str]]
) -> None:
    for code, worth in (("USD", "7.1234"), ("JPY", "0.0482")):
        store(session, [NewRate(code, ON, Decimal(worth))], base="CNY", by=None, at=now())
    claim = draft(session, "alice", *[1_00] * len(typed), receipts=False)
    for line in claim.lines:
        line.splits[:] = [
            Split(position=1, share=33_33, amount=0),
            Split(position=2, share=66_67, amount=0),
        ]
    session.flush()
    lines = [
        TypedLine(line.id, "2026-11-20", kind, "x", amount, currency=currency, quantity=quantity,
                  city="上海", ends_on="2026-11-22")
        for line, (kind, currency, amount, quantity) in zip(claim.lines, typed, strict=True)
    ]  # fmt: skip
    drafting.save(session, claim, "x", lines, shown=claim.version, at=now())
    assert claim.total == sum(line.amount or 0 for line in claim.lines)
    for line in claim.lines:
        parts = [(split.share, split.amount) for split in line.splits]
        assert (
            line.amount is None
            or all(share is None for share, _amount in parts)
            or (sum(amount for _share, amount in parts) == line.amount)
        )
        if line.currency == "KWD" and line.category == "office":
            assert line.amount is None, "an amount was made up without a rate"
