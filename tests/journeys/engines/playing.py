"""Play a test in every engine: its marks, its skips, its pictures, and one line on how it went."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from . import ROOT, Browser, every_engine
from .chromium import Chromium
from .mechanicalsoup import MechanicalSoup

PICTURES = ROOT / "instance" / "engines"


def _marks(engine: type[Browser]) -> list[pytest.MarkDecorator]:
    if issubclass(engine, MechanicalSoup):
        return []
    return [pytest.mark.browser if issubclass(engine, Chromium) else pytest.mark.engines]


# For @pytest.mark.parametrize("engine", ENGINES): the first three run in `make test`, all of them
# in `make engines`.
ENGINES = [pytest.param(engine, marks=_marks(engine), id=engine.name) for engine in every_engine()]


@contextmanager
def playing(
    engine: type[Browser], base_url: str, story: str, capsys: pytest.CaptureFixture[str]
) -> Iterator[Browser]:
    """Open `engine` on the site at `base_url`; skips, with the reason, where it cannot run.

    At the end, also of a failure, saves instance/engines/<story> <engine>.png and prints one
    line with the seconds from opening the engine to closing it.
    """
    if reason := engine.available():
        pytest.skip(reason)
    began = time.monotonic()
    outcome = "failed"
    browser = engine(base_url)
    try:
        yield browser
        outcome = "passed"
    finally:
        try:
            PICTURES.mkdir(parents=True, exist_ok=True)
            browser.screenshot(PICTURES / f"{story} {engine.name}.png")
        finally:
            browser.close()
            seconds = time.monotonic() - began
            with capsys.disabled():
                sys.stdout.write(f"\n{story}, {engine.name}: {outcome} in {seconds:.1f} s ")
