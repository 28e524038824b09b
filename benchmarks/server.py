"""Serving as in production: gunicorn, two processes of four threads, loaded before the fork."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 60.0


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    pid: int

    @property
    def children(self) -> list[int]:
        """The processes below the one that was started."""
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]

    def processor_seconds(self) -> float:
        """Processor time of all its processes so far, so that idle neighbours do not count."""
        return sum(_processor_seconds(pid) for pid in [self.pid, *self.children])


def _processor_seconds(pid: int) -> float:
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def gunicorn(target: str, environment: Mapping[str, str]) -> Iterator[Server]:
    """``target`` served by gunicorn until the context ends."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", target, "--bind", f"127.0.0.1:{port}",
        "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload",
        "--keep-alive", "10", "--backlog", "512", "--no-control-socket", "--log-level", "error",
    ]  # fmt: skip
    with started(command, environment, port) as server:
        yield server


@contextmanager
def started(
    command: list[str], environment: Mapping[str, str], port: int, *, quiet: bool = False
) -> Iterator[Server]:
    """A command that serves on ``port``, in a group of processes that ends with the context."""
    said = subprocess.DEVNULL if quiet else None
    process = subprocess.Popen(command, env=dict(environment), start_new_session=True, stdout=said)
    try:
        _wait_for(port, process)
        yield Server(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode} before it answered")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
                probe.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                if probe.recv(1):
                    return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"the server did not answer within {PATIENCE:.0f} s")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pss_megabytes(pid: int) -> float:
    """A process's share of memory: what it shares with others counts in part."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"no Pss of process {pid}")
