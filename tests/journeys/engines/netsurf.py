"""NetSurf 3.10: a small engine of its own without scripts or flex, worked by mouse and keyboard.

It offers no way to be driven, so it is used as a person uses it: clicks and keys on a virtual
screen. Where to click is read from the layout that NetSurf itself saves on request (a developer
command, here bound to F7), what a label belongs to from the source it shows on request (Ctrl+U).
A field must therefore have an id, as every labelled field has.
"""

import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag

from . import Browser, by_source, squeeze
from .boxes import Box, all_text, inner_text, read_boxes
from .display import Display

_WIDTH, _HEIGHT = 1024, 6000  # taller than any page, so that nothing needs scrolling
_CHOICES = f"""window_x:0
window_y:0
window_width:{_WIDTH}
window_height:{_HEIGHT}
developer_view:2
accept_language:en
suppress_images:0
"""
_KEYS = "gtkOpenLocation:<Control>l\ngtkDebugBoxTree:F7\ngtkPageSource:<Control>u\n"
# The program that NetSurf hands saved layouts and sources to: it only has to exist.
_VIEWER = "[Desktop Entry]\nType=Application\nName=Nothing\nExec=/bin/true %f\n"
_OPENED = re.compile(r"content_open: content \w+ (\S+)")
_MAGENTA = (255, 0, 255)


