"""A visitor who sees pages and presses buttons; every page that he sees is inspected."""

from typing import Any, Self
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser, LexborNode
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.cast import PASSWORD
from tests.inspection import inspect


class Visitor:
    """One browser without scripts."""

    def __init__(self, app: Flask):
        self.client: FlaskClient = app.test_client()
        self.response: TestResponse | None = None

    def signed_in(self, name: str, *, shared: bool = False) -> Self:
        """Sign in as one of the cast."""
        self.go("/sign-in")
        fields: dict[str, Any] = {"name": name, "password": PASSWORD}
        if shared:
            fields["shared"] = "y"
        self.send("sign-in", **fields)
        assert self.status == 200, f"{name} could not sign in: {self.text}"
        return self

    def go(self, path: str, **kwargs: Any) -> Self:
        """Open an address and follow where it leads."""
        return self._see(self.client.get(path, follow_redirects=True, **kwargs))

    def post(self, path: str, data: Any = None, **kwargs: Any) -> Self:
        """Send fields to an address as they are, with a valid CSRF token."""
        fields = MultiDict(data or {})
        fields.setdefault("csrf_token", self.csrf_token())
        return self._see(self.client.post(path, data=fields, follow_redirects=True, **kwargs))

    def send(self, form_id: str, press: tuple[str, str] | None = None, **fields: Any) -> Self:
        """Fill the form with this id and press a button, given as (name, value)."""
        form = self.page.css_first(f"form#{form_id}")
        assert form is not None, f"no form #{form_id} on {self.path}: {self.text[:2000]}"
        data = filled(form)
        for name, value in fields.items():
            data.setlist(name, value if isinstance(value, list) else [value])
        if press:
            data.setlist(press[0], [press[1]])
        action = form.attributes.get("action") or self.path
        return self._see(self.client.post(
            action, data=data, follow_redirects=True,
            content_type="multipart/form-data" if "enctype" in form.attributes else None,
            headers={"Referer": f"http://localhost{self.path}"},
        ))  # fmt: skip

    def csrf_token(self) -> str:
        """The token of the page in front of the visitor."""
        found = self.page.css_first("input[name=csrf_token]") if self.response else None
        if found is None:
            found = self.go("/sign-in").page.css_first("input[name=csrf_token]")
        assert found is not None
        return found.attributes["value"] or ""

    def _see(self, response: TestResponse) -> Self:
        self.response = response
        if response.mimetype == "text/html" and response.status_code != 204:
            inspect(response)
        return self

    @property
    def status(self) -> int:
        assert self.response is not None
        return self.response.status_code

    @property
    def path(self) -> str:
        """The address in front of the visitor, without the host."""
        assert self.response is not None
        parts = urlsplit(self.response.request.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def page(self) -> LexborHTMLParser:
        assert self.response is not None
        return LexborHTMLParser(self.response.get_data(as_text=True))

    @property
    def text(self) -> str:
        """What is to be read on the page, with single spaces."""
        body = self.page.body
        return " ".join(body.text(separator=" ").split()) if body else ""

    def sees(self, *wanted: str) -> Self:
        """Fail unless every sentence stands on the page."""
        for sentence in wanted:
            assert sentence in self.text, f"{sentence!r} is not on {self.path}:\n{self.text}"
        return self

    def misses(self, *unwanted: str) -> Self:
        """Fail when one of the sentences stands on the page."""
        for sentence in unwanted:
            assert sentence not in self.text, f"{sentence!r} is on {self.path}"
        return self

    def find(self, selector: str) -> list[LexborNode]:
        """The elements that a CSS selector finds."""
        return self.page.css(selector)


def filled(form: LexborNode) -> MultiDict[str, Any]:
    """What a browser would send of the form as it stands, without any button."""
    data: MultiDict[str, Any] = MultiDict()
    for control in form.css("input, select, textarea"):
        name = control.attributes.get("name")
        kind = control.attributes.get("type") or "text"
        if not name or "disabled" in control.attributes or kind in ("file", "submit"):
            continue
        if kind in ("checkbox", "radio") and "checked" not in control.attributes:
            continue
        if control.tag == "textarea":
            data.add(name, control.text())
        elif control.tag == "select":
            chosen = control.css_first("option[selected]") or control.css_first("option")
            data.add(name, (chosen.attributes.get("value") or "") if chosen else "")
        else:
            data.add(name, control.attributes.get("value") or ("y" if kind == "checkbox" else ""))
    return data
