"""Driving an old engine that runs scripts and takes mouse and keys, but knows no labels.

Fields, buttons and links are found by a script in the page; clicks and letters then go in as
they would from a person's hand, so that the page's own scripts see what they would see.
"""

import json
import time
from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import Browser, by_xpath

_QUIET = 0.1  # seconds without a request after which a page has settled
_MARK = "data-to-attach"

# Calls an action on the first shown element that one of the paths leads to.
_ON = """(function (paths, action, values) {
  for (var i = 0; i < paths.length; i++) {
    var found = document.evaluate(paths[i], document, null, 7, null);
    for (var j = 0; j < found.snapshotLength; j++) {
      var node = found.snapshotItem(j);
      if (node.getClientRects().length) return {answer: action.apply(node, values)};
    }
  }
  return {missing: true};
})(%s, %s, %s)"""

# Where to click, and from then on a note of what the mouse meets: true when it is this element.
# A page that is left takes the note with it.
_AIM = """function () {
  var aimed = this, met = window.metByMouse = {};
  this.scrollIntoView();
  ['mousedown', 'click'].forEach(function (name) {
    document.addEventListener(name, function (event) {
      if (met === window.metByMouse) met[name] = aimed.contains(event.target);
    }, true);
  });
  var box = this.getClientRects()[0];
  return [Math.round(box.left + box.width / 2), Math.round(box.top + box.height / 2)];
}"""

_ANNOUNCE = """
  ['input', 'change'].forEach(function (name) {
    var event = document.createEvent('Event');
    event.initEvent(name, true, false);
    this.dispatchEvent(event);
  }, this);"""

_SET = "function (value) { this.value = value;" + _ANNOUNCE + "}"

# Date fields have no single place to type into, an emptied one nothing to type.
_READY = """function () {
  this.focus();
  if (/date|time|month/.test(this.type) && this.type === this.getAttribute('type')) return false;
  this.select();
  return true;
}"""

_HELD = "function () { return this.value; }"

_CHOOSE = (
    """function (paths) {
  var option = null;
  for (var i = 0; i < paths.length && !option; i++)
    option = document.evaluate(paths[i], this, null, 9, null).singleNodeValue;
  if (!option) return false;
  this.selectedIndex = option.index;"""
    + _ANNOUNCE
    + "return true; }"
)


class InPage(Browser):
    """What the drivers of old scripted engines share; each adds its way in."""

    scripts = True

    @abstractmethod
    def _value(self, expression: str) -> Any:
        """What a JavaScript expression gives in the page, by way of JSON."""

    @abstractmethod
    def _mouse(self, does: str, x: int, y: int) -> None:
        """Let the mouse button go "down" or "up", in pixels from the top left of what is shown."""

    @abstractmethod
    def _type(self, text: str) -> None:
        """Type into what has the keyboard."""

    @abstractmethod
    def _open(self, address: str) -> None:
        """Begin to load an address."""

    @abstractmethod
    def _put_file(self, selector: str, path: Path) -> None:
        """Put a file into the field that a CSS selector names."""

    @abstractmethod
    def _busy(self) -> bool:
        """Whether the page still waits for an answer of the server."""

    def _on(self, kind: str, label: str, paths: list[str], action: str, *values: Any) -> Any:
        result = self._value(_ON % (json.dumps(paths), action, json.dumps(values)))
        if "missing" in result:
            raise self.lost(kind, label)
        return result.get("answer")

    def _on_field(self, label: str, action: str, *values: Any) -> Any:
        return self._on("field", label, by_xpath.controls(label), action, *values)

    def _until(self, what: str, holds: Callable[[], bool]) -> None:
        """Wait for what a key or the mouse does: an old engine takes them in the background."""
        end = time.monotonic() + 15
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(f"{self.name}: not within 15 s: {what}, on {self.address()}")
            time.sleep(0.02)

    def _settle(self) -> None:
        """Wait until nothing has been asked of the server for a moment: pages and htmx alike."""
        end = time.monotonic() + 15
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < _QUIET and time.monotonic() < end:
            time.sleep(0.02)
            loaded = self._value("document.readyState === 'complete'")
            if self._busy() or not loaded:
                quiet_since = time.monotonic()

    def go(self, path: str) -> None:
        self._open(self.full(path))
        self._settle()

    def fill(self, label: str, text: str) -> None:
        if self._on_field(label, _READY) and text:
            self._type(text)
            self._until(
                f"“{label}” holds what was typed", lambda: self._on_field(label, _HELD) == text
            )
        else:
            self._on_field(label, _SET, text)

    def choose(self, label: str, option_text: str) -> None:
        if not self._on_field(label, _CHOOSE, by_xpath.options(option_text)):
            raise self.lost(f"option of “{label}”", option_text)

    def _click(self, kind: str, label: str, paths: list[str]) -> None:
        """Click as a person does: what moves away before the mouse is down is aimed at again."""
        for _attempt in range(20):
            place = self._on(kind, label, paths, _AIM)
            self._mouse("down", *place)
            self._until(f"the mouse is down on “{label}”", lambda: "mousedown" in self._met())
            if self._met()["mousedown"]:
                self._mouse("up", *place)
                self._until(f"“{label}” is clicked", lambda: bool(self._met().get("click")))
                return
            self._mouse("up", 0, 0)  # far from where it went down: this presses nothing
        raise TimeoutError(f"{self.name}: “{label}” keeps moving away, on {self.address()}")

    def _met(self) -> dict[str, bool]:
        """By event, whether it met what was aimed at; a page that is left was left by the press."""
        met: dict[str, bool] = self._value("window.metByMouse || {mousedown: true, click: true}")
        return met

    def tick(self, label: str) -> None:
        if not self._on_field(label, "function () { return this.checked; }"):
            self._click("field", label, by_xpath.controls(label))

    def attach(self, label: str, path: Path) -> None:
        self._on_field(label, f"function () {{ this.setAttribute('{_MARK}', ''); }}")
        self._put_file(f"[{_MARK}]", path.resolve())
        self._on_field(label, f"function () {{ this.removeAttribute('{_MARK}'); }}")

    def press(self, button_text: str) -> None:
        self._click("button", button_text, by_xpath.buttons(button_text))
        self._settle()

    def follow(self, link_text: str) -> None:
        self._click("link", link_text, by_xpath.links(link_text))
        self._settle()

    def text(self) -> str:
        return str(self._value("document.body.innerText"))

    def address(self) -> str:
        return str(self._value("location.href"))
