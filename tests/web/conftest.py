"""The company's mail server for the tests of mails and of the worker."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.postbox import Postbox, postbox
from tests.web.working import talk_to


@pytest.fixture
def box(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """The company's mail server; the portal's address is claims.example.com."""
    with postbox() as box:
        talk_to(app, monkeypatch, box.url)
        yield box
