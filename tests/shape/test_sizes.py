"""Files stay small enough to be read at one sitting."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST = {"*.py": 300, "*.html": 120}
BY_MACHINE = "migrations/versions"


@pytest.mark.parametrize("folder", ["portal", "tests", "benchmarks", "tools"])
@pytest.mark.parametrize("pattern", MOST)
def test_no_file_is_too_long(folder: str, pattern: str) -> None:
    too_long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in sorted((ROOT / folder).rglob(pattern))
        if BY_MACHINE not in path.as_posix() and "node_modules" not in path.parts
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST[pattern]
    }
    assert not too_long, f"split these; at most {MOST[pattern]} lines: {too_long}"


def test_no_file_has_a_name_that_says_nothing() -> None:
    empty = {"helpers", "utils", "util", "services", "managers", "misc", "common"}
    found = [path for path in (ROOT / "portal").rglob("*.py") if path.stem in empty]
    assert not found, f"name these after what they know: {found}"
