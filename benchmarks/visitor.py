"""A browser without a screen, on one kept-alive connection."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection
from typing import Self
from urllib.parse import urlencode

from benchmarks.data import PASSWORD
from benchmarks.databases import HOST
from benchmarks.load import Request

FIELD = re.compile(r'<input[^>]*? name="(?P<name>[^"]+)"[^>]*? value="(?P<value>[^"]*)"')


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    def field(self, name: str) -> str:
        """The value of the last control of this name: page-wide forms come before the page's."""
        values = [unescape(found["value"]) for found in FIELD.finditer(self.text)
                  if found["name"] == name]  # fmt: skip
        if not values:
            raise LookupError(f"no {name} on the page (status {self.status})")
        return values[-1]


class Visitor:
    """One browser."""

    def __init__(self, port: int):
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie = ""

    def signed_in(self, name: str) -> Self:
        """Sign in as one of the measured company; raises ``LookupError`` when refused."""
        token = self.get("/sign-in").field("csrf_token")
        form = {"csrf_token": token, "name": name, "password": PASSWORD}
        answer = self.post("/sign-in", form)
        if answer.status != 303:
            raise LookupError(f"{name} could not sign in: {answer.status}")
        return self

    def get(self, path: str, **headers: str) -> Answer:
        """Open an address."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: Mapping[str, str] | list[tuple[str, str]]) -> Answer:
        """Send a form."""
        sent = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(fields), sent)

    def send_bytes(self, path: str, body: bytes, content_type: str) -> Answer:
        """Send a form that carries files."""
        return self._ask("POST", path, body, {"Content-Type": content_type})

    def send(self, request: Request) -> Answer:
        """Send a prepared request, with the cookie it was prepared with."""
        return self._ask(request.method, request.path, request.body or None, request.headers)

    def _ask(
        self, method: str, path: str, body: str | bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        self.connection.request(method, path, body, {**self.headers, **headers})
        response = self.connection.getresponse()
        content = response.read()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie" and value.startswith("portal="):
                self.cookie = value.split(";")[0]
        return Answer(response.status, response.getheader("Location") or "", content)

    @property
    def headers(self) -> dict[str, str]:
        """What each request carries."""
        return {"Host": HOST} | ({"Cookie": self.cookie} if self.cookie else {})
