"""What must hold for every page that any test sees. Each failure says how to mend it."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode
from werkzeug.test import TestResponse

UNLABELLED = {"hidden", "submit", "button"}


def inspect(response: TestResponse) -> None:
    """Fail when the page breaks a rule of the house."""
    html = response.get_data(as_text=True)
    if "<html" not in html:
        return
    page = LexborHTMLParser(html)
    where = f"{response.request.path} ({response.status_code})"
    _one_heading(page, where)
    _unique_ids(page, where)
    _labels(page, where)
    _forms(page, where)
    _nothing_inline(page, html, where)
    for mark in ("{{", "{%"):
        assert mark not in html, f"{where}: template code reached the page"
    assert "%(" not in html, f"{where}: a sentence was shown without its values"


def _one_heading(page: LexborHTMLParser, where: str) -> None:
    headings = page.css("h1")
    assert len(headings) == 1, f"{where}: has {len(headings)} h1; a page has exactly one"
    title = page.css_first("title")
    heading = " ".join(headings[0].text().split())
    assert title is not None, f"{where}: has no title"
    shown = " ".join(title.text().split())
    assert shown.startswith(heading), f"{where}: the title {shown!r} must begin with {heading!r}"


def _unique_ids(page: LexborHTMLParser, where: str) -> None:
    ids = [node.attributes["id"] for node in page.css("[id]")]
    twice = sorted({i for i in ids if i and ids.count(i) > 1})
    assert not twice, f"{where}: these ids stand more than once: {twice}"


def _labels(page: LexborHTMLParser, where: str) -> None:
    labelled = {node.attributes.get("for") for node in page.css("label[for]")}
    for control in page.css("input, select, textarea"):
        if (control.attributes.get("type") or "") in UNLABELLED:
            continue
        named = control.attributes.get("id") in labelled or "aria-label" in control.attributes
        assert named or _inside_label(control), f"{where}: no label for {control.html}"


def _inside_label(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag == "label":
            return True
        parent = parent.parent
    return False


def _forms(page: LexborHTMLParser, where: str) -> None:
    for form in page.css("form"):
        if (form.attributes.get("method") or "get").lower() == "post":
            token = form.css_first("input[name=csrf_token]")
            assert token is not None, f"{where}: a form that changes things has no CSRF token"


def _nothing_inline(page: LexborHTMLParser, html: str, where: str) -> None:
    for script in page.css("script"):
        assert "src" in script.attributes, f"{where}: inline script; move it to static/js"
    assert not page.css("style"), f"{where}: inline style sheet; move it to static/css"
    assert not page.css("[style]"), f"{where}: style attribute; use a class"
    handler = re.search(r"<[^>]+\son[a-z]+=", html)
    assert handler is None, f"{where}: inline handler {handler and handler.group()!r}"
