"""What an administrator can set and call stands in the documentation."""

from dataclasses import fields
from pathlib import Path

import pytest
from flask import Flask

from portal import cli
from portal.settings import PREFIX, Settings
from portal.web.access_table import access_table

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def operations() -> str:
    path = DOCS / "operations.md"
    assert path.exists(), "docs/operations.md is missing"
    return path.read_text(encoding="utf-8")


def test_every_setting_is_described(operations: str) -> None:
    names = [f"{PREFIX}{field.name.upper()}" for field in fields(Settings)]
    missing = [name for name in names if name not in operations]
    assert not missing, f"docs/operations.md misses these settings: {missing}"


def test_every_setting_has_a_comment_that_the_portal_shows() -> None:
    silent = [name for name, meaning in cli.documented_settings() if not meaning]
    assert not silent


def test_every_command_is_described(operations: str) -> None:
    parser = cli._parser()
    commands = next(a.choices for a in parser._actions if isinstance(a.choices, dict))
    missing = [name for name in commands if f"portal {name}" not in operations]
    assert not missing, f"docs/operations.md misses these commands: {missing}"


def test_the_table_of_who_may_do_what_is_the_one_of_the_code(portal: Flask) -> None:
    written = (DOCS / "access.md").read_text(encoding="utf-8")
    assert written == access_table(portal), "portal access-table > docs/access.md"
