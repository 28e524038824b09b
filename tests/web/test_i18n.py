"""Sentences, sums, days and moments in the reader's language."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask, g

from portal.core.words import Amount, Named, words
from portal.web.i18n import day, moment, money, named, say, short_moment, took


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest, app: Flask) -> Iterator[str]:
    with app.test_request_context():
        g.language = request.param
        yield request.param


def test_a_sentence_is_said_in_the_readers_language(language: str) -> None:
    said = say(words("Above %(limit)s a receipt is needed.", limit=Amount(100_00)))
    assert said == {
        "en": "Above ¥100.00 a receipt is needed.", "zh": said,
    }[language]  # fmt: skip
    assert "¥100.00" in said
    assert ("receipt" in said) == (language == "en")


def test_values_that_look_like_places_stay_as_they_are(language: str) -> None:
    said = say(words("“%(name)s” is on this claim already.", name="100% %(evil)s.pdf"))
    assert "100% %(evil)s.pdf" in said


def test_a_sentence_without_values_may_hold_a_percent_sign(language: str) -> None:
    assert say(words("50% of this")) == "50% of this"


def test_a_name_is_chosen_by_language(language: str) -> None:
    assert named(Named("差旅费", "Travel")) == {"zh": "差旅费", "en": "Travel"}[language]


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [(123_456_78, "CNY", "¥123,456.78"), (5, "CNY", "¥0.05"), (-1_00, "CNY", "−¥1.00"),
     (0, "CNY", "¥0.00"), (100, "USD", "US$1.00"), (100, "CHF", "CHF 1.00"), (None, "CNY", "–")],
)  # fmt: skip
def test_sums_have_their_sign_directly_before_the_digits(
    minor: int | None, currency: str, shown: str
) -> None:
    assert money(minor, currency) == shown


def test_days_and_moments_are_those_of_the_companys_clock(language: str) -> None:
    late = datetime(2026, 3, 2, 17, 5, tzinfo=UTC)
    assert (day(date(2026, 3, 2)), day(None)) == ("2026-03-02", "–")
    assert moment(late) == "2026-03-03 01:05"
    with time_machine.travel(datetime(2026, 7, 1, tzinfo=UTC)):
        assert short_moment(late) == "03-03 01:05"
    with time_machine.travel(datetime(2027, 7, 1, tzinfo=UTC)):
        assert short_moment(late) == "2026-03-03 01:05"


@pytest.mark.parametrize(
    ("span", "shown"),
    [(timedelta(seconds=5), "1 minute"), (timedelta(minutes=50), "50 minutes"),
     (timedelta(hours=1), "1 hour"), (timedelta(hours=30), "30 hours"),
     (timedelta(days=3), "3 days"), (None, "–")],
)  # fmt: skip
def test_spans_are_told_in_the_one_unit_that_says_enough(
    app: Flask, span: timedelta | None, shown: str
) -> None:
    with app.test_request_context():
        g.language = "en"
        assert took(span) == shown
