"""What `make bench` measures: its invented company is true to the rules, its pages answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from benchmarks import data, databases, floor, pages, queries
from benchmarks.speed import database_of
from portal import create_app
from portal.approvals.models import OPEN, Step
from portal.claims.models import PAID, STATES, SUBMITTED, Claim, Line, Payment
from portal.core.events import broken_links

TINY = data.Size(claims=200, people=50, approvers=1, waiting_each=20, alices=30)


@dataclass(frozen=True)
class Made:
    measured: databases.Measured
    app: Flask


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """200 claims of 50 people."""
    settings = databases.settings_for(tmp_path_factory.mktemp("bench"))
    app = create_app(settings)
    seconds = data.fill(app, TINY)
    return Made(databases.Measured("SQLite", TINY, settings, seconds), app)


@pytest.fixture
def session(made: Made) -> Iterator[Session]:
    with database_of(made.measured) as found:
        yield found


def test_the_log_of_the_measured_company_is_whole(session: Session) -> None:
    assert list(broken_links(session)) == []


def test_every_reference_leads_somewhere(session: Session) -> None:
    assert session.execute(text("PRAGMA foreign_key_check")).all() == []


def test_the_claims_add_up_to_their_lines(session: Session) -> None:
    lines = select(func.sum(Line.amount)).where(Line.claim_id == Claim.id).scalar_subquery()
    wrong = session.scalars(select(Claim.id).where(Claim.total != lines)).all()
    assert wrong == [], f"claims whose total is not that of their lines: {wrong}"


def test_paid_claims_have_one_payment_and_others_none(session: Session) -> None:
    paid = set(session.scalars(select(Claim.id).where(Claim.state == PAID)))
    assert len(paid) > 100
    payments = session.scalars(select(Payment.claim_id).where(Payment.state == PAID)).all()
    assert sorted(payments) == sorted(paid)


def test_a_claim_in_approval_waits_at_exactly_one_step(session: Session) -> None:
    waiting = select(Step.subject_id).where(Step.state == OPEN).order_by(Step.subject_id)
    sent = select(Claim.id).where(Claim.state == SUBMITTED).order_by(Claim.id)
    assert session.scalars(waiting).all() == session.scalars(sent).all()
    assert set(session.scalars(select(Claim.state))) <= set(STATES)


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.name)
def test_every_measured_page_answers(made: Made, session: Session, page: pages.Page) -> None:
    known = pages.facts(session)
    visitor = queries.InProcess(made.app).signed_in(page.who(known))
    request = page.requests(visitor, known, session)[0]
    assert visitor.send(request).status == page.status, f"{request.path} cannot be measured"


def test_the_floor_makes_the_same_bytes(made: Made, session: Session) -> None:
    page = queries.InProcess(made.app).signed_in("alice").get("/claims/").text
    floor.captured["list"] = floor.pieces(page)
    assert floor.app.test_client().get("/page/list").text == page


def test_the_folder_of_kept_data_follows_the_schema() -> None:
    assert Path(databases.instance_for(TINY, "sqlite")).parent.name == data.digest()
