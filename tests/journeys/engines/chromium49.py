"""Chromium 49 of 2016, the engine of the oldest scripted kiosks, over its debugging protocol."""

import json
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import websocket

from . import INSTALLED
from .display import Display
from .in_page import InPage

_PYTHON = INSTALLED / "chromium49" / "bin" / "python"


class Chromium49(InPage):
    """The QtWebEngine of PyQt5 5.7.1 on a screen of its own."""

    name = "Chromium 49"

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        self._display = Display(1024, 768)
        self._home = tempfile.mkdtemp()  # its profile outlives it otherwise
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._window = subprocess.Popen(
            [_PYTHON, Path(__file__).with_name("qt_window.py"), str(port)],
            env={**self._display.env, "HOME": self._home, "XDG_RUNTIME_DIR": self._home},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._number = 0
        self._running: set[str] = set()
        try:
            self._socket = websocket.create_connection(
                self._debugging_address(port), suppress_origin=True, timeout=15
            )
        except Exception:
            self._end()
            raise
        for domain in ("Page", "Runtime", "Network"):
            self._call(f"{domain}.enable")

    @classmethod
    def available(cls) -> str | None:
        if not (_PYTHON.parents[1] / ".done").exists():
            return "Chromium 49 is not installed (make engines)"
        return Display.available()

    @staticmethod
    def _debugging_address(port: int) -> str:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
                    for tab in json.load(answer):
                        if tab["type"] == "page":
                            return str(tab["webSocketDebuggerUrl"])
            except OSError:
                pass  # not listening yet
            time.sleep(0.05)
        raise TimeoutError("Chromium 49 did not open its debugging port within 20 s")

    def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._socket.recv())
        request = message.get("params", {}).get("requestId", "")
        match message.get("method"):
            case "Network.requestWillBeSent":
                self._running.add(request)
            case "Network.loadingFinished" | "Network.loadingFailed":
                self._running.discard(request)
        return message

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while (reply := self._receive()).get("id") != self._number:
            pass
        if "error" in reply:
            raise RuntimeError(f"{method}: {reply['error']}")
        result: dict[str, Any] = reply["result"]
        return result

    def _value(self, expression: str) -> Any:
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    def _mouse(self, does: str, x: int, y: int) -> None:
        kind = {"down": "mousePressed", "up": "mouseReleased"}[does]
        self._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def _type(self, text: str) -> None:
        for letter in text.replace("\n", "\r"):
            self._call("Input.dispatchKeyEvent", type="char", text=letter)

    def _open(self, address: str) -> None:
        self._call("Page.navigate", url=address)

    def _put_file(self, selector: str, path: Path) -> None:
        page = self._call("DOM.getDocument")["root"]["nodeId"]
        field = self._call("DOM.querySelector", nodeId=page, selector=selector)["nodeId"]
        self._call("DOM.setFileInputFiles", nodeId=field, files=[str(path)])

    def _busy(self) -> bool:
        return bool(self._running)

    def screenshot(self, path: Path) -> None:
        time.sleep(0.4)  # its own command hangs in this version; the screen is drawn a little late
        self._display.screenshot(path)

    def _end(self) -> None:
        self._window.kill()
        self._window.wait()
        self._display.close()
        shutil.rmtree(self._home, ignore_errors=True)

    def close(self) -> None:
        self._socket.close()
        self._end()
