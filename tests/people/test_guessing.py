"""Slowing guessers down: tries that were looked at together are still judged one by one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.clock import now
from portal.core.db import begin_writing, db
from portal.core.errors import NotNow
from portal.people.guessing import (
    BLOCK,
    FREE_FAILURES,
    FREE_FAILURES_OF_ADDRESS,
    judge_try,
    keys,
    note_failure,
)
from portal.people.models import Throttle

AT = now()
COUNTED = keys("person 1", "203.0.113.7")
MANY = 20


def answered(session: Session, *, right: bool, after: timedelta = timedelta()) -> bool:
    """Whether a try is answered, and not told to wait."""
    try:
        judge_try(session, COUNTED, AT + after, right=right)
    except NotNow:
        return False
    return True


def failures(session: Session) -> list[int]:
    return list(session.scalars(select(Throttle.failures).order_by(Throttle.key)))


def test_after_the_free_tries_also_the_right_password_has_to_wait(session: Session) -> None:
    wrong = [answered(session, right=False) for _try in range(FREE_FAILURES + 2)]
    assert wrong == [True] * FREE_FAILURES + [False] * 2
    assert not answered(session, right=True, after=BLOCK - timedelta(seconds=1))
    assert answered(session, right=True, after=BLOCK + timedelta(seconds=1))


def test_the_right_password_as_the_last_free_try_is_right(session: Session) -> None:
    for _try in range(FREE_FAILURES - 1):
        answered(session, right=False)
    assert answered(session, right=True)
    assert failures(session) == [FREE_FAILURES - 1], "the address counts on, the account does not"
    assert answered(session, right=False)


def test_a_right_password_never_counts_against_the_address(session: Session) -> None:
    for _try in range(FREE_FAILURES_OF_ADDRESS - 1):
        note_failure(session, {"sign-in 203.0.113.7": FREE_FAILURES_OF_ADDRESS}, AT)
    assert [answered(session, right=True) for _try in range(3)] == [True] * 3


@pytest.mark.parametrize("place", [0, 7, MANY - 1])
def test_tries_in_flight_together_are_counted_one_by_one(app: Flask, place: int) -> None:
    barrier = Barrier(MANY)

    def trying(right: bool) -> Callable[[], bool]:
        def one() -> bool:
            with app.app_context():
                session = db.session()
                barrier.wait(30)
                begin_writing(session)
                told = answered(session, right=right)
                session.commit() if told else session.rollback()
                return told

        return one

    with ThreadPoolExecutor(MANY) as pool:
        done = [pool.submit(trying(number == place)) for number in range(MANY)]
        told = [each.result() for each in done]
    wrong = sum(told) - told[place]
    # A right one forgets the failures before it: five more are free then.
    assert wrong == FREE_FAILURES or (told[place] and wrong <= 2 * FREE_FAILURES - 1)
