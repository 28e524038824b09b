"""``portal run``: one command that serves and works, and ends when it is told to."""

import hashlib
import os
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.running import Installation, children, wait_until


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    installation = Installation(tmp_path_factory.mktemp("cli") / "instance")
    installation.found_company()
    return installation


def test_a_second_start_is_quick_and_changes_no_data(company: Installation) -> None:
    with company.running():
        assert company.get("/readyz")[0] == 200
        # The first start queues the duties of this hour; they are done before we compare.
        wait_until(lambda: _backlog_is_empty(company), seconds=30)
    before = _content(company)
    begun = time.monotonic()
    with company.running():
        took = time.monotonic() - begun
        time.sleep(1.5)
    assert _content(company) == before
    assert took < 5, f"the second start took {took:.1f} s"


def test_it_says_where_it_is_and_ends_with_all_its_processes(company: Installation) -> None:
    with company.running() as process:
        wait_until(lambda: len(children(process.pid)) == 3)
        family = children(process.pid)
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        assert process.wait(20) == 0
        assert time.monotonic() - begun < 10
        assert process.stdout is not None
        said = process.stdout.read()
    assert "The portal is ready: http://127.0.0.1" in said
    assert not any(Path(f"/proc/{pid}").exists() for pid in family)


def test_a_dead_worker_is_started_again(company: Installation) -> None:
    with company.running() as process:
        wait_until(lambda: len(children(process.pid)) == 3)
        before = set(children(process.pid))
        worker = max(before)
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: len(set(children(process.pid)) - {worker}) == 3)
        assert company.get("/readyz")[0] == 200


def test_nothing_lives_on_when_the_server_is_killed(company: Installation) -> None:
    with company.running() as process:
        wait_until(lambda: len(children(process.pid)) == 3)
        family = children(process.pid)
        process.kill()
        wait_until(lambda: not any(_lives(pid) for pid in family))


def test_a_taken_port_is_one_clear_sentence(company: Installation) -> None:
    with company.running():
        second = company.call("run")
    assert second.returncode == 1
    assert f"cannot listen on 127.0.0.1:{company.port}" in second.stderr
    assert "Traceback" not in second.stderr


def test_nobody_restores_over_a_running_portal(company: Installation, tmp_path: Path) -> None:
    backup = tmp_path / "portal.zip"
    with company.running():
        assert company.call("backup", str(backup)).returncode == 0
        refused = company.call("restore", str(backup))
    assert refused.returncode == 1
    assert "running here" in refused.stderr
    restored = company.call("restore", str(backup))
    assert restored.returncode == 0, restored.stderr


def _content(company: Installation) -> str:
    with closing(sqlite3.connect(company.instance / "portal.db")) as database:
        return hashlib.sha256("".join(database.iterdump()).encode()).hexdigest()


def _backlog_is_empty(company: Installation) -> bool:
    return "0 jobs wait" in company.call("doctor").stdout


def _lives(pid: int) -> bool:
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False
