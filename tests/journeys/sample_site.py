"""A few pages with every kind of control a journey meets: only the drivers are tested on it."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import (
    Flask,
    Response,
    abort,
    redirect,
    render_template_string,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.serving import make_server

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title>
<style>
body { font-family: sans-serif; margin: 20px; background: #fff; color: #111 }
p { margin: 8px 0 }
.spacer { height: 900px }
.hidden { display: none }
.aside { float: right; width: 50% }
</style></head>
<body><h1>{{ title }}</h1>
{% if notice %}<p>{{ notice }}</p>{% endif %}
{{ body|safe }}
<p class="hidden">Nobody sees this sentence.</p>
</body></html>"""

SIGN_IN = """<form method="post"><input type="hidden" name="csrf" value="{{ csrf }}">
<p><label for="who">E-mail</label> <input id="who" name="who" type="email"></p>
<p><label for="secret">Password</label> <input id="secret" name="secret" type="password"></p>
<p><input type="checkbox" id="shared" name="shared" value="1">
<label for="shared">This is a shared computer</label></p>
<p><button type="submit">Sign in</button></p></form>"""

CLAIM = """<p><a href="{{ url_for('listing') }}">All claims</a></p>
<form method="post" enctype="multipart/form-data">
<input type="hidden" name="csrf" value="{{ csrf }}">
<p><label for="day">Date</label> <input id="day" name="day" type="date" value="2026-01-01"></p>
<p><label for="kind">Category</label> <select id="kind" name="kind">
<option value="">Choose one</option><option value="taxi">Taxi</option>
<option value="hotel">Hotel 住宿</option><option value="meal">Meal</option></select></p>
<p><label for="purpose">Purpose</label> <input id="purpose" name="purpose" value="old text"></p>
<div class="aside"><p>Beside the rest:</p><p><label for="remark">Remark</label>
<textarea id="remark" name="remark" rows="3" cols="30"></textarea></p></div>
<p>Amount <input id="amount-0" name="lines-0-amount" value="1"></p>
<div class="spacer"></div>
<p><label for="receipt">Receipt</label> <input id="receipt" name="receipt" type="file"></p>
<p><button type="submit" name="do" value="add" formnovalidate>Add a line</button>
<button type="submit" name="do" value="save">Save draft</button>
<button type="submit" name="do" value="send">Submit</button></p></form>"""

CLAIMS = """<p><a href="{{ url_for('claim') }}">New claim</a></p>
<table><tr><th>Number</th><th>Entry</th></tr>
{% for entry in entries %}<tr><td>{{ loop.index }}</td><td>
{% for part in entry %}<p>{{ part }}</p>{% endfor %}</td></tr>{% endfor %}</table>"""


def refuse_forged_posts() -> None:
    """Answer 400 to a form that lacks the token of its session."""
    if request.method == "POST" and request.form.get("csrf") != session.get("csrf"):
        abort(400)


def forbid_inline_scripts(response: Response) -> Response:
    """As the portal does: a driver must not depend on running scripts of its own in the page."""
    response.headers["Content-Security-Policy"] = "script-src 'self'"
    return response


def what_was_sent() -> list[str]:
    """The claim form of this request, a sentence for each field."""
    form, receipt = request.form, request.files["receipt"]
    return [
        f"Action: {form['do']}.",
        f"Day: {form['day']}.",
        f"Kind: {form['kind']}.",
        f"Purpose: {form['purpose']}.",
        f"Remark: {form['remark']}.",
        f"Amount: {form['lines-0-amount']}.",
        f"Receipt: {receipt.filename}.",
        f"Content: {receipt.read().decode(errors='replace')}.",
    ]


def make_site() -> Flask:
    """A Flask application that keeps what was sent to it until the process ends."""
    app = Flask(__name__)
    app.secret_key = secrets.token_hex()
    entries: list[list[str]] = []

    def page(title: str, body: str, **values: Any) -> str:
        csrf = session.setdefault("csrf", secrets.token_hex(8))
        inner = render_template_string(body, csrf=csrf, **values)
        notice = session.pop("notice", None)
        return render_template_string(PAGE, title=title, body=inner, notice=notice)

    app.before_request(refuse_forged_posts)
    app.after_request(forbid_inline_scripts)

    @app.route("/sign-in", methods=["GET", "POST"])
    def sign_in() -> ResponseReturnValue:
        if request.method == "POST" and request.form["secret"] != "a long secret":
            session["notice"] = "E-mail or password is wrong."
            return redirect(url_for("sign_in"), 303)
        if request.method == "POST":
            session["who"] = request.form["who"]
            session["notice"] = "Shared computer." if "shared" in request.form else "Own computer."
            return redirect(url_for("listing"), 303)
        return page("Sign in", SIGN_IN)

    @app.route("/")
    def listing() -> ResponseReturnValue:
        if "who" not in session:
            return redirect(url_for("sign_in"), 303)
        return page(f"Claims of {session['who']}", CLAIMS, entries=entries)

    @app.route("/new", methods=["GET", "POST"])
    def claim() -> ResponseReturnValue:
        if request.method == "POST":
            entries.append(what_was_sent())
            return redirect(url_for("listing"), 303)
        return page("New claim", CLAIM)

    return app


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve `app` on a free port of this machine; yields its base address, without a slash."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
