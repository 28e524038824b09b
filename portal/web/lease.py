"""A job is held as long as its worker lives: its lease is short, and renewed while work lasts."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal.core import clock, jobs
from portal.core.db import begin_writing, db
from portal.web.logs import log


class LeaseLost(Exception):
    """The job was taken over meanwhile, as the worker had stood still: its work counts no more."""


@contextmanager
def renewed(app: Flask, job_id: int, attempt: int) -> Iterator[None]:
    """Renew the lease of a job until the block is left."""
    over = Event()
    Thread(target=_renew, args=(app, job_id, attempt, over), daemon=True).start()
    try:
        yield
    finally:
        # Not waited for: it may stand in line behind the transaction that ends this very job.
        over.set()


def _renew(app: Flask, job_id: int, attempt: int, over: Event) -> None:
    while not over.wait(jobs.RENEWED_EVERY.total_seconds()):
        with app.app_context():
            session = db.session()
            try:
                begin_writing(session)
                held = jobs.renew(session, job_id, attempt, clock.now() + jobs.LEASE)
                session.commit()
                if not held:
                    return
            except SQLAlchemyError as error:
                session.rollback()
                log.warning("lease not renewed", job=job_id, error=type(error).__name__)
