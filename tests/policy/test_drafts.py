"""Writing the next version of the rules, below the pages."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.core.clock import now
from portal.core.db import begin_writing, db
from portal.core.errors import NotNow, Refusal, Stale
from portal.policy import drafts, queries, versions
from portal.policy.models import PolicyDraft, PolicyVersion
from tests.claims.stories import person

TODAY = date(2026, 3, 20)


def begun(session: Session, **parts: Any) -> PolicyDraft:
    carol = person(session, "carol").id
    draft = drafts.start(session, by=carol, at=now())
    session.flush()
    if parts:
        drafts.save(session, draft, parts, shown=1, by=carol, at=now())
    return draft


def publish(session: Session, draft: PolicyDraft, day: date = TODAY) -> PolicyVersion:
    return drafts.publish(
        session, draft, valid_from=day, note="Why", two_people=False, articles=(),
        shown=draft.version, by=person(session, "carol").id, at=now(), today=TODAY,
    )  # fmt: skip


def test_each_day_has_the_rules_that_began_last(session: Session) -> None:
    publish(session, begun(session, oldest_days=60))
    publish(session, begun(session, oldest_days=30), TODAY + timedelta(days=10))
    days = {
        offset: queries.current_policy(session, TODAY + timedelta(days=offset)).oldest_days
        for offset in (-1, 0, 9, 10)
    }
    assert days == {-1: 90, 0: 60, 9: 60, 10: 30}


def test_a_claim_keeps_the_version_it_was_judged_by(session: Session) -> None:
    first = queries.current_policy(session, TODAY)
    publish(session, begun(session, oldest_days=60))
    assert queries.policy_of(session, first.version).oldest_days == 90


def test_a_published_version_never_changes(session: Session) -> None:
    new = publish(session, begun(session, oldest_days=60))
    draft = begun(session, oldest_days=30)
    assert session.get_one(PolicyVersion, new.id).rules["oldest_days"] == 60
    assert draft.based_on == new.id


def test_what_was_published_or_discarded_is_not_changed_any_more(session: Session) -> None:
    draft = begun(session, oldest_days=60)
    publish(session, draft)
    for act in (
        lambda: drafts.save(session, draft, {}, shown=draft.version, by=1, at=now()),
        lambda: drafts.discard(session, draft, shown=draft.version, by=1, at=now()),
        lambda: publish(session, draft),
    ):
        with pytest.raises(Refusal):
            act()


def test_a_draft_with_a_fault_is_not_published(session: Session) -> None:
    draft = begun(session, receipt_above="lots")
    with pytest.raises(NotNow):
        publish(session, draft)


def test_of_many_who_publish_at_once_one_does(app: Flask) -> None:
    with app.app_context():
        begin_writing(db.session())
        begun(db.session(), oldest_days=60)
        db.session.commit()

    def press(_number: int) -> str:
        with app.app_context():
            session = db.session()
            begin_writing(session)
            try:
                draft = drafts.open_draft(session)
                if draft is None:
                    return "late"
                publish(session, draft)
                session.commit()
            except (Stale, IntegrityError):
                session.rollback()
                return "stale"
            return "published"

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(press, range(16)))
    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(PolicyVersion))
    assert (results.count("published"), count) == (1, 2)


def test_the_database_itself_allows_one_open_draft(session: Session) -> None:
    draft = begun(session)
    session.add(
        PolicyDraft(
            based_on=draft.based_on, author_id=draft.author_id, rules={}, note="",
            created_at=now(), updated_at=now(),
        )
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        session.flush()


def test_the_history_knows_when_a_version_ends(session: Session) -> None:
    later = TODAY + timedelta(days=10)
    publish(session, begun(session, oldest_days=60), later)
    past = versions.history(session)
    assert [versions.in_force_until(past, one.id) for one in past] == [None, later]
