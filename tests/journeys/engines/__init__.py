"""Browsers that a journey is played in, driven by what a person sees on the page.

A journey names fields by their label, buttons and links by their text, and never a selector, so
the same journey runs in an engine of today, one of ten years ago, and one without scripts.
"""

import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self
from urllib.parse import urljoin

ROOT = Path(__file__).resolve().parents[3]
INSTALLED = ROOT / ".cache" / "engines"  # what tools/engines.sh fills


def squeeze(text: str) -> str:
    """`text` with every run of white space as one space: how a page wraps is not its meaning."""
    return " ".join(text.split())


class Browser(ABC):
    """One open browser with its own cookies, asking for English pages until told otherwise."""

    name: ClassVar[str]
    scripts: ClassVar[bool]
    can_attach: ClassVar[bool] = True

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    @classmethod
    @abstractmethod
    def available(cls) -> str | None:
        """None when the engine can run on this machine, else the reason in plain words."""

    @abstractmethod
    def go(self, path: str) -> None:
        """Open an address of the site, by path or in full, and wait until it has loaded."""

    @abstractmethod
    def fill(self, label: str, text: str) -> None:
        """Replace what a field holds; dates as 2026-03-31. `label` is its label or its name."""

    @abstractmethod
    def choose(self, label: str, option_text: str) -> None:
        """Choose an option of a list by the text it shows."""

    @abstractmethod
    def tick(self, label: str) -> None:
        """Tick a box or pick a radio button; one that is ticked already stays ticked."""

    @abstractmethod
    def attach(self, label: str, path: Path) -> None:
        """Put one file into a file field."""

    @abstractmethod
    def press(self, button_text: str) -> None:
        """Press the first button with this text and wait for what it causes."""

    @abstractmethod
    def follow(self, link_text: str) -> None:
        """Follow the first link with this text and wait for its page."""

    @abstractmethod
    def text(self) -> str:
        """Everything a person can read on the page now."""

    @abstractmethod
    def address(self) -> str:
        """The full address of the page shown."""

    @abstractmethod
    def screenshot(self, path: Path) -> None:
        """Save what is shown as a PNG; an engine without a screen saves its text beside it."""

    @abstractmethod
    def close(self) -> None:
        """End the browser and remove what it kept."""

    def sees(self, text: str) -> bool:
        """Whether the page shows `text` now, however its lines break."""
        return squeeze(text) in squeeze(self.text())

    def wait_for(self, text: str, seconds: float = 10) -> None:
        """Wait until the page shows `text`; AssertionError with what it shows instead.

        Without scripts a page never changes by itself, so it is opened again, as a person would.
        """
        end = time.monotonic() + seconds
        while not self.sees(text):
            if time.monotonic() > end:
                shown = squeeze(self.text())[:1500]
                raise AssertionError(
                    f"{self.name}: no “{text}” within {seconds} s on {self.address()}: {shown}"
                )
            time.sleep(0.1 if self.scripts else 0.5)
            if not self.scripts:
                self.go(self.address())

    def full(self, path: str) -> str:
        """The full address of a path of the site."""
        return urljoin(self.base_url + "/", path)

    def lost(self, kind: str, label: str) -> LookupError:
        """The error for something the page does not offer; `kind` is a word like "field"."""
        return LookupError(f"{self.name}: no {kind} “{label}” on {self.address()}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def every_engine() -> list[type[Browser]]:
    """All drivers, the quickest first; whether each can run here is its own `available()`."""
    from .chromium import Chromium, ChromiumUnscripted
    from .chromium49 import Chromium49
    from .firefox import Firefox
    from .mechanicalsoup import MechanicalSoup
    from .netsurf import NetSurf
    from .phantomjs import PhantomJS

    return [
        MechanicalSoup,
        Chromium,
        ChromiumUnscripted,
        Firefox,
        Chromium49,
        PhantomJS,
        NetSurf,
    ]
