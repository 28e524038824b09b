"""Exchange rates from an address that the company chose, once a day. What it answers is hostile.

The answer is CSV (``currency,rate`` with a heading) or JSON, either ``{"USD": "7.1234"}`` or a
list of ``{"currency": …, "rate": …}``: what one unit of each is worth in the company's currency.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from time import monotonic
from typing import Any, Protocol
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from sqlalchemy.orm import Session

from portal.core.errors import Invalid
from portal.core.events import Subject, record
from portal.core.sheets import plain_cell
from portal.rates import events
from portal.rates.conversion import parse_currency, parse_rate
from portal.rates.editing import LONGEST_SOURCE, NewRate, store
from portal.rates.queries import rates_in_force

MOST_BYTES = 256 * 1024
MOST_RATES = 400
SECONDS = 10.0
WILDEST = 2
"""A rate that is this many times the last one, or less than its part, is a fault of theirs."""

Rates = list[tuple[str, Decimal]]


class FetchFailed(Exception):
    """The address did not answer with rates; the message is for the log."""


class Source(Protocol):
    """Where rates come from."""

    def fetch(self, day: date) -> Rates:
        """Currencies with their rates on ``day``. Raises ``FetchFailed``."""


class _StayHere(HTTPRedirectHandler):
    """Follows no redirect: the company chose one address and no other."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


class Address:
    """The address that the company chose; ``{day}`` in it stands for the day."""

    def __init__(self, url: str, seconds: float = SECONDS):
        self.url, self.seconds = url, seconds

    @property
    def name(self) -> str:
        """What a rate says of where it came from."""
        return (urlsplit(self.url).hostname or "")[:LONGEST_SOURCE]

    def fetch(self, day: date) -> Rates:
        """What the address answers for ``day``. Raises ``FetchFailed``."""
        url = self.url.replace("{day}", day.isoformat())
        if urlsplit(url).scheme not in ("http", "https"):
            raise FetchFailed("the address must begin with http:// or https://")
        try:
            asked = Request(url, headers={"Accept": "application/json, text/csv"})  # noqa: S310
            with build_opener(_StayHere).open(asked, timeout=self.seconds) as answer:
                data = _read(answer, monotonic() + self.seconds)
        except (OSError, ValueError) as error:
            raise FetchFailed(f"no answer: {type(error).__name__}") from None
        return parsed(data)


def _read(answer: Any, until: float) -> bytes:
    """The answer, unless it takes longer than ``until`` however steadily it drips."""
    data = b""
    while len(data) <= MOST_BYTES and (more := answer.read1(8192)):
        data += more
        if monotonic() > until:
            raise FetchFailed("the answer took too long")
    return data


def parsed(data: bytes) -> Rates:
    """The rates in an answer. Raises ``FetchFailed`` unless all of it is understood."""
    if len(data) > MOST_BYTES:
        raise FetchFailed("the answer is too large")
    try:
        text = data.decode("utf-8-sig").strip()
        pairs = list(_from_json(text) if text[:1] in ("{", "[") else _from_csv(text))
        found = [(parse_currency(code), parse_rate(rate)) for code, rate in pairs]
    except (ValueError, RecursionError, KeyError, TypeError, csv.Error, Invalid) as error:
        raise FetchFailed(f"not understood: {type(error).__name__}") from None
    if not found or len(found) > MOST_RATES or len({code for code, _rate in found}) < len(found):
        raise FetchFailed("no rates, too many, or two for one currency")
    return found


def _from_json(text: str) -> Iterable[tuple[str, str]]:
    # As texts: a float would add digits that nobody published.
    read = json.loads(text, parse_float=str, parse_int=str)
    if isinstance(read, Mapping):
        return [(str(code), _text(rate)) for code, rate in read.items()]
    return [(_text(row["currency"]), _text(row["rate"])) for row in read]


def _from_csv(text: str) -> Iterable[tuple[str, str]]:
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    return [(_text(row["currency"]), plain_cell(_text(row["rate"]))) for row in rows]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text")
    return value


def take_in(
    session: Session, found: Rates, *, source: str, base: str, day: date, at: datetime
) -> int:
    """Store the fetched rates that are new; how many. Raises ``FetchFailed`` at a wild one.

    All or nothing, and the company's own currency is left out. The caller commits.
    """
    offered = [(code, rate) for code, rate in found if code != base]
    last = rates_in_force(session, base, {(code, day) for code, _rate in offered})
    fresh = []
    for code, rate in offered:
        known = last.get((code, day))
        if known is not None and not known.rate / WILDEST <= rate <= known.rate * WILDEST:
            raise FetchFailed(f"{code} is far from its last rate")
        if known is None or (known.rate, known.on) != (rate, day):
            fresh.append(NewRate(code, day, rate, source))
    if fresh:
        rows = store(session, fresh, base=base, by=None, at=at)
        record(
            session, events.RATES_FETCHED, Subject("rate", rows[-1].id), by=None, at=at,
            rates=len(rows),
        )  # fmt: skip
    return len(fresh)
