"""The mails of demo mode, for all to read; elsewhere they do not exist."""

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests.browser import Visitor
from tests.web.working import tell, work_through


@pytest.fixture
def demo(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The portal in demo mode."""
    monkeypatch.setitem(
        app.extensions, "settings", replace(app.extensions["settings"], mode="demo")
    )
    mails = app.extensions["settings"].instance / "mail"
    # Other tests of this process let the worker send mails, too.
    shutil.rmtree(mails, ignore_errors=True)
    yield app
    shutil.rmtree(mails, ignore_errors=True)


def test_it_works(demo: Flask, visitor: Visitor) -> None:
    visitor.go("/demo/mail").sees("Nothing was mailed yet")
    tell(demo, "alice")
    work_through(demo)
    visitor.go("/demo/mail").sees("[BX2026-000007] Bob returned your claim: Trip to 上海")
    visitor.go(visitor.find("td a")[0].attributes["href"] or "")
    visitor.sees("Hello Alice", "Claim BX2026-000007", "alice@example.com")
    assert any("/claims/7" in (link.attributes["href"] or "") for link in visitor.find("a"))


def test_markup_in_a_mail_stays_text(demo: Flask, visitor: Visitor) -> None:
    tell(demo, "alice", name="<b>Alice</b>")
    work_through(demo)
    visitor.go("/demo/mail")
    visitor.go(visitor.find("td a")[0].attributes["href"] or "").sees("Hello <b>Alice</b>")


def test_a_mail_that_is_none_is_missing(demo: Flask, visitor: Visitor) -> None:
    assert visitor.go("/demo/mail/..%2Fsecret").status == 404
    assert visitor.go("/demo/mail/20260302-020000-0000000000000000").status == 404


def test_outside_demo_mode_it_does_not_exist(app: Flask, admin: Visitor) -> None:
    assert admin.go("/demo/mail").status == 404
    assert admin.go("/demo/mail/20260302-020000-0000000000000000").status == 404
