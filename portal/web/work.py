"""The worker: mails, reminders and tidying up, done apart from the pages.

Jobs are taken one at a time, and held by a lease that is renewed. What a job changed and that
it is done are committed together; a mail is sent first and noted after, so a kill between the
two sends the same mail, with the same Message-ID, once more rather than never.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app
from sqlalchemy import or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.approvals import reminders
from portal.claims import events, intake
from portal.claims.looking import look
from portal.claims.models import Claim, Reading, Receipt
from portal.claims.receipts import Kept
from portal.claims.workflow import tell
from portal.core import clock, jobs, mail, once, pdf
from portal.core.db import begin_writing, db
from portal.core.events import record
from portal.core.files import Store
from portal.core.jobs import Job
from portal.core.notices import Notice
from portal.invoices.readers import ReadInvoice
from portal.people.companies import main_currency
from portal.people.models import DAILY, Person
from portal.prior import reminders as owed
from portal.prior.models import KINDS as PRIOR_KINDS
from portal.prior.workflow import remind as remind_of_request
from portal.rates.fetching import Address, FetchFailed, take_in
from portal.web import mails
from portal.web.lease import LeaseLost, renewed
from portal.web.logs import log
from portal.web.session import settings

PAUSE = 1.0
"""Seconds between two looks for work when there is none."""
LONGEST_PAUSE = 30.0
UNNAMED_KEPT = timedelta(days=1)
CACHED_KEPT = timedelta(days=30)
PDF_CACHE = "cache/pdf"

SECRETS_IN_JOBS = ("token",)


def mail_notice(session: Session, data: dict[str, Any], at: datetime) -> None:
    """Mail one notice to its reader."""
    _deliver(session, mails.of_notice(session, data["notice_id"], at), at)


def mail_digest(session: Session, data: dict[str, Any], at: datetime) -> None:
    """Mail a reader what is new since yesterday."""
    _deliver(session, mails.of_digest(session, data["person_id"], at), at)


def mail_token(session: Session, data: dict[str, Any], at: datetime) -> None:
    """Mail a link to choose a password."""
    person_id, purpose, token = data["person_id"], data["purpose"], data["token"]
    _deliver(session, mails.of_token(session, person_id, purpose, token, at), at)


def _deliver(session: Session, letter: mails.Mail | None, at: datetime) -> None:
    # A mail server may take its time: nothing is held while it does.
    session.rollback()
    if letter is None:
        return
    mail.send(letter.message, settings().mail_url, settings().instance / "mail")
    begin_writing(session)
    session.execute(update(Notice).where(Notice.id.in_(letter.notice_ids)).values(mailed_at=at))


def remind(session: Session, _data: dict[str, Any], at: datetime) -> None:
    """Remind the people of every late step, each at most once a day; not the claimant."""
    late = reminders.late_steps(session, at)
    session.rollback()
    begin_writing(session)
    for step_id in late:
        due = reminders.remind(session, step_id, at=at, timezone=settings().timezone)
        if due is None:
            continue
        if due.about.kind in PRIOR_KINDS:
            remind_of_request(session, due.about.id, due.people, step_id, at=at)
            continue
        claim = session.get_one(Claim, due.about.id)
        record(session, events.REMINDED, due.about, by=None, at=at, step=step_id)
        tell(session, claim, due.people, events.REMINDED, at)


def remind_debtors(session: Session, _data: dict[str, Any], at: datetime) -> None:
    """Remind everybody who owes an advance after its day, at most once a week."""
    today = clock.day(at, settings().timezone)
    late = owed.overdue(session, today, at)
    session.rollback()
    begin_writing(session)
    for advance_id in late:
        owed.remind(session, advance_id, today=today, at=at)


def queue_digests(session: Session, data: dict[str, Any], at: datetime) -> None:
    """Queue today's digest for everybody who wants one and has something new."""
    begin_writing(session)
    wanting = select(Person.id).where(Person.notices_by == DAILY, Person.active)
    for person_id in session.scalars(wanting.order_by(Person.id)).all():
        if session.scalars(mails.waiting_for_digest(person_id, at).limit(1)).first():
            key = f"digest {person_id} {data['slot']}"
            jobs.enqueue(session, "mail_digest", due_at=at, key=key, person_id=person_id)


def tidy(session: Session, _data: dict[str, Any], at: datetime) -> None:
    """Forget what nobody comes back for: old jobs and form keys, unnamed files, kept PDFs."""
    begin_writing(session)
    jobs.forget_done(session, at)
    once.forget_old(session, at)
    intake.forget_old(session, at)
    session.commit()
    store: Store = current_app.extensions["store"]
    # Each file is asked for as it comes up: one named a moment ago is never swept away.
    store.delete_unnamed(lambda sha: _is_named(session, sha), at - UNNAMED_KEPT)
    pdf.sweep(settings().instance / PDF_CACHE, before=at - CACHED_KEPT)


def _is_named(session: Session, sha: str) -> bool:
    named = any(
        session.scalar(select(row.id).where(row.sha256 == sha).limit(1)) is not None
        for row in (Receipt, Reading)
    )
    session.rollback()
    return named


