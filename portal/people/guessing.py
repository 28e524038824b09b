"""Slowing down those who guess passwords, without locking anybody out for long."""

from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from portal.core.db import dialect_of, upsert
from portal.core.errors import NotNow
from portal.core.words import words
from portal.people.models import Throttle
from portal.people.sessions import digest

FREE_FAILURES = 5
FREE_FAILURES_OF_ADDRESS = 200
BLOCK = timedelta(minutes=15)
FORGET_FAILURES = timedelta(hours=1)


def keys(who: str, address: str, purpose: str = "sign-in") -> dict[str, int]:
    """What failures are counted by, and how many are free.

    ``who`` is the person's id, or the name that nobody has. An account is counted together
    with the address, so that nobody far away can lock its owner out; an address also by
    itself, against trying one password on many accounts.
    """
    account = digest(" ".join(who.split()).casefold())[:32]
    return {
        f"{purpose} {account} {address}": FREE_FAILURES,
        f"{purpose} {address}": FREE_FAILURES_OF_ADDRESS,
    }


def refuse_guessers(session: Session, counted: dict[str, int], at: datetime) -> None:
    """Raise ``NotNow`` while any of the keys is blocked."""
    until = session.scalar(
        select(func.max(Throttle.blocked_until)).where(
            Throttle.key.in_(counted), Throttle.blocked_until > at
        )
    )
    if until is not None:
        raise _too_many(until - at)


def _too_many(wait: timedelta) -> NotNow:
    minutes = max(1, round(wait.total_seconds() / 60))
    return NotNow(
        words("Too many wrong tries. Wait %(minutes)s min, then try again.", minutes=minutes)
    )


def judge_try(session: Session, counted: dict[str, int], at: datetime, *, right: bool) -> None:
    """Count a try whose password was looked at before this transaction began.

    Of tries that are looked at all at once none is counted yet. So every one is first counted
    as a failure, which locks the counters until its transaction ends and so puts them in a
    line, and only then is known whether the free ones were used up before it. Those that come
    too late are refused whatever their password: answering them would make guessing in
    parallel free. A right one in time is taken back: its account counts anew, and its address
    as if nothing had been.

    Raises ``NotNow``; the caller then rolls back, so that waiting is never prolonged.
    """
    account, *others = counted
    late = note_failure(session, {account: counted[account]}, at)
    # Going back to here unlocks the address only: the account stays locked until it is forgotten.
    address = session.begin_nested()
    late = note_failure(session, {key: counted[key] for key in others}, at) or late
    if late:
        raise _too_many(BLOCK)
    if right:
        address.rollback()
        forget_failures(session, counted)


def note_failure(session: Session, counted: dict[str, int], at: datetime) -> bool:
    """Count a wrong try; past the free ones comes a block of 15 minutes, then it starts anew.

    Whether the free ones were used up before, by tries that were in flight together.
    """
    late = False
    over = or_(Throttle.blocked_until <= at, Throttle.since < at - FORGET_FAILURES)
    for key, free in counted.items():
        failures = session.execute(
            upsert(dialect_of(session), Throttle)
            .values(key=key, failures=1, since=at)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={
                    "failures": case((over, 1), else_=Throttle.failures + 1),
                    "since": at,
                    "blocked_until": case((over, None), else_=Throttle.blocked_until),
                },
            )
            .returning(Throttle.failures)
        ).scalar_one()
        if failures == free:
            session.execute(
                update(Throttle).where(Throttle.key == key).values(blocked_until=at + BLOCK)
            )
        late = late or failures > free
    return late


def forget_failures(session: Session, counted: dict[str, int]) -> None:
    """Start counting the account anew after the right password; the address counts on."""
    account = next(iter(counted))
    session.execute(delete(Throttle).where(Throttle.key == account))