class NetSurf(Browser):
    """Debian's netsurf-gtk under Xvfb and xdotool."""

    name = "NetSurf"
    scripts = False

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        self._home = Path(tempfile.mkdtemp())
        self._log = self._home / "log"
        self._address = ""
        self._page: BeautifulSoup | None = None
        self._ticked: set[str] = set()
        self._display = Display(_WIDTH, _HEIGHT)
        try:
            self._process = self._start()
            self._top = self._find_top()
        except Exception:
            self._end()
            raise

    @classmethod
    def available(cls) -> str | None:
        for program in ("netsurf-gtk", "xdotool"):
            if not shutil.which(program):
                return f"{program} is not installed (make engines)"
        return Display.available()

    def _start(self) -> subprocess.Popen[bytes]:
        settings = {
            ".config/netsurf/Choices": _CHOICES,
            "keys/accelerators": _KEYS,
            ".local/share/applications/nothing.desktop": _VIEWER,
            ".local/share/applications/defaults.list": "[Default Applications]\n"
            "text/plain=nothing.desktop\ntext/html=nothing.desktop\n",
        }
        for name, content in settings.items():
            (self._home / name).parent.mkdir(parents=True, exist_ok=True)
            (self._home / name).write_text(content)
        for name in ("saved", "attached"):
            (self._home / name).mkdir()
        here = {
            "HOME": str(self._home),
            "XDG_CONFIG_HOME": str(self._home / ".config"),
            "TMPDIR": str(self._home / "saved"),
            "G_RESOURCE_OVERLAYS": f"/org/netsurf={self._home / 'keys'}",
            "LANG": "C.UTF-8",
        }
        with self._log.open("wb") as log:
            return subprocess.Popen(
                ["netsurf-gtk", "-v", "data:text/html,<body style='background:%23f0f'>"],
                env={**self._display.env, **here},
                stdout=log,
                stderr=log,
            )

    def _find_top(self) -> int:
        """How far below the top of the screen pages begin, seen on a page all in one colour."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            column = self._display.picture().crop((500, 0, 501, 200)).convert("RGB")
            for top in range(column.height):
                if column.getpixel((0, top)) == _MAGENTA:
                    self._focus("NetSurf")
                    return top
            time.sleep(0.05)
        raise TimeoutError("NetSurf showed no page within 20 s")

    # --- hands and eyes ---

    def _xdotool(self, *command: str) -> str:
        done = subprocess.run(
            ["xdotool", *command],
            env=self._display.env,
            check=True,
            capture_output=True,
            text=True,
            timeout=20,
        )
        return done.stdout

    def _focus(self, title: str) -> None:
        """Wait for a window and give it the keyboard: there is no window manager to do it."""
        self._xdotool("search", "--sync", "--onlyvisible", "--name", title, "windowfocus")

    def _saved(self, key: str, beginning: str) -> str:
        """Press a key that makes NetSurf save a file, and take that file."""
        folder = self._home / "saved"
        for _attempt in range(5):
            for old in folder.iterdir():
                old.unlink()
            self._xdotool("key", key)
            if text := self._settled_text(folder, beginning):
                return text
            self._focus("NetSurf")  # a window that closed just now took the key with it
        raise TimeoutError(f"NetSurf saved nothing on {key}")

    @staticmethod
    def _settled_text(folder: Path, beginning: str) -> str:
        """The text of the file with this `beginning` once it stops growing; "" after 2 s."""
        end = time.monotonic() + 2
        size = -1
        while time.monotonic() < end:
            time.sleep(0.03)
            for path in folder.glob(f"{beginning}*"):
                if path.stat().st_size == size > 0:
                    return path.read_text(encoding="utf-8", errors="replace")
                size = path.stat().st_size
        return ""

    def _source(self) -> BeautifulSoup:
        if self._page is None:
            self._page = BeautifulSoup(self._saved("ctrl+u", "nsgtkdata"), "html.parser")
        return self._page

    def _boxes(self) -> list[Box]:
        return read_boxes(self._saved("F7", "nsgtkboxtree"))

    def _click(self, box: Box) -> None:
        x, y = box.x + max(box.width, 2) // 2, self._top + box.y + box.height // 2
        self._xdotool("mousemove", str(x), str(y), "click", "1")

    def _wait_for_page(self, read_from: int) -> None:
        """Wait until the log names an opened page after `read_from`, and then is quiet."""
        end = time.monotonic() + 15
        size = -1
        while time.monotonic() < end:
            news = self._log.read_bytes()[read_from:]
            opened = _OPENED.search(news.decode(errors="replace"))
            if opened and len(news) == size:
                self._address, self._page = opened[1], None
                self._ticked.clear()
                return
            size = len(news)
            time.sleep(0.1)
        raise TimeoutError(f"NetSurf opened no page within 15 s, still on {self._address}")

    def _click_to_page(self, box: Box) -> None:
        read_from = self._log.stat().st_size
        self._click(box)
        self._wait_for_page(read_from)

    def _control(self, label: str) -> tuple[Tag, Box]:
        control = by_source.control(self._source(), label)
        if control is not None:
            for box in self._boxes():
                if box.id and box.id == control.get("id"):
                    return control, box
        raise self.lost("field", label)

    # --- what a person does ---

    def go(self, path: str) -> None:
        read_from = self._log.stat().st_size
        self._xdotool("key", "ctrl+l", "ctrl+a", "type", "--delay", "2", self.full(path))
        self._xdotool("key", "Return")
        self._wait_for_page(read_from)

    def fill(self, label: str, text: str) -> None:
        self._click(self._control(label)[1])
        self._xdotool("key", "ctrl+a", "Delete")
        self._xdotool("type", "--delay", "10", text)

    def choose(self, label: str, option_text: str) -> None:
        control, box = self._control(label)
        option = by_source.option(control, option_text)
        if option is None:
            raise self.lost(f"option of “{label}”", option_text)
        self._click(box)
        time.sleep(0.2)  # its menu takes the keyboard a little after the click
        steps = control.find_all("option").index(option) + 1
        self._xdotool("key", "--delay", "15", *["Down"] * steps, "Return")
        time.sleep(0.1)

    def tick(self, label: str) -> None:
        control, box = self._control(label)
        if not control.has_attr("checked") and box.id not in self._ticked:
            self._click(box)
            self._ticked.add(box.id)

    def attach(self, label: str, path: Path) -> None:
        self._click(self._control(label)[1])
        self._focus("Select File")
        # A short folder with nothing else in it, because the window completes names while typing.
        copy = Path(shutil.copy(path, self._home / "attached"))
        # The window makes an entry ready on the first slash and loses what is typed meanwhile; at
        # the end it looks the name up, and without that NetSurf ends itself over a missing name.
        self._xdotool("key", "slash")
        time.sleep(0.5)
        self._xdotool("type", "--delay", "15", str(copy).removeprefix("/"))
        time.sleep(0.8)
        self._xdotool("key", "Return")
        self._focus("NetSurf")

    def press(self, button_text: str) -> None:
        button = by_source.button(self._source(), button_text)
        if button is None:
            raise self.lost("button", button_text)
        shown = squeeze(button.get_text() or str(button.get("value", "")))
        boxes = self._boxes()
        for box in boxes:
            if box.gadget and inner_text(boxes, box) == shown:
                return self._click_to_page(box)
        raise self.lost("button", button_text)

    def follow(self, link_text: str) -> None:
        link = by_source.link(self._source(), link_text)
        if link is None:
            raise self.lost("link", link_text)
        target = urljoin(self._address, str(link["href"]))
        shown = squeeze(link.get_text())
        for box in self._boxes():
            if box.href == target and box.text and shown.startswith(squeeze(box.text)):
                return self._click_to_page(box)
        raise self.lost("link", link_text)

    def text(self) -> str:
        return all_text(self._boxes())

    def address(self) -> str:
        return self._address

    def screenshot(self, path: Path) -> None:
        bottom = max(box.y + box.height for box in self._boxes() if box.text)
        size = (0, 0, _WIDTH, min(_HEIGHT, self._top + bottom + 40))
        self._display.picture().crop(size).save(path)

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._display.close()
        shutil.rmtree(self._home, ignore_errors=True)

    def close(self) -> None:
        self._end()
