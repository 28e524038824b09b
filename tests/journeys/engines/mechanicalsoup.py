"""No engine at all: requests, forms and links as HTML defines them. No scripts, no styles."""

from contextlib import ExitStack
from pathlib import Path

import mechanicalsoup
from bs4 import Tag

from . import Browser, by_source


class MechanicalSoup(Browser):
    """The quickest way through a journey, and proof that the HTML alone suffices."""

    name = "MechanicalSoup"
    scripts = False

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        self._browser = mechanicalsoup.StatefulBrowser(soup_config={"features": "html.parser"})
        self._browser.session.headers["Accept-Language"] = "en"
        self._files = ExitStack()

    @classmethod
    def available(cls) -> str | None:
        return None

    def go(self, path: str) -> None:
        self._browser.open(self.full(path))

    def _field(self, label: str) -> Tag:
        found = by_source.control(self._browser.page, label)
        if found is None:
            raise self.lost("field", label)
        return found

    def fill(self, label: str, text: str) -> None:
        field = self._field(label)
        if field.name == "textarea":
            field.string = text
        else:
            field["value"] = text

    def choose(self, label: str, option_text: str) -> None:
        field = self._field(label)
        chosen = by_source.option(field, option_text)
        if chosen is None:
            raise self.lost(f"option of “{label}”", option_text)
        for other in field.find_all("option"):
            del other["selected"]
        chosen["selected"] = ""

    def tick(self, label: str) -> None:
        field = self._field(label)
        if field.get("type") == "radio":
            for other in self._browser.page.find_all("input", {"name": field["name"]}):
                del other["checked"]
        field["checked"] = ""

    def attach(self, label: str, path: Path) -> None:
        # mechanicalsoup sends an open file under the last part of its path.
        self._field(label)["value"] = self._files.enter_context(path.open("rb"))  # type: ignore[assignment]

    def press(self, button_text: str) -> None:
        button = by_source.button(self._browser.page, button_text)
        if button is None:
            raise self.lost("button", button_text)
        form = button.find_parent("form")
        if button.get("form"):
            form = self._browser.page.find("form", id=button["form"])
        self._browser.select_form(form)
        self._browser.submit_selected(button, update_state=True)
        self._files.close()

    def follow(self, link_text: str) -> None:
        link = by_source.link(self._browser.page, link_text)
        if link is None:
            raise self.lost("link", link_text)
        self._browser.follow_link(link)

    def text(self) -> str:
        return by_source.readable(self._browser.page) if self._browser.page else ""

    def address(self) -> str:
        return self._browser.url or ""

    def screenshot(self, path: Path) -> None:
        path.with_suffix(".txt").write_text(self.text(), encoding="utf-8")

    def close(self) -> None:
        self._files.close()
        self._browser.close()
