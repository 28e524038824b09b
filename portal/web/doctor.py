"""What an administrator should know about this installation: one finding a line."""

import ctypes.util
import importlib
import importlib.util
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.core import jobs, mail
from portal.core.clock import now
from portal.core.db import db
from portal.settings import Settings
from portal.web import schema

GOOD, CARE, BAD = "good", "care", "bad"
SQLITE_MENDED = (3, 51, 3)
"""Older ones can, rarely, lose the end of the write-ahead log when several processes write."""
ENOUGH_DISK = 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    """``state`` is good, care (works, but look at it) or bad (does not work)."""

    state: str
    says: str


def examine(app: Flask, settings: Settings) -> Iterator[Finding]:
    """Everything worth knowing, one thing after the other."""
    yield _mode(settings)
    with app.app_context():
        yield from _database()
    yield _disk(settings)
    yield _mail(settings)
    yield from _paper()
    if settings.ocr:
        yield _ocr()


def _ocr() -> Finding:
    if importlib.util.find_spec("rapidocr") and importlib.util.find_spec("onnxruntime"):
        return Finding(GOOD, "The print of photographed receipts can be read.")
    return Finding(BAD, "PORTAL_OCR is yes, but the extra is missing: pip install 'portal[ocr]'")


def _mode(settings: Settings) -> Finding:
    if settings.demo:
        return Finding(CARE, "Demo mode: sample people with a known password. Not for real use.")
    if not settings.secure:
        return Finding(CARE, "PORTAL_BASE_URL is not https: passwords cross the network openly.")
    return Finding(GOOD, f"Production mode at {settings.base_url}.")


def _database() -> Iterator[Finding]:
    try:
        if db.engine.dialect.name == "sqlite":
            yield _sqlite()
        else:
            with db.engine.connect() as connection:
                version = connection.scalar(text("SHOW server_version"))
            yield Finding(GOOD, f"PostgreSQL {version} answers.")
            if not (shutil.which("pg_dump") and shutil.which("pg_restore")):
                yield Finding(BAD, "pg_dump is missing: portal backup needs postgresql-client.")
        if not schema.is_current():
            yield Finding(BAD, "The database has an older form. Run: portal migrate")
            return
        yield Finding(GOOD, "The database has the form that this version needs.")
        yield _backlog()
    except SQLAlchemyError as error:
        yield Finding(BAD, f"The database does not answer: {type(error).__name__}.")


def _sqlite() -> Finding:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < SQLITE_MENDED:
        mended = ".".join(map(str, SQLITE_MENDED))
        return Finding(
            CARE,
            f"SQLite {version} has a rare fault in its write-ahead log, mended in {mended}. "
            "Make backups daily; for many users take PostgreSQL.",
        )
    return Finding(GOOD, f"SQLite {version}.")


def _backlog() -> Finding:
    overdue, failed = jobs.backlog(db.session(), now())
    if failed:
        return Finding(BAD, f"{failed} jobs were given up; last_error in the table jobs says why.")
    if overdue > 50:
        return Finding(CARE, f"{overdue} jobs wait. Is the worker running?")
    return Finding(GOOD, f"The worker keeps up: {overdue} jobs wait.")


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.instance).free
    said = f"{free / 1024**3:.1f} GB free in {settings.instance}."
    return Finding(GOOD if free >= ENOUGH_DISK else CARE, said)


def _mail(settings: Settings) -> Finding:
    if settings.mail_url == mail.FILES:
        state = GOOD if settings.demo else CARE
        return Finding(state, f"Mails are written to {settings.instance / 'mail'}, not sent.")
    try:
        mail.greet(settings.mail_url)
    except mail.MailFailed as error:
        return Finding(BAD, str(error))
    return Finding(GOOD, "The mail server answers.")


def _paper() -> Iterator[Finding]:
    try:
        importlib.import_module("weasyprint")
        yield Finding(GOOD, "WeasyPrint can make PDF files.")
    except (ImportError, OSError):
        yield Finding(BAD, "WeasyPrint does not start: install libpango-1.0-0 libpangoft2-1.0-0.")
    if not ctypes.util.find_library("harfbuzz-subset"):
        yield Finding(CARE, "PDF files are slow and large: install libharfbuzz-subset0.")
    listed = shutil.which("fc-list")
    fonts = (
        subprocess.run(
            [listed, ":lang=zh", "family"], capture_output=True, text=True, check=False
        ).stdout
        if listed
        else ""
    )
    if fonts.strip():
        yield Finding(GOOD, "There is a font for Chinese.")
    else:
        yield Finding(CARE, "No Chinese font was found: install fonts-wqy-microhei.")
