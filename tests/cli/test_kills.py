"""Whatever is killed while people work, what was acknowledged is there afterwards."""

import os
import random
import re
import signal
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
import requests
from selectolax.lexbor import LexborHTMLParser

from tests.browser import filled
from tests.cast import PASSWORD
from tests.cli.running import Installation, children, wait_until

SECONDS = 6.0


def sign_in(site: str, name: str) -> requests.Session:
    """A browser of somebody who is signed in."""
    browser = requests.Session()
    fields = form(browser.get(f"{site}/sign-in").text, "sign-in")
    browser.post(f"{site}/sign-in", data=fields | {"name": name, "password": PASSWORD})
    return browser


def form(page: str, form_id: str) -> dict[str, str]:
    found = LexborHTMLParser(page).css_first(f"form#{form_id}")
    assert found is not None, f"there is no form #{form_id} on the page"
    return {name: str(value) for name, value in filled(found).items()}


def write(site: str, name: str, acknowledged: list[int], stop: threading.Event) -> None:
    """Begin claims until told to stop; note those that the portal said it has."""
    browser = sign_in(site, name)
    fields = form(browser.get(site).text, "start-empty")
    # Without its one-time key the same form begins a new claim each time.
    fields.pop("form_key", None)
    while not stop.is_set():
        try:
            answer = browser.post(f"{site}/claims/new", fields, allow_redirects=False, timeout=10)
        except requests.RequestException:
            continue  # killed before it answered: nothing was promised
        begun = re.search(r"/claims/(\d+)/", answer.headers.get("Location", ""))
        if answer.status_code == 303 and begun:
            acknowledged.append(int(begun[1]))
        else:
            # Busy is an honest answer while processes die; losing the sign-in is none.
            assert answer.status_code in (503,), (answer.status_code, answer.headers)


def test_random_kills_lose_nothing_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = Installation(tmp_path / "instance")
    company.found_company()
    acknowledged: list[int] = []
    surprises: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: surprises.append(args.exc_value))
    stop = threading.Event()
    dice = random.Random(7)
    with company.running() as process:
        site = f"http://127.0.0.1:{company.port}"
        writers = [
            threading.Thread(target=write, args=(site, name, acknowledged, stop))
            for name in ("alice", "dan", "erin")
        ]
        for writer in writers:
            writer.start()
        wait_until(lambda: len(acknowledged) > 10)
        kills, until = 0, time.monotonic() + SECONDS
        while time.monotonic() < until:
            time.sleep(dice.uniform(0.3, 0.9))
            victims = children(process.pid)
            if victims:
                os.kill(dice.choice(victims), signal.SIGKILL)
                kills += 1
        # The last kill takes all of them at once, as a power cut would.
        for pid in [process.pid, *children(process.pid)]:
            os.kill(pid, signal.SIGKILL)
        stop.set()
        for writer in writers:
            writer.join()
    assert surprises == []
    assert kills >= 5
    with closing(sqlite3.connect(company.instance / "portal.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept = {row[0] for row in database.execute("SELECT id FROM claims")}
        told = {row[0] for row in database.execute(
            "SELECT subject_id FROM events WHERE kind = 'claim_created'"
        )}  # fmt: skip
    assert set(acknowledged) <= kept, "a claim that was acknowledged is gone"
    assert kept == told, "a claim without its event, or an event without its claim"
    assert company.call("audit-verify").returncode == 0
