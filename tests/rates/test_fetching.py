"""Rates from an address: what it answers is taken whole or not at all."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy.orm import Session

from portal.core.clock import now
from portal.rates.fetching import MOST_BYTES, Address, FetchFailed, parsed, take_in
from portal.rates.queries import rate_on

DAY = date(2026, 11, 20)


@contextmanager
def answering(status: int, body: bytes, *, slowly: float = 0, to: str = "") -> Iterator[str]:
    """A server on this machine that always answers so; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            if to:
                self.send_header("Location", to)
            self.send_header("X-Asked", self.path)
            self.end_headers()
            for byte in body:
                try:
                    self.wfile.write(bytes([byte]))
                except OSError:
                    return
                time.sleep(slowly)

        def log_message(self, *_args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{{day}}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    "body",
    [b"currency,rate\r\nUSD,7.1234\r\nJPY,0.0482\r\n", b'{"USD": 7.1234, "JPY": "0.0482"}',
     b'[{"currency": "usd", "rate": 7.1234}, {"currency": "JPY", "rate": "0.0482"}]'],
)  # fmt: skip
def test_it_reads_csv_and_json_digit_by_digit(body: bytes) -> None:
    with answering(200, body) as url:
        found = Address(url).fetch(DAY)
    assert found == [("USD", Decimal("7.1234")), ("JPY", Decimal("0.0482"))]


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b'{"USD": 0}', b'{"USD": -7}', b'{"USD": NaN}', b'{"XXX": "1"}',
     b'{"USD": {"a": 1}}', b'{"USD": true}', b"[1, 2]", b"[" * 100_000, b"\xff\xfe", b"a,b\n1,2",
     b"currency,rate\nUSD,7\nUSD,8", b"currency,rate\nUSD", b" " * (MOST_BYTES + 1)],
)  # fmt: skip
def test_anything_else_is_refused_whole(body: bytes) -> None:
    with pytest.raises(FetchFailed):
        parsed(body)


def test_an_error_a_redirect_and_silence_are_no_rates() -> None:
    good = b'{"USD": "7.1"}'
    with answering(200, good) as other:
        with answering(500, good) as url, pytest.raises(FetchFailed):
            Address(url).fetch(DAY)
        with answering(302, b"", to=other) as url, pytest.raises(FetchFailed):
            Address(url).fetch(DAY)
    with answering(200, good * 3, slowly=0.05) as url, pytest.raises(FetchFailed):
        Address(url, seconds=0.3).fetch(DAY)
    with pytest.raises(FetchFailed):
        Address("file:///etc/hostname").fetch(DAY)


def test_what_is_new_is_stored_once_with_its_source(session: Session) -> None:
    found = [("USD", Decimal("7.1234")), ("CNY", Decimal(1))]
    for expected in (1, 0):
        count = take_in(session, found, source="rates.example", base="CNY", day=DAY, at=now())
        assert count == expected
    row = rate_on(session, "USD", "CNY", DAY)
    assert row is not None
    assert (row.rate, row.source, row.entered_by_id) == (Decimal("7.1234"), "rates.example", None)
    assert rate_on(session, "CNY", "CNY", DAY) is None


def test_a_rate_that_doubled_overnight_refuses_all(session: Session) -> None:
    take_in(session, [("USD", Decimal("7.1"))], source="x", base="CNY", day=DAY, at=now())
    later = date(2026, 11, 21)
    wild = [("EUR", Decimal("7.8")), ("USD", Decimal("71"))]
    with pytest.raises(FetchFailed, match="USD"):
        take_in(session, wild, source="x", base="CNY", day=later, at=now())
    assert rate_on(session, "EUR", "CNY", later) is None
