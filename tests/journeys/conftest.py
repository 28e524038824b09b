"""The portal, served for browsers."""

from collections.abc import Iterator

import pytest
from flask import Flask

from .sample_site import serving


@pytest.fixture
def portal_address(app: Flask) -> Iterator[str]:
    with serving(app) as base_url:
        yield base_url
