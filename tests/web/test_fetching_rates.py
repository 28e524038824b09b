"""The worker fetches the day's rates once, when the company chose an address."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.db import db
from portal.core.jobs import Job
from portal.rates.models import ExchangeRate
from tests.rates.test_fetching import answering
from tests.web.working import AT, tick


def chosen(app: Flask, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setitem(
        app.extensions, "settings", replace(app.extensions["settings"], rates_url=url)
    )


def stored(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        rows = db.session.scalars(select(ExchangeRate).order_by(ExchangeRate.id))
        return [(row.currency, f"{row.rate} {row.on} {row.source}") for row in rows]


def test_it_fetches_once_a_day(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(200, b'{"USD": 7.1234}') as url:
        chosen(app, monkeypatch, url)
        tick(app, AT)
        tick(app, AT + timedelta(hours=1))
    assert stored(app) == [("USD", "7.1234 2026-03-02 127.0.0.1")]


def test_without_an_address_nothing_is_asked(app: Flask) -> None:
    tick(app, AT)
    assert stored(app) == []


def test_a_bad_answer_is_tried_again_later(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(200, b"<html>") as url:
        chosen(app, monkeypatch, url)
        tick(app, AT)
    assert stored(app) == []
    with app.app_context():
        job = db.session.scalars(select(Job).where(Job.kind == "fetch_rates")).one()
        assert (job.done_at, job.due_at > AT) == (None, True)
        assert job.last_error == "no rates, too many, or two for one currency"
