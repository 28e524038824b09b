"""The worker that reads files: killed, broken or late, nothing is lost and nothing comes twice."""

from datetime import timedelta
from time import sleep
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.claims import arrivals, intake
from portal.claims.models import Reading, Receipt
from portal.claims.receipts import Kept
from portal.core import jobs
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import NotNow
from portal.core.files import XML
from portal.core.jobs import Job
from portal.core.words import words
from portal.invoices import reading
from portal.web import work
from tests.claims.stories import draft, writing
from tests.invoices.samples import DIGITAL, digital_xml
from tests.web.working import tick, work_through

AT = now()
SOON, LATER = AT + timedelta(seconds=8), AT + timedelta(minutes=1)


class Killed(BaseException):
    """The power went."""


@pytest.fixture
def claim_id(app: Flask) -> int:
    """A claim of alice with three files that wait."""
    with writing(app) as session:
        claim = draft(session, receipts=False)
        for number in range(3):
            sample = DIGITAL.but(number=f"263120000003{number:08d}")
            data = digital_xml(sample).encode()
            kept = Kept(app.extensions["store"].put(data), f"{number}.xml", XML, len(data))
            intake.queue(session, claim, kept, None, at=AT)
        return claim.id


def receipts(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Receipt.filename).order_by(Receipt.id)))


def killed_while(app: Flask, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def die(*_args: object, **_more: object) -> None:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(name, die)
        with pytest.raises(Killed):
            work.work_once(app, AT)
    with app.app_context():
        db.session.rollback()
        db.session.remove()


@pytest.mark.parametrize(
    "moment",
    ["portal.invoices.reading.read", "portal.claims.intake.put", "portal.core.jobs.finish"],
)
def test_a_killed_worker_loses_nothing_and_attaches_nothing_twice(
    app: Flask, claim_id: int, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    killed_while(app, monkeypatch, moment)
    assert receipts(app) == []
    work_through(app, AT)
    assert receipts(app) == ["1.xml", "2.xml"], "the others need not wait for the lost one"
    work_through(app, SOON)
    assert sorted(receipts(app)) == ["0.xml", "1.xml", "2.xml"]


def test_a_worker_that_stood_still_attaches_nothing_that_another_took_over(
    app: Flask, claim_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in = intake.take_in

    def overtaken(session: Session, *args: Any, **more: Any) -> None:
        take_in(session, *args, **more)
        session.execute(update(Job).where(Job.attempts == 1).values(attempts=2))

    with monkeypatch.context() as broken:
        broken.setattr(intake, "take_in", overtaken)
        work.work_once(app, AT)
    assert receipts(app) == []
    work_through(app, LATER)
    assert sorted(receipts(app)) == ["0.xml", "1.xml", "2.xml"]


def test_a_job_that_lasts_is_taken_by_nobody_else(
    app: Flask, claim_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.6))
    monkeypatch.setattr(jobs, "RENEWED_EVERY", timedelta(seconds=0.1))
    read, others = reading.read, list[bool]()

    def slow(*args: Any, **more: Any) -> Any:
        if not others:
            for _ in range(4):
                sleep(0.3)
                with app.app_context():
                    first = select(Job.leased_until).order_by(Job.id).limit(1)
                    until = db.session.scalar(first)
                    others.append(until is not None and until > now())
        return read(*args, **more)

    monkeypatch.setattr(reading, "read", slow)
    work.work_once(app, now())
    assert others == [True] * 4
    assert receipts(app) == ["0.xml"]


def test_a_busy_reader_is_tried_again(
    app: Flask, claim_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_args: object, **_more: object) -> None:
        raise NotNow(words("Other files are being read. Try again in a minute."))

    with monkeypatch.context() as broken:
        broken.setattr(reading, "read", busy)
        work_through(app, AT)
    assert receipts(app) == []
    work_through(app, LATER)
    assert len(receipts(app)) == 3


def test_a_file_that_is_lost_says_so_and_stops_nobody(app: Flask, claim_id: int) -> None:
    with writing(app) as session:
        row = session.scalars(select(Reading).order_by(Reading.id)).first()
        assert row is not None
        row.sha256 = "0" * 64
    work_through(app, AT)
    with app.app_context():
        found = arrivals.progress(db.session(), claim_id)
        assert found is not None
        assert found.waiting == 0
        assert str(found.told[0].words) == "This file is not here."


def test_files_that_wait_are_not_swept_away(app: Flask, claim_id: int) -> None:
    with writing(app) as session:
        session.execute(update(Job).values(due_at=AT + timedelta(days=9)))
    tick(app, AT + timedelta(days=3))
    work_through(app, AT + timedelta(days=10))
    assert len(receipts(app)) == 3
