"""Forms as bytes, sent at the same moment on connections of their own."""

import socket
import time
from collections import Counter
from collections.abc import Sequence
from threading import Barrier, Thread
from urllib.parse import urlencode

from benchmarks.databases import HOST
from benchmarks.visitor import Answer, Visitor


def form_of(page: Answer) -> dict[str, str]:
    """What a page's form carries for the portal itself."""
    names = ["csrf_token", "form_key"] + ["version"] * (b'name="version"' in page.body)
    return {name: page.field(name) for name in names}


def post(visitor: Visitor, path: str, fields: dict[str, str]) -> bytes:
    """A form as the bytes that go over the wire."""
    body = urlencode(fields)
    return (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {visitor.cookie}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def send_all(
    port: int, piles: Sequence[Sequence[bytes]]
) -> tuple[Counter[int], list[float], float, float]:
    """Send each pile on its own connection; statuses, milliseconds, seconds, client's seconds."""
    start = Barrier(len(piles) + 1)
    answers: Counter[int] = Counter()
    times: list[float] = []

    def work(pile: Sequence[bytes]) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            start.wait()
            for request in pile:
                began = time.monotonic()
                connection.sendall(request)
                status = _status(connection)
                times.append((time.monotonic() - began) * 1000)
                answers[status] += 1

    threads = [Thread(target=work, args=(pile,)) for pile in piles]
    for thread in threads:
        thread.start()
    start.wait()
    began, spent = time.monotonic(), time.process_time()
    for thread in threads:
        thread.join()
    return answers, times, time.monotonic() - began, time.process_time() - spent


def _status(connection: socket.socket) -> int:
    """The status of the next answer, which is read to its end."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(lengths[0].split(b":")[1]) - len(body) if lengths else 0
    while missing > 0:
        missing -= len(_more(connection))
    return int(head.split(b" ", 2)[1])


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the server hung up in the middle of an answer")
    return data
