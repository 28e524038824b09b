"""The travel form (差旅费报销单): journeys as far as they are known, and sums by column."""

import io
from datetime import date, datetime
from typing import Any

import pypdf
import pytest
from sqlalchemy.orm import Session

from portal.claims import queries
from portal.claims.models import Claim
from portal.claims.printed import PrintedLine, check_value
from portal.claims.printed_travel import PrintedLeg, column_sums, leg_of, travel_days
from portal.core.clock import now
from portal.web.paper import printed
from tests.browser import Visitor
from tests.claims.stories import draft, send, writing

OUT = {
    "left_at": "2026-03-31T08:05", "from": "上海虹桥", "arrived_at": "2026-03-31T12:40",
    "to": "北京南", "number": "G102",
}  # fmt: skip


def line(category: str, amount: int, day: int = 1, **more: Any) -> PrintedLine:
    return PrintedLine(1, date(2026, 3, day), category, category, "What", "", amount, **more)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (OUT, PrintedLeg("2026-03-31 08:05", "上海虹桥", "2026-03-31 12:40", "北京南", "G102")),
        ({"from": "上海", "left_at": "in the morning"}, PrintedLeg("in the morning", "上海")),
        ({"left_at": "2026-03-31", "to": None}, PrintedLeg("2026-03-31")),
        ({}, None),
        ({"from": "", "number": None}, None),
    ],
)
def test_a_journey_shows_what_is_known_of_it(
    stored: dict[str, Any], shown: PrintedLeg | None
) -> None:
    assert leg_of(stored) == shown


def test_each_amount_stands_in_one_column() -> None:
    lines = [line("rail", 1), line("flight", 2), line("lodging", 4), line("per_diem", 8),
             line("office", 16), line("our_own", 32),
             line("our_ferry", 64, leg=leg_of(OUT))]  # fmt: skip
    assert column_sums(lines) == {"transport": 67, "lodging": 4, "meals": 8, "other": 48}


def test_the_days_run_from_the_first_to_the_last() -> None:
    lines = [
        line("rail", 1, 4),
        line("lodging", 2, 4, ends_on=date(2026, 3, 9)),
        line("rail", 3, 6),
    ]
    assert travel_days(lines) == (date(2026, 3, 4), date(2026, 3, 9))
    assert travel_days([]) is None


def test_a_journey_is_part_of_the_check_value() -> None:
    values = {
        check_value(b"key", number="1", total=1, lines=[line("rail", 1, leg=leg)], state="paid")
        for leg in (None, leg_of(OUT), leg_of(OUT | {"number": "G104"}))
    }
    assert len(values) == 3


def test_the_form_prints_with_half_a_journey(app: Any) -> None:
    with writing(app) as session:
        claim = travel_claim(session)
        path = f"/claims/{claim.id}/paper.pdf"
    answer = Visitor(app).signed_in("alice").client.get(path)
    first = pypdf.PdfReader(io.BytesIO(answer.data)).pages[0]
    text = "".join(first.extract_text().split())
    for wanted in ("Travelclaimform", "G102", "上海虹桥", "2026-03-3108:05", "250.00", "80.00"):
        assert wanted in text, f"{wanted} is not on the form:\n{text}"


def test_blank_rows_are_struck_by_lines(app: Any) -> None:
    with writing(app) as session, app.test_request_context():
        claim = travel_claim(session)
        form = printed(queries.with_lines(session, claim), {})
        assert (form.kind, form.blank_rows("A4")) == ("travel", 10)


def travel_claim(session: Session, at: datetime | None = None) -> Claim:
    """A claim of a journey and of office material."""
    claim = draft(session, "alice", 250_00, 80_00, at=at or now())
    claim.kind = "travel"
    claim.lines[0].leg = OUT
    claim.lines[0].category = "rail"
    return send(session, claim)
