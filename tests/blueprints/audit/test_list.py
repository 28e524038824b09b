"""The audit log as auditors see it."""

import csv
import io
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, text

from portal.claims import events as claims
from portal.core.db import begin_writing, db
from portal.core.events import Subject, record
from portal.people import events as people
from portal.people.models import Person
from portal.policy import events as policy
from portal.web.audit_words import EVENTS
from tests.browser import Visitor

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def ivan(app: Flask) -> Visitor:
    return Visitor(app).signed_in("ivan")


def happen(app: Flask, number: str, kind: str, times: int = 1, **data: object) -> None:
    """Something that the person with this employee number did."""
    with app.app_context():
        begin_writing(db.session())
        person_id = db.session.scalar(select(Person.id).where(Person.number == number))
        for _ in range(times):
            record(db.session(), kind, Subject("claim", 7), by=person_id, at=AT, **data)
        db.session.commit()


def test_it_works(app: Flask, ivan: Visitor) -> None:
    ivan.go("/audit/").sees("No events match", "The end of the log is intact.")
    happen(app, "alice", "claim_submitted")
    happen(app, "bob", "claim_approved", comment="已核对")
    ivan.go("/audit/").sees("Claim submitted", "Claim 7", "Alice", "2026-03-02 10:00", "已核对")
    kinds = [row.text() for row in ivan.find("td[data-label='What happened']")]
    assert kinds == ["Claim approved", "Claim submitted"], "the newest comes first"


def test_it_is_narrowed_to_a_kind_and_a_person(app: Flask, admin: Visitor) -> None:
    happen(app, "alice", "claim_submitted")
    happen(app, "bob", "claim_approved")
    admin.go("/audit/?kind=claim_approved").sees("Bob").misses("Alice")
    admin.go("/audit/?number=alice").sees("Alice").misses("Bob")
    admin.go("/audit/?number=alice&kind=claim_approved").sees("No events match")


def test_it_pages_by_key(app: Flask, ivan: Visitor) -> None:
    happen(app, "alice", "claim_submitted", times=51)
    ivan.go("/audit/?number=alice")
    assert len(ivan.find("tbody tr")) == 50
    happen(app, "alice", "claim_submitted")
    ivan.go(ivan.find("a[rel=next]")[0].attributes["href"] or "")
    assert [cell.text() for cell in ivan.find("tbody td[data-label=Event]")] == ["1"]


def test_it_says_when_the_end_of_the_log_was_cut_off(app: Flask, ivan: Visitor) -> None:
    happen(app, "alice", "claim_submitted", times=2)
    with app.app_context():
        db.session.execute(text("UPDATE chain_end SET last_id = 3"))
        db.session.commit()
    ivan.go("/audit/").sees("The end of the log was tampered with")


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "dan"])
def test_it_refuses_a_stranger(app: Flask, name: str) -> None:
    stranger = Visitor(app).signed_in(name)
    assert stranger.go("/audit/").status == 404
    assert stranger.go("/audit/events.csv").status == 404


def test_the_export_holds_all_and_no_formula(app: Flask, ivan: Visitor) -> None:
    happen(app, "alice", "claim_submitted", times=60)
    with app.app_context():
        begin_writing(db.session())
        alice = db.session.scalars(select(Person).where(Person.number == "alice")).one()
        alice.name = "=HYPERLINK(1)"
        db.session.commit()
    ivan.go("/audit/events.csv?number=alice")
    assert ivan.response is not None
    content = ivan.response.get_data(as_text=True)
    assert content.startswith("\ufeff"), "Excel would not read Chinese"
    rows = list(csv.DictReader(io.StringIO(content[1:])))
    assert [row["event"] for row in rows] == [str(number) for number in range(60, 0, -1)]
    assert rows[0]["name"] == "'=HYPERLINK(1)"
    assert rows[0]["at"] == "2026-03-02T10:00:00+08:00"


def test_details_are_words_and_amounts_in_the_readers_language(app: Flask, ivan: Visitor) -> None:
    lines = [{"purpose": "高铁", "amount": 138_00}, {"purpose": "打车", "amount": 42_00}]
    content = {"purpose": "拜访客户", "total": 180_00, "lines": lines}
    happen(app, "alice", "claim_submitted", again=False, content=content)
    happen(app, "bob", "claim_returned", step=3, comment="", lines={"9": "请附发票"})
    ivan.go("/audit/").sees("Purpose: 拜访客户", "Total: ¥180.00", "Lines: 2", "Lines: 请附发票")
    ivan.misses("{", "step:")
    ivan.post("/language", {"language": "zh", "next": "/audit/"}).go("/audit/")
    ivan.sees("提交报销单", "退回报销单", "报销单 7", "合计：¥180.00", "明细：2").misses("claim_")


def test_every_kind_of_event_has_a_name() -> None:
    kinds = {*claims.ALL, *people.ALL, *policy.ALL}
    assert kinds <= EVENTS.keys(), f"without a name in the audit log: {kinds - EVENTS.keys()}"
