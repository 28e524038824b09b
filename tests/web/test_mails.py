"""What is mailed, to whom, in which words; and that it arrives once."""

from datetime import timedelta
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.core import jobs
from portal.core.db import begin_writing, db
from portal.core.events import Subject
from portal.core.jobs import Job
from portal.core.notices import Notice, notify
from portal.people import sessions
from portal.people.models import DAILY
from portal.web.notice_words import SENTENCES
from tests.postbox import Postbox, free_port
from tests.web.working import AT, change, mailed, talk_to, tell, text_of, tick, work_through


def test_a_notice_becomes_one_mail(app: Flask, box: Postbox) -> None:
    notice_id = tell(app, "alice")
    assert work_through(app) == 1
    [mail] = box.received
    assert mail["Subject"] == "[BX2026-000007] Bob returned your claim: Trip to 上海"
    assert mail["To"] == "Alice <alice@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == f"<notice-{notice_id}@claims.example.com>"
    for kind in ("plain", "html"):
        assert "Bob returned your claim: Trip to 上海" in text_of(mail, kind)
        assert "https://claims.example.com/claims/7" in text_of(mail, kind)
    assert mailed(app) == [AT]


def test_mails_about_one_claim_are_one_thread(app: Flask, box: Postbox) -> None:
    tell(app, "alice")
    tell(app, "alice", "claim_commented")
    tell(app, "alice", claim_id=8)
    work_through(app)
    first, second, other = [mail["References"] for mail in box.received]
    assert first == second == "<claim-7@claims.example.com>"
    assert other == "<claim-8@claims.example.com>"
    assert len({mail["Message-ID"] for mail in box.received}) == 3


def test_each_reader_gets_his_own_language(app: Flask, box: Postbox) -> None:
    tell(app, "alice", language="zh")
    tell(app, "dan", language="en")
    work_through(app)
    assert 'lang="zh-CN"' in text_of(box.received[0], "html")
    assert 'lang="en"' in text_of(box.received[1], "html")


def test_every_kind_of_notice_has_its_words(app: Flask, box: Postbox) -> None:
    kinds = sorted(SENTENCES)
    for kind in kinds:
        tell(app, "alice", kind)
    work_through(app)
    assert len(box.received) == len(kinds)
    assert all("%(" not in mail["Subject"] for mail in box.received)


def test_a_name_cannot_write_headers(app: Flask, box: Postbox) -> None:
    tell(app, "alice", name="Alice\r\nBcc: everybody@example.com")
    work_through(app)
    [mail] = box.received
    assert mail["Bcc"] is None
    assert mail["To"].addresses[0].addr_spec == "alice@example.com"


def test_markup_in_a_purpose_is_shown_as_it_was_typed(app: Flask, box: Postbox) -> None:
    with app.app_context():
        begin_writing(db.session())
        person = change(db.session(), "alice")
        notify(db.session(), [person], "claim_paid", Subject("claim", 7), at=AT,
               number="BX2026-000007", purpose="<b>100% off</b>", total=100)  # fmt: skip
        db.session.commit()
    work_through(app)
    assert "&lt;b&gt;100% off" in text_of(box.received[0], "html")
    assert "<b>100% off" in text_of(box.received[0])


def test_nobody_who_has_left_gets_mail(app: Flask, box: Postbox) -> None:
    tell(app, "alice")
    with app.app_context():
        begin_writing(db.session())
        change(db.session(), "alice", active=False)
        db.session.commit()
    assert work_through(app) == 1
    assert box.received == []
    assert mailed(app) == [None]


def test_a_refused_mail_is_tried_again_and_arrives_once(app: Flask, box: Postbox) -> None:
    tell(app, "alice")
    box.answers += ["451 later", "451 later"]
    moments = [AT + timedelta(hours=hour) for hour in range(5)]
    assert [work_through(app, at) for at in moments] == [1, 1, 1, 0, 0]
    assert len(box.received) == 1
    assert mailed(app) == [moments[2]]


def test_a_dead_mail_server_loses_nothing(
    app: Flask, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk_to(app, monkeypatch, f"smtp://127.0.0.1:{free_port()}")
    tell(app, "alice")
    work_through(app)
    with app.app_context():
        assert jobs.backlog(db.session(), AT + timedelta(hours=1)) == (1, 0)
        [error] = db.session.scalars(select(Job.last_error))
        assert "alice" not in error.lower(), "personal data in the log"
    talk_to(app, monkeypatch, box.url)
    work_through(app, AT + timedelta(hours=1))
    assert len(box.received) == 1


def test_a_finished_job_that_comes_again_sends_nothing(app: Flask, box: Postbox) -> None:
    tell(app, "alice")
    work_through(app)
    with app.app_context():
        db.session.execute(update(Job).values(done_at=None))
        db.session.commit()
    assert work_through(app) == 1
    assert len(box.received) == 1


def test_two_workers_send_each_mail_once(app: Flask, box: Postbox) -> None:
    for number in ("alice", "bob", "carol", "dan", "erin", "frank"):
        tell(app, number)
    workers = [Thread(target=work_through, args=(app,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(box.received) == len({mail["To"] for mail in box.received}) == 6


@pytest.mark.parametrize(("purpose", "says"), [("invite", "invited"), ("reset", "new password")])
def test_a_link_to_a_password_is_mailed_and_then_forgotten(
    app: Flask, box: Postbox, purpose: str, says: str
) -> None:
    with app.app_context():
        begin_writing(db.session())
        alice = change(db.session(), "alice")
        token = sessions.issue(db.session(), alice, purpose, AT)
        jobs.enqueue(db.session(), "mail_token", due_at=AT, person_id=alice.id,
                     purpose=purpose, token=token)  # fmt: skip
        db.session.commit()
    work_through(app)
    [mail] = box.received
    assert says in mail["Subject"]
    assert f"https://claims.example.com/password/{purpose}/{token}" in text_of(mail)
    assert token not in str(mail["Message-ID"])
    with app.app_context():
        assert token not in str(db.session.scalars(select(Job.data)).all())


def test_one_mail_a_day_for_those_who_want_that(app: Flask, box: Postbox) -> None:
    evening = AT - timedelta(hours=12)
    tell(app, "alice", at=evening, notices_by=DAILY)
    tell(app, "alice", "claim_paid", at=evening)
    tell(app, "dan", at=evening, notices_by="portal_only")
    assert work_through(app) == 0
    tick(app, AT)
    [mail] = box.received
    assert "Bob returned your claim" in text_of(mail)
    assert "Your claim is paid" in text_of(mail)
    tick(app, AT + timedelta(hours=1))
    tick(app, AT + timedelta(days=1))
    assert len(box.received) == 1, "the same news came twice"


def test_what_was_read_in_the_portal_is_not_in_the_digest(app: Flask, box: Postbox) -> None:
    tell(app, "alice", at=AT - timedelta(hours=12), notices_by=DAILY)
    with app.app_context():
        db.session.execute(update(Notice).values(read_at=AT))
        db.session.commit()
    tick(app, AT)
    assert box.received == []
