"""The measured company: made once per schema and size, kept in ``.cache/bench``."""

import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.schema import CreateIndex, CreateTable

from benchmarks.books import Books
from benchmarks.company import Company, hire
from benchmarks.lives import Lives
from benchmarks.loading import Sink, drop_indexes, make_indexes, sink_for
from portal.approvals.flow import flow_for, start_with_default
from portal.core.db import Base, begin_writing, db
from portal.people.passwords import hashed
from portal.policy.queries import start_with_sample
from portal.web import schema

CACHE = Path(".cache/bench")
PASSWORD = "a thousand measured claims"
PEOPLE = 10_000
YEARS = 3
ALICES_CLAIMS = 300
APPROVERS, WAITING_EACH = 64, 60
DRAFTS = 16
SEED = 10_000
PARTS = ("books", "company", "data", "errands", "life", "lives", "loading", "paydays")


@dataclass(frozen=True)
class Size:
    """How much is made."""

    claims: int
    people: int = PEOPLE
    approvers: int = APPROVERS
    waiting_each: int = WAITING_EACH
    alices: int = ALICES_CLAIMS


def digest() -> str:
    """A name for the data that this schema and these makers make, this month."""
    made = hashlib.sha256(f"{datetime.now(UTC):%Y-%m}".encode())
    for table in Base.metadata.sorted_tables:
        made.update(str(CreateTable(table)).encode())
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            made.update(str(CreateIndex(index)).encode())
    for part in PARTS:
        made.update(Path(__file__).with_name(f"{part}.py").read_bytes())
    return made.hexdigest()[:12]


def instance_for(size: Size, kind: str) -> Path:
    """The instance folder of a size on one kind of database."""
    return CACHE.absolute() / digest() / f"{kind}-{size.claims}"


def fill(app: Flask, size: Size) -> float:
    """Migrate and fill the application's empty database; returns the seconds it took."""
    began = time.monotonic()
    schema.migrate(app)
    now = datetime.now(UTC).replace(microsecond=0)
    with app.app_context():
        begin_writing(db.session())
        start_with_sample(db.session(), now - timedelta(days=366 * YEARS))
        start_with_default(db.session())
        db.session.commit()
        flow = flow_for(db.session(), "claim")
        db.session.remove()
        with db.engine.begin() as connection:
            drop_indexes(connection)
        sink = sink_for(db.engine)
        rng = Random(SEED)
        company = hire(sink, size.people, hashed(PASSWORD))
        books = Books(sink, now)
        lives = Lives(sink, books, company, flow, now, rng)
        _live(lives, size)
        _usual_waits(sink, company, [step.id for step in flow.steps])
        sink.finish()
        with db.engine.begin() as connection:
            make_indexes(connection)
            connection.execute(
                text("UPDATE chain_end SET last_id = :last, seal = :seal"),
                {"last": sink.counts["events"], "seal": books.last_seal},
            )
        _settle(db.engine)
        db.engine.dispose()
    return time.monotonic() - began


def _live(lives: Lives, size: Size) -> None:
    """Three years of ordinary claims, then those that approvers have not decided on."""
    company, now, rng = lives.company, lives.now, lives.rng
    approvers = company.managers[: size.approvers]
    held = [
        company.team_of(approver)[place % len(company.team_of(approver))]
        for place in range(size.waiting_each)
        for approver in approvers
    ]
    ordinary = size.claims - len(held) - DRAFTS
    start, held_from = now - timedelta(days=365 * YEARS), now - timedelta(hours=40)
    every = (held_from - start) / ordinary
    alices = {int(place * ordinary / size.alices) for place in range(size.alices)}
    for place in range(ordinary):
        owner = company.alice if place in alices else rng.randint(1, company.people)
        lives.ordinary(start + every * place, owner)
    every = timedelta(hours=38) / len(held)
    for place, owner in enumerate(held):
        lives.waiting(held_from + every * place, owner)
    for _ in range(DRAFTS):
        lives.draft(now - timedelta(minutes=30), company.alice + 1)
    lives.close()


def _usual_waits(sink: Sink, company: Company, flow_steps: list[int]) -> None:
    for manager in company.managers:
        sink.add("usual_waits", flow_step_id=flow_steps[0], person_id=manager, decisions=90,
                 mean_seconds=30_000)  # fmt: skip
    for reviewer in company.reviewers:
        sink.add("usual_waits", flow_step_id=flow_steps[2], person_id=reviewer, decisions=90,
                 mean_seconds=40_000)  # fmt: skip


def _settle(engine: Engine) -> None:
    """What PostgreSQL does by itself in the hours after; SQLite does nothing."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
