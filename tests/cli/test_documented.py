"""docs/operations.md leaves nothing out."""

import re
from pathlib import Path

import pytest

from portal.cli import _parser, documented_settings

DOCS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()


@pytest.mark.parametrize(("name", "meaning"), list(documented_settings()))
def test_every_setting_is_explained(name: str, meaning: str) -> None:
    assert meaning, f"settings.py has no comment above {name}"
    assert re.search(rf"^\| `PORTAL_{name.upper()}`", DOCS, re.MULTILINE), (
        f"docs/operations.md has no row for PORTAL_{name.upper()}"
    )


def test_every_command_is_explained() -> None:
    offered = set(re.findall(r"^    ([a-z-]+)(?= |$)", _parser().format_help(), re.MULTILINE))
    assert {"run", "backup", "create-admin"} <= offered
    explained = set(re.findall(r"^\| `portal ([a-z-]+)", DOCS, re.MULTILINE))
    assert explained == offered
