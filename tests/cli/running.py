"""The command ``portal`` as an administrator runs it, in a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from unittest.mock import patch
from urllib.error import URLError
from urllib.request import Request, urlopen

from portal import create_app
from portal.cli import main
from portal.core.db import begin_writing, db
from portal.settings import Settings
from portal.web import schema
from tests.cast import found_company
from tests.postbox import free_port

COMMAND = [sys.executable, "-c", "from portal.cli import main; main()"]
SECRET = "only for tests, and long enough for them"


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


@dataclass
class Installation:
    """An instance folder, and the environment that ``portal`` is called with there."""

    instance: Path
    port: int = field(default_factory=free_port)
    mode: str = "test"
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if "PORTAL_" not in name}
        return ours | {
            "PORTAL_MODE": self.mode,
            "PORTAL_SECRET_KEY": SECRET,
            "PORTAL_INSTANCE_DIR": str(self.instance),
            "PORT": str(self.port),
            **self.more,
        }

    def call(self, *arguments: str) -> "Done":
        """Run one command to its end, in this process: starting one takes a second."""
        out, err = StringIO(), StringIO()
        status: object = 0
        with (
            patch.dict(os.environ, self.environment, clear=True),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            try:
                main(arguments)
            except SystemExit as end:
                status = end.code
        if isinstance(status, str):
            err.write(status)
            status = 1
        return Done(int(str(status or 0)), out.getvalue(), err.getvalue())

    def get(self, path: str) -> tuple[int, str]:
        """Ask the running portal."""
        host = {"Host": "claims.example.com"} if self.mode == "production" else {}
        with urlopen(Request(f"http://127.0.0.1:{self.port}{path}", headers=host)) as answer:
            return answer.status, answer.read().decode()

    def found_company(self) -> None:
        """A database with the fixed cast in it, as tests begin."""
        app = create_app(Settings(mode="test", secret_key=SECRET, instance_dir=str(self.instance)))
        schema.migrate(app)
        with app.app_context():
            begin_writing(db.session())
            found_company(db.session())
            db.session.commit()
            db.session.remove()
            db.engine.dispose()

    @contextmanager
    def running(self) -> Iterator["subprocess.Popen[str]"]:
        """``portal run``, ready to answer, until the block ends."""
        process = subprocess.Popen(
            [*COMMAND, "run"], env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        try:
            wait_until(lambda: self._answers(process), seconds=60)
            yield process
        finally:
            process.terminate()
            process.wait(20)
            assert process.stdout is not None
            process.stdout.close()

    def _answers(self, process: "subprocess.Popen[str]") -> bool:
        assert process.poll() is None, process.stdout and process.stdout.read()
        try:
            return self.get("/healthz")[0] == 200
        except (URLError, OSError):
            return False


def children(pid: int) -> list[int]:
    """The processes that this one began."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def wait_until(holds: Callable[[], bool], seconds: float = 15) -> None:
    """Wait for something to become true; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
