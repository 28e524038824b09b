"""Fail when CSS, JavaScript, Python files or templates outgrow what they are allowed to be."""

import sys
from collections.abc import Iterator
from pathlib import Path

STATIC = Path("portal/static")
CSS_BYTES = 25_000
OWN_JS_LINES = 60
PYTHON_LINES = 300
TEMPLATE_LINES = 120


def main() -> int:
    faults = list(too_large())
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def too_large() -> Iterator[str]:
    # paper.css is read by WeasyPrint alone: no browser ever loads it.
    sheets = [sheet for sheet in STATIC.glob("css/*.css") if sheet.name != "paper.css"]
    weight = sum(sheet.stat().st_size for sheet in sheets)
    print(f"CSS: {weight:,} of {CSS_BYTES:,} bytes in {len(sheets)} files")
    if not sheets or weight >= CSS_BYTES:
        yield f"{STATIC}/css: must hold something, and less than {CSS_BYTES:,} bytes together"

    scripts = sum(lines(script) for script in STATIC.glob("js/*.js"))
    print(f"JavaScript of our own: {scripts} of {OWN_JS_LINES} lines")
    if scripts > OWN_JS_LINES:
        yield f"{STATIC}/js: more than {OWN_JS_LINES} lines"

    for folder, pattern, limit in (
        ("portal", "*.py", PYTHON_LINES),
        ("tests", "*.py", PYTHON_LINES),
        ("portal/templates", "*.html", TEMPLATE_LINES),
    ):
        for file in sorted(Path(folder).rglob(pattern)):
            if lines(file) > limit and "migrations/versions" not in file.as_posix():
                yield f"{file}: {lines(file)} lines, more than {limit}; split it"


def lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


if __name__ == "__main__":
    sys.exit(main())
