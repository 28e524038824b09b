"""The floor: a bare Flask application whose Jinja template makes the same bytes.

Every run of text between two tags of the portal's page is a value that Jinja escapes and puts
in its place, in a loop; there is no sign-in, no database, no translation, no compression.
``gunicorn benchmarks.floor:app`` serves it; ``BENCH_PAGES`` is a folder of pages as captured.
"""

import os
import re
from html import unescape
from pathlib import Path

from flask import Flask, render_template
from jinja2 import DictLoader
from markupsafe import Markup, escape

TAG = re.compile(r"(<[^>]*>)")
PAGE = """{% for tag, text in pieces %}{{ tag }}{{ text }}{% endfor %}"""


def pieces(page: str) -> list[tuple[Markup, str]]:
    """The page as tags, each with the text after it: as a value when it escapes to the same."""
    parts = TAG.split(page)
    cut = [(Markup(""), parts[0])]
    for tag, text in zip(parts[1::2], parts[2::2], strict=True):
        plain = unescape(text)
        cut.append((Markup(tag), plain if str(escape(plain)) == text else Markup(text)))
    return cut


app = Flask(__name__)
app.jinja_loader = DictLoader({"page.html": PAGE})
captured = {
    path.stem: pieces(path.read_text(encoding="utf-8"))
    for path in Path(os.environ.get("BENCH_PAGES", "/nonexistent")).glob("*.html")
}


@app.get("/page/<name>")
def page(name: str) -> str:
    """The page as the portal made it."""
    return render_template("page.html", pieces=captured[name])


@app.post("/page/<name>")
def page_after_form(name: str) -> str:
    """The same in answer to a form."""
    return page(name)


@app.get("/hello")
def hello() -> str:
    """As little as an application can say."""
    return "Hello"


@app.get("/healthz")
def healthz() -> str:
    """For whoever waits for the start."""
    return "ok"
