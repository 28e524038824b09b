"""Slow clients on a served portal: they are told so, and everybody else is answered."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portal.web.slow import BRIEF, PATIENCE
from tests.cli.running import Installation

MANY = 20
"""Against the two processes of four threads each that a portal starts with."""
HEAD = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n"
BODY = HEAD + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(Path(tmp_path_factory.mktemp("slow")) / "instance")
    installation.found_company()
    with installation.running():
        yield installation


def drip(port: int, first: bytes, *, pause: float = 0.2) -> bytes:
    """Send ``first``, then a byte at a time for as long as anybody reads; what is answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=pause) as client:
        client.sendall(first)
        begun, answer = time.monotonic(), b""
        while time.monotonic() - begun < PATIENCE + 10:
            try:
                answer = client.recv(65536)
                break
            except TimeoutError:
                client.sendall(b"a")
            except OSError:
                break
        return answer


@pytest.mark.parametrize("first", [HEAD, BODY % 1000], ids=["headers", "body"])
def test_slow_clients_are_told_so_and_hold_up_nobody(served: Installation, first: bytes) -> None:
    with ThreadPoolExecutor(MANY) as pool:
        slow = [pool.submit(drip, served.port, first) for _client in range(MANY)]
        time.sleep(0.1)
        waits = []
        for _visit in range(20):
            begun = time.monotonic()
            assert served.get("/healthz")[0] == 200
            waits.append(time.monotonic() - begun)
            time.sleep(0.1)
        answers = [each.result() for each in slow]
    # All may have come to one process, of whose threads two have no places.
    assert max(waits) < MANY / 2 * BRIEF + 1, f"others waited {max(waits):.1f} s"
    assert {answer.split()[1] for answer in answers if answer} == {b"408"}
    assert sum(1 for answer in answers if answer) >= MANY // 2


def test_connections_that_say_nothing_hold_no_thread(served: Installation) -> None:
    silent = [socket.create_connection(("127.0.0.1", served.port)) for _client in range(MANY)]
    begun = time.monotonic()
    assert served.get("/healthz")[0] == 200
    assert time.monotonic() - begun < 1
    for client in silent:
        client.close()


def test_whoever_sends_slowly_but_steadily_is_waited_for(served: Installation) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as client:
        client.sendall(BODY % 60_000)
        for _part in range(12):
            time.sleep(0.25)
            client.sendall(b"a" * 5_000)
        assert client.recv(100).split()[1] == b"303", "the form is not answered"
