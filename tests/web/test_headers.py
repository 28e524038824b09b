"""Headers of every answer, and who may be asked for."""

import pytest
from flask import Flask

from portal.settings import Settings
from tests.browser import Visitor

ADDRESSES = ["/", "/sign-in", "/claims/", "/nothing", "/help", "/healthz"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_is_strict(alice: Visitor, address: str) -> None:
    headers = alice.client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", ""]
)
def test_another_host_is_refused(visitor: Visitor, host: str) -> None:
    answer = visitor.client.get("/sign-in", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "localhost:5000"])
def test_our_own_is_answered(visitor: Visitor, host: str) -> None:
    assert visitor.client.get("/sign-in", headers={"Host": host}).status_code == 200


def test_nobody_is_believed_about_being_a_proxy(visitor: Visitor) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "203.0.113.9"}
    answer = visitor.client.get("/", headers=forged)
    assert answer.location.startswith("/sign-in")


def production(tmp_path: object, **more: object) -> Flask:
    from portal import create_app

    return create_app(
        Settings(
            mode="production", secret_key="0123456789abcdefghijklmnopqrstuvwxyz",
            base_url="https://claims.example.com", instance_dir=str(tmp_path), **more,  # type: ignore[arg-type]
        )
    )  # fmt: skip


def test_in_production_only_the_configured_host_is_answered_and_only_securely(
    tmp_path: object,
) -> None:
    client = production(tmp_path).test_client()
    assert client.get("/healthz", headers={"Host": "127.0.0.1"}).status_code == 200
    assert client.get("/static/x.css", headers={"Host": "127.0.0.1"}).status_code == 400
    answer = client.get("/static/x.css", headers={"Host": "claims.example.com"})
    assert answer.status_code == 404
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_configured_proxy_is_believed_for_one_hop(tmp_path: object) -> None:
    client = production(tmp_path, trusted_proxies=1).test_client()
    asked = {"Host": "10.0.0.7", "X-Forwarded-Host": "claims.example.com"}
    assert client.get("/static/x.css", headers=asked).status_code == 404
    asked["X-Forwarded-Host"] = "evil.example"
    assert client.get("/static/x.css", headers=asked).status_code == 400


def test_personal_pages_are_compressed_and_ours_alone(alice: Visitor) -> None:
    answer = alice.client.get("/claims/", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
