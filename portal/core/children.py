"""Warm child processes that do dangerous work: fed through a pipe, bounded, and killed when late.

A process of the portal keeps at most one child of each kind, started when first needed and gone
after some idle minutes. It runs ``portal/core/child.py`` with the name of a module, and is told
no setting and no secret of the portal.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock, Timer
from time import monotonic
from typing import Any

from portal.core import child as child_side
from portal.core.child import CANNOT_START, Header, read_message, write_message

LONGEST_START = 30.0
"""Seconds that the imports of a child may take; they are not charged to the first question."""


@dataclass(frozen=True)
class Cost:
    """What one question may take, and how long a child is kept.

    A child that gets on has at least ``earned_seconds`` from then, up to ``most_seconds`` together.
    """

    seconds: float
    most_seconds: float
    memory_bytes: int
    earned_seconds: float = 0.0
    wait_seconds: float = 20.0
    idle_seconds: float = 180.0
    questions: int = 200


class Failed(Exception):
    """No answer came. ``why`` is busy, late, missing or broken; ``str`` is for the log."""

    def __init__(self, why: str, reason: str):
        super().__init__(reason)
        self.why = why


class Child:
    """The one child of its kind in this process, and the lock that makes threads take turns."""

    def __init__(
        self, module: str, *, nice: int = 0, writes: bool = False, passed_on: tuple[str, ...] = ()
    ):
        self._module, self._rights = module, (str(nice), "writes" if writes else "reads")
        self._passed_on = ("PATH", "HOME", "LANG", *passed_on)
        self.forget()
        os.register_at_fork(after_in_child=self.forget)

    def forget(self) -> None:
        """Start anew without touching the child, which after a fork is another process's."""
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._ready, self._questions = False, 0

    def ask(self, question: Mapping[str, Any], body: bytes, cost: Cost) -> tuple[Header, bytes]:
        """The child's answer. Raises ``Failed``; the next question gets a fresh child then."""
        if not self._lock.acquire(timeout=cost.wait_seconds):
            raise Failed("busy", "other questions are being answered")
        try:
            if self._questions >= cost.questions:
                self._stop()
            header, result = self._exchange({**question, **_bounds(cost)}, body, cost)
            if "failed" in header:
                self._stop()
                raise Failed("broken", header["failed"])
            return header, result
        finally:
            self._lock.release()

    def start(self) -> None:
        """Have the child running before anybody waits for it. Raises ``Failed``."""
        with self._lock:
            self._running()

    def _exchange(self, question: Header, body: bytes, cost: Cost) -> tuple[Header, bytes]:
        """Ask a child, and once more a fresh one if the first had just gone idle."""
        for _ in range(2):
            child = self._running()
            self._questions += 1
            alarm = _Alarm(child, cost)
            try:
                assert child.stdin is not None
                assert child.stdout is not None
                write_message(child.stdin, question, body)
                while True:
                    header, result = read_message(child.stdout)
                    if not header.get("more"):
                        return header, result
                    alarm.extend()
            except (EOFError, BrokenPipeError):
                code = self._stop()
            except BaseException:
                child.kill()  # its answer would be taken for that of the next question
                self._stop()
                raise
            finally:
                alarm.stop()
            if alarm.rang:
                self._spawn()  # the next one who asks need not wait for all of its start
                raise Failed("late", "timed out")
            if code:
                raise Failed("broken", f"the child ended with {code}")
        raise Failed("broken", "two children in a row ended at once")

    def _running(self) -> "subprocess.Popen[bytes]":
        """The child, ready for a question. Raises ``Failed``."""
        if self._child is None or self._child.poll() is not None:
            self._stop()
            self._spawn()
        child = self._child
        assert child is not None
        if self._ready:
            return child
        alarm = Timer(LONGEST_START, child.kill)
        alarm.start()
        try:
            assert child.stdout is not None
            read_message(child.stdout)
        except EOFError:
            why = "missing" if self._stop() == CANNOT_START else "broken"
            raise Failed(why, f"{self._module} does not start") from None
        finally:
            alarm.cancel()
        self._ready = True
        return child

    def _spawn(self) -> None:
        self._child, self._ready = (
            subprocess.Popen(
                [sys.executable, "-I", child_side.__file__, self._module, *self._rights],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env={name: os.environ[name] for name in self._passed_on if name in os.environ},
            ),
            False,
        )

    def _stop(self) -> int:
        """End the child, if there is one; its exit code, 0 when it ended as it should."""
        child, self._child, self._ready, self._questions = self._child, None, False, 0
        if child is None:
            return 0
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.close()
        child.stdout.close()
        return child.wait()


class _Alarm:
    """Kills the child when its time is over, which may be put off while it gets on."""

    def __init__(self, child: "subprocess.Popen[bytes]", cost: Cost):
        self._child, self._cost, self.rang = child, cost, False
        self._last = monotonic() + cost.most_seconds
        self._until = monotonic() + cost.seconds
        self._set()

    def extend(self) -> None:
        self.stop()
        self._until = min(self._last, max(self._until, monotonic() + self._cost.earned_seconds))
        self._set()

    def stop(self) -> None:
        self._timer.cancel()

    def _set(self) -> None:
        self._timer = Timer(max(self._until - monotonic(), 0), self._ring)
        self._timer.daemon = True
        self._timer.start()

    def _ring(self) -> None:
        self.rang = True
        self._child.kill()


def _bounds(cost: Cost) -> dict[str, float]:
    return {
        "memory_bytes": cost.memory_bytes,
        "cpu_seconds": cost.most_seconds,
        "idle_seconds": cost.idle_seconds,
    }
