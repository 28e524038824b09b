"""The Chromium of today, with scripts and without."""

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from playwright.sync_api import Locator, Playwright, Request, sync_playwright

from . import Browser, by_xpath

_QUIET = 0.1  # seconds without a request after which a page has settled
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class Chromium(Browser):
    """Debian's Chromium under Playwright."""

    name = "Chromium"
    scripts = True

    # Playwright allows itself once per thread, and asyncio.run() fails while it is started.
    _shared: ClassVar[Playwright | None] = None
    _open: ClassVar[int] = 0

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        if Chromium._shared is None:
            Chromium._shared = sync_playwright().start()
        Chromium._open += 1
        self._running: set[Request] = set()
        self._browser = Chromium._shared.chromium.launch(
            executable_path=self._program(),
            args=_FLAGS,
            # Back shows a kept page, as it does to a person.
            ignore_default_args=["--disable-back-forward-cache"],
        )
        self._context = self._browser.new_context(
            java_script_enabled=self.scripts,
            locale="en",
            viewport={"width": 1024, "height": 768},
        )
        self._context.set_default_timeout(15_000)
        self._page = self._context.new_page()
        # Playwright takes no built-in methods as listeners.
        self._page.on("request", lambda request: self._running.add(request))
        self._page.on("requestfinished", lambda request: self._running.discard(request))
        self._page.on("requestfailed", lambda request: self._running.discard(request))

    @staticmethod
    def _program() -> str | None:
        return shutil.which("chromium") or shutil.which("chromium-browser")

    @classmethod
    def available(cls) -> str | None:
        return None if cls._program() else "Chromium is not installed (apt-get install chromium)"

    def _shown(self, kind: str, label: str, paths: list[str]) -> Locator:
        for path in paths:
            for found in self._page.locator(f"xpath={path}").all():
                if found.is_visible():
                    return found
        raise self.lost(kind, label)

    def _field(self, label: str) -> Locator:
        return self._shown("field", label, by_xpath.controls(label))

    def _settle(self) -> None:
        """Wait until the page is loaded and asks for nothing more: pages and htmx alike."""
        self._fall_quiet()
        self._page.wait_for_load_state()

    def _fall_quiet(self) -> None:
        """Wait until nothing has been asked of the server for a moment."""
        end = time.monotonic() + 15
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < _QUIET and time.monotonic() < end:
            self._page.wait_for_timeout(20)
            if self._running:
                quiet_since = time.monotonic()

    def go(self, path: str) -> None:
        self._page.goto(self.full(path))

    def fill(self, label: str, text: str) -> None:
        self._field(label).fill(text)

    def choose(self, label: str, option_text: str) -> None:
        field = self._field(label)
        for path in by_xpath.options(option_text):
            if field.locator(f"xpath={path}").count():
                option = field.locator(f"xpath={path}").first
                field.select_option(index=option.evaluate("option => option.index"))
                return
        raise self.lost(f"option of “{label}”", option_text)

    def tick(self, label: str) -> None:
        self._field(label).check()

    def attach(self, label: str, path: Path) -> None:
        self._field(label).set_input_files(path)

    def drop(self, label: str, paths: Sequence[Path]) -> None:
        """Drop files on a field, and wait for what that causes."""
        self._field(label).set_input_files(paths)
        self._settle()

    def type_into(self, label: str, text: str) -> None:
        """Type at the end of a field, key by key, and stay in it."""
        field = self._field(label)
        field.click()
        field.press("End")
        self.type_on(text)

    def type_on(self, text: str) -> None:
        """Type wherever the cursor is."""
        self._page.keyboard.type(text, delay=40)

    def value(self, label: str) -> str:
        """What stands in a field."""
        return self._field(label).input_value()

    def press(self, button_text: str) -> None:
        self._shown("button", button_text, by_xpath.buttons(button_text)).click()
        self._settle()

    def follow(self, link_text: str) -> None:
        self._shown("link", link_text, by_xpath.links(link_text)).click()
        self._settle()

    def back(self) -> None:
        """Go one page back, and wait until that one is shown."""
        left = self.address()
        self._page.evaluate("setTimeout(function () { history.back(); }, 0)")
        while self.address() == left:  # a kept page is shown without being loaded
            self._page.wait_for_timeout(20)
        self._fall_quiet()

    def focus(self, button_text: str) -> None:
        """Give a button the keyboard without pressing it, as the tab key does."""
        self._shown("button", button_text, by_xpath.buttons(button_text)).focus()

    @contextmanager
    def holding(self, text: str) -> Iterator[None]:
        """Press the mouse on `text`; let go at the end, and not before an answer to a form came."""
        place = self._page.get_by_text(text, exact=True).first
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        if box is None:
            raise self.lost("text", text)
        self._page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        with self._page.expect_response(lambda answer: answer.request.method == "POST"):
            self._page.mouse.down()
        self._settle()
        yield
        self._page.mouse.up()
        self._settle()

    def text(self) -> str:
        return self._page.inner_text("body")

    def address(self) -> str:
        return self._page.url

    def screenshot(self, path: Path) -> None:
        self._page.screenshot(path=path)

    def close(self) -> None:
        self._browser.close()
        Chromium._open -= 1
        if Chromium._open == 0 and Chromium._shared is not None:
            Chromium._shared.stop()
            Chromium._shared = None


class ChromiumUnscripted(Chromium):
    """The same engine with scripts switched off, as some offices do."""

    name = "Chromium without scripts"
    scripts = False
