"""The leg of a journey on a line: from where and when, to where and when, and by what.

Times are those of the clocks on the spot, as tickets print them, and have no zone.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from portal.core.days import parse_day
from portal.core.errors import Invalid
from portal.core.words import words
from portal.policy.rules import Policy

LEFT_AT, ARRIVED_AT = "left_at", "arrived_at"
TIMES = (LEFT_AT, ARRIVED_AT)
KEYS = {
    "origin": "from",
    LEFT_AT: "left_at",
    "destination": "to",
    ARRIVED_AT: "arrived_at",
    "transport_number": "number",
}
"""The fields of a leg as forms and findings name them, and where ``Line.leg`` keeps them."""

BY_TICKET = frozenset({"rail", "flight"})
WITHIN_A_CITY = "local_transport"

CLOCK = re.compile(
    r"(?:(?P<day>.+?)(?:[\sT]+|(?<=日)))?(?P<hour>\d{1,2})[:点时](?P<minute>\d{2})分?"
)


def has_leg(category: str, policy: Policy) -> bool:
    """Whether lines of the category are journeys from one place to another.

    Trains and flights are, and what else a company has under travel (a ship, a coach), unless
    it is spent in one city or worked out by days or kilometres.
    """
    kinds = {*policy.above(category)}
    if not kinds.isdisjoint(BY_TICKET):
        return True
    found = policy.categories.get(category)
    if found is None or "travel" not in kinds or WITHIN_A_CITY in kinds:
        return False
    return not (found.needs_city or found.computed)


def parse_moment(text: str, day: date | None) -> str:
    """A day with or without a time, as ``2026-03-31 08:05`` or ``2026-03-31``.

    A time alone is one of ``day``. Raises ``Invalid`` with words that say what to type.
    """
    found = _clock(text)
    try:
        if found is None:
            return parse_day(text).isoformat()
        clock = time(int(found["hour"]), int(found["minute"]))
        if found["day"]:
            day = parse_day(found["day"])
    except (Invalid, ValueError):
        raise Invalid(
            words("“%(typed)s” is not a time. Type it like 2026-03-31 08:05.", typed=text[:30])
        ) from None
    if day is None:
        raise Invalid(words("Type the day with the time, like 2026-03-31 08:05."))
    return datetime.combine(day, clock).isoformat(" ", "minutes")


def parse_time(name: str, text: str, leg: Mapping[str, Any], spent_on: date | None) -> str:
    """The text of a leg's time as it is kept; ``leg`` is what is known of the rest.

    A time alone is one of the line's day, an arrival one of the day of departure. What would be
    before the departure is not put on the next day by itself: ``Invalid`` asks for the day.
    """
    left = str(leg.get(LEFT_AT) or "") if name == ARRIVED_AT else ""
    moment = parse_moment(text, date.fromisoformat(left[:10]) if left else spent_on)
    found = _clock(text)
    if found and not found["day"] and moment < left:
        raise Invalid(words("This is before the departure. Type the day, too."))
    return moment


def _clock(text: str) -> re.Match[str] | None:
    """The day, hour and minute of a text that ends in a time; the day may be missing."""
    return CLOCK.fullmatch(unicodedata.normalize("NFKC", text).strip())


def moment_text(stored: object) -> str:
    """A stored moment as ``2026-03-31 09:05``; text that is none stays as it is."""
    text = str(stored or "").strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.isoformat(" ", "minutes")[:16] if len(text) > 10 else text


def leg_texts(stored: Mapping[str, Any] | None) -> dict[str, Any]:
    """The fields of a stored leg as a person types them; empty where nothing is known."""
    return {
        name: moment_text(value) if name in TIMES else str(value)
        for name, key in KEYS.items()
        for value in [(stored or {}).get(key) or ""]
    }


def repeated(stored: Mapping[str, Any] | None) -> dict[str, Any]:
    """What of a leg is worth repeating on another day: all but its times."""
    return {key: value for key, value in (stored or {}).items() if key not in TIMES}