def read_file(session: Session, data: dict[str, Any], at: datetime) -> None:
    """Look at one file that waits, read it, and attach it to its claim."""
    file = intake.waits(session, data["reading_id"])
    # Reading takes its time: nothing is held while it does.
    session.rollback()
    if file is None:
        return
    store: Store = current_app.extensions["store"]
    looked = look(store, file)
    read: tuple[ReadInvoice, ...] = ()
    unread = None
    if isinstance(looked, Kept):
        read, unread = intake.read(store, looked, ocr=settings().ocr)
    begin_writing(session)
    intake.take_in(session, data["reading_id"], read, unread, at=at, looked=looked)


def fetch_rates(session: Session, data: dict[str, Any], at: datetime) -> None:
    """Fetch the day's exchange rates from where the company says, when it says so."""
    if not settings().rates_url:
        return
    base, source = main_currency(session), Address(settings().rates_url)
    # The address may take its time: nothing is held while it does.
    session.rollback()
    day = date.fromisoformat(data["slot"])
    found = source.fetch(day)
    begin_writing(session)
    take_in(session, found, source=source.name, base=base, day=day, at=at)


HANDLERS: dict[str, jobs.Handler] = {
    "mail_notice": mail_notice,
    "mail_digest": mail_digest,
    "mail_token": mail_token,
    "remind": remind,
    "remind_debtors": remind_debtors,
    "queue_digests": queue_digests,
    "tidy": tidy,
    "fetch_rates": fetch_rates,
    "read_file": read_file,
}
"""A handler begins without a transaction. It leaves none, or a writing one to be committed."""


@dataclass(frozen=True)
class Duty:
    """Work that comes back: the slot of time that a local moment belongs to, if any."""

    kind: str
    slot: Callable[[datetime], str | None]


def _office_hour(local: datetime) -> str | None:
    """Each hour of the day: nobody is reminded at night."""
    return f"{local:%Y-%m-%d %H}" if 9 <= local.hour < 18 else None


def _each_day_at(hour: int) -> Callable[[datetime], str]:
    """Each day from ``hour`` on; made up for when the worker was off at the time."""
    return lambda local: f"{local - timedelta(hours=hour):%Y-%m-%d}"


DUTIES = (
    Duty("remind", _office_hour),
    Duty("remind_debtors", _each_day_at(9)),
    Duty("queue_digests", _each_day_at(8)),
    Duty("tidy", _each_day_at(3)),
    Duty("fetch_rates", _each_day_at(7)),
)


def queue_duties(session: Session, at: datetime, local: datetime) -> None:
    """Queue the duties of the hour ``local``; the key lets one worker of many. Commits."""
    begin_writing(session)
    for duty in DUTIES:
        slot = duty.slot(local)
        if slot:
            key = f"{duty.kind} {slot}"
            jobs.enqueue(session, duty.kind, due_at=at, key=key, slot=slot)
    session.commit()


def work_once(app: Flask, at: datetime) -> bool:
    """Do the job that is due longest; False when nothing was due."""
    with app.app_context():
        session = db.session()
        if not _something_is_due(session, at):
            return False
        begin_writing(session)
        job = jobs.take(session, at)
        session.commit()
        if job is None:
            return False
        _do(app, session, job, at)
        return True


def _something_is_due(session: Session, at: datetime) -> bool:
    """A look that takes no lock, for the many seconds in which there is nothing."""
    due = select(Job.id).where(
        Job.done_at.is_(None), Job.failed_at.is_(None), Job.due_at <= at,
        or_(Job.leased_until.is_(None), Job.leased_until < at),
    )  # fmt: skip
    found = session.scalar(due.limit(1)) is not None
    session.rollback()
    return found


def _do(app: Flask, session: Session, job: Job, at: datetime) -> None:
    job_id, kind, attempts, data = job.id, job.kind, job.attempts, dict(job.data)
    try:
        with renewed(app, job_id, attempts):
            HANDLERS[kind](session, data, at)
        if not session.in_transaction():
            begin_writing(session)
        if not jobs.is_held(session, job_id, attempts):
            raise LeaseLost
        jobs.finish(session, job, at)
        # A secret is worth nothing to us once it is sent, and much to who reads the table.
        job.data = {key: job.data[key] for key in job.data if key not in SECRETS_IN_JOBS}
        session.commit()
    except Exception as error:
        session.rollback()
        # What went wrong is for the log and the table; it may not tell of a person.
        plain = isinstance(error, (mail.MailFailed, FetchFailed))
        says = str(error) if plain else type(error).__name__
        log.warning("job failed", job=job_id, kind=kind, attempts=attempts, error=says)
        begin_writing(session)
        if jobs.is_held(session, job_id, attempts):
            jobs.put_back(session, session.get_one(Job, job_id), at, says)
        session.commit()


def run(app: Flask, stop: Event) -> None:
    """Work until ``stop`` is set. A database that is away is waited for."""
    queued_for, pause = "", PAUSE
    with app.app_context():
        zone = ZoneInfo(settings().timezone)
    while not stop.is_set():
        at = clock.now()
        local = at.astimezone(zone)
        try:
            if queued_for != f"{local:%Y-%m-%d %H}":
                with app.app_context():
                    queue_duties(db.session(), at, local)
                queued_for = f"{local:%Y-%m-%d %H}"
            if not work_once(app, at):
                stop.wait(PAUSE)
            pause = PAUSE
        except (SQLAlchemyError, OSError) as error:
            log.error("worker waits", error=type(error).__name__, seconds=pause)
            stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
