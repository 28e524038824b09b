"""A portal whose people sign in at a provider that runs beside the test."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from portal import create_app
from portal.core.db import db
from portal.settings import Settings
from portal.web.oidc import Provider
from tests.provider import CLIENT, SECRET, Idp, serving


@pytest.fixture
def idp() -> Iterator[Idp]:
    with serving() as provider:
        yield provider


@pytest.fixture(scope="session")
def chosen(settings: Settings) -> Settings:
    return replace(
        settings, oidc_issuer="set by each test", oidc_client_id=CLIENT,
        oidc_client_secret=SECRET, oidc_name="Tests Inc",
    )  # fmt: skip


@pytest.fixture(scope="session")
def portal_with_provider(portal: Flask, chosen: Settings) -> Flask:
    return create_app(chosen)


@pytest.fixture(scope="session")
def portal_without_passwords(portal: Flask, chosen: Settings) -> Flask:
    return create_app(replace(chosen, oidc_only=True))


@pytest.fixture
def provided(
    app: Flask, portal_with_provider: Flask, chosen: Settings, idp: Idp
) -> Iterator[Flask]:
    """The portal on the database of ``app``, with a provider that it has not asked yet."""
    yield from _asking(portal_with_provider, chosen, idp)


@pytest.fixture
def only_provided(
    app: Flask, portal_without_passwords: Flask, chosen: Settings, idp: Idp
) -> Iterator[Flask]:
    """The same with passwords switched off."""
    yield from _asking(portal_without_passwords, chosen, idp)


def _asking(portal: Flask, chosen: Settings, idp: Idp) -> Iterator[Flask]:
    portal.extensions["provider"] = Provider(portal, replace(chosen, oidc_issuer=idp.issuer))
    yield portal
    with portal.app_context():
        db.session.remove()
        db.engine.dispose()
