"""Addresses in templates are those that the routes answer to."""

from typing import Any

import pytest
from flask import Flask, url_for


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("home.show", {}),
        ("claims.show", {"claim_id": 7}),
        ("claims.show", {"claim_id": 7, "_anchor": "happened"}),
        ("claims.list", {"text": "出差 & 酒店", "before": 3, "state": None}),
        ("session.language", {"next": "/claims/?state=draft&text=a b"}),
        ("payments.list", {"claim": [1, 2]}),
    ],
)
def test_they_are_the_same_as_flasks(app: Flask, endpoint: str, values: dict[str, Any]) -> None:
    shown = app.jinja_env.globals["url_for"]
    with app.test_request_context():
        wanted = url_for(endpoint, **values)
        assert shown(endpoint, **values) == wanted
        assert shown(endpoint, **values) == wanted, "and so they stay"
