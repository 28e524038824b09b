"""Where a label, a button text or a link text leads in the source of a page.

For engines whose live page cannot be asked. The same order of preference as by_xpath.py.
"""

from collections.abc import Callable, Iterable

from bs4 import BeautifulSoup, Tag

from . import squeeze

_CONTROLS = ["input", "select", "textarea"]
_UNREAD = ["script", "style", "template", "title", "option"]
_BUTTONS = "button, input[type=submit], input[type=button]"


def _first(tags: Iterable[Tag], tests: Iterable[Callable[[Tag], bool]]) -> Tag | None:
    candidates = list(tags)
    return next((tag for test in tests for tag in candidates if test(tag)), None)


def _shows(text: str) -> list[Callable[[Tag], bool]]:
    wanted = squeeze(text)
    return [
        lambda tag: squeeze(tag.get_text()) == wanted or tag.get("value") == wanted != "",
        lambda tag: tag.get("aria-label") == wanted,
        lambda tag: squeeze(tag.get_text()).startswith(wanted),
    ]


def _labelled(page: BeautifulSoup, label: Tag) -> Tag | None:
    if label.get("for"):
        return page.find(_CONTROLS, id=label["for"])
    return label.find(_CONTROLS)


def control(page: BeautifulSoup, label: str) -> Tag | None:
    """A field by the text of its label, then by name or id, then by a label's beginning."""
    exact, _aloud, begins = _shows(label)
    labels = page.find_all("label")
    fields = [tag for tag in page.find_all(_CONTROLS) if tag.get("type") != "hidden"]
    for test in (exact, begins):
        if found := _first(labels, [test]):
            return _labelled(page, found)
        if test is exact:
            called = [tag for tag in fields if label in (tag.get("name"), tag.get("id"))]
            aloud = [tag for tag in fields if tag.get("aria-label") == label]
            if called or aloud:
                return (aloud or called)[0]
    return None


def button(page: BeautifulSoup, text: str) -> Tag | None:
    """A button by what it shows or is called aloud."""
    return _first(page.select(_BUTTONS), _shows(text))


def link(page: BeautifulSoup, text: str) -> Tag | None:
    """A link by what it shows or is called aloud."""
    return _first(page.select("a[href]"), _shows(text))


def option(choice: Tag, text: str) -> Tag | None:
    """An option of a list by the text it shows."""
    return _first(choice.find_all("option"), _shows(text))


def readable(page: BeautifulSoup) -> str:
    """The text of a page; what style sheets hide counts as read here."""
    parts = (page.body or page).find_all(string=True)
    return " ".join(part for part in parts if part.parent and part.parent.name not in _UNREAD)
