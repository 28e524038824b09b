"""Work that waits: taken once, tried again, given up."""

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import jobs
from portal.core.db import begin_writing, db
from portal.core.jobs import Job

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def test_a_job_exists_only_when_its_change_does(app: Flask) -> None:
    with app.app_context():
        begin_writing(db.session())
        jobs.enqueue(db.session(), "mail_notice", due_at=AT)
        db.session.rollback()
        assert db.session.scalars(select(Job)).all() == []


def test_the_same_work_is_never_queued_twice(session: Session) -> None:
    assert jobs.enqueue(session, "tidy", due_at=AT, key="tidy 2026-03-02")
    assert not jobs.enqueue(session, "tidy", due_at=AT, key="tidy 2026-03-02")
    assert jobs.enqueue(session, "mail_notice", due_at=AT)
    assert jobs.enqueue(session, "mail_notice", due_at=AT)
    assert jobs.backlog(session, AT) == (3, 0)


def test_what_is_due_longest_comes_first_and_only_once(session: Session) -> None:
    jobs.enqueue(session, "second", due_at=AT)
    jobs.enqueue(session, "first", due_at=AT - timedelta(minutes=1))
    jobs.enqueue(session, "tomorrow", due_at=AT + timedelta(days=1))
    taken = [jobs.take(session, AT) for _ in range(3)]
    assert [job.kind if job else None for job in taken] == ["first", "second", None]


def test_what_somebody_waits_for_goes_before_a_pile_of_mails(session: Session) -> None:
    mails = [{"notice_id": number} for number in range(3)]
    jobs.enqueue_each(session, "mail_notice", mails, due_at=AT - timedelta(hours=1))
    jobs.enqueue(session, "read_file", due_at=AT, rank=jobs.URGENT)
    jobs.enqueue(session, "read_file", due_at=AT + timedelta(days=1), rank=jobs.URGENT)
    taken = [jobs.take(session, AT) for _ in range(2)]
    assert [job.kind if job else None for job in taken] == ["read_file", "mail_notice"]


def test_a_job_whose_worker_was_killed_is_taken_again(session: Session) -> None:
    jobs.enqueue(session, "mail_notice", due_at=AT)
    assert jobs.take(session, AT)
    assert jobs.take(session, AT + jobs.LEASE / 2) is None, "its worker may still be at it"
    again = jobs.take(session, AT + jobs.LEASE + timedelta(seconds=1))
    assert again is not None
    assert again.attempts == 2


def test_a_job_is_held_by_its_last_attempt_alone(session: Session) -> None:
    jobs.enqueue(session, "mail_notice", due_at=AT)
    first = jobs.take(session, AT)
    assert first is not None
    number, much_later = first.id, AT + timedelta(minutes=9)
    assert jobs.renew(session, number, 1, AT + timedelta(minutes=5))
    assert jobs.take(session, AT + timedelta(minutes=4)) is None
    second = jobs.take(session, much_later)
    assert second is not None
    assert not jobs.renew(session, number, 1, much_later + jobs.LEASE)
    assert (jobs.is_held(session, number, 1), jobs.is_held(session, number, 2)) == (False, True)
    jobs.finish(session, second, much_later)
    assert not jobs.is_held(session, number, 2)


def test_a_failed_job_waits_ever_longer_and_is_given_up_at_last(session: Session) -> None:
    jobs.enqueue(session, "mail_notice", due_at=AT)
    moment, waits = AT, []
    for _ in range(jobs.MOST_ATTEMPTS):
        job = jobs.take(session, moment)
        assert job is not None
        jobs.put_back(session, job, moment, "the server is silent")
        session.flush()
        waits.append(job.due_at - moment)
        moment = max(job.due_at, moment)
    assert waits[0] == timedelta(seconds=30)
    assert waits[:-1] == sorted(waits[:-1])
    assert max(waits) <= timedelta(hours=6)
    assert jobs.take(session, moment + timedelta(days=30)) is None
    assert jobs.backlog(session, moment) == (0, 1)


def test_done_jobs_are_forgotten_after_a_month_and_open_ones_never(session: Session) -> None:
    for kind in ("done", "open"):
        jobs.enqueue(session, kind, due_at=AT - (timedelta(seconds=kind == "done")))
    job = jobs.take(session, AT)
    assert job is not None
    jobs.finish(session, job, AT)
    session.flush()
    jobs.forget_done(session, AT + timedelta(days=29))
    assert len(session.scalars(select(Job.kind)).all()) == 2
    jobs.forget_done(session, AT + timedelta(days=31))
    assert session.scalars(select(Job.kind)).all() == ["open"]
