"""Filling a draft: saving never refuses, and nothing typed is lost."""

from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.claims import drafting, queries, templates
from portal.claims.drafting import Editor, TypedLine, misread
from portal.claims.models import Claim
from portal.core.clock import now
from portal.core.db import begin_writing, db
from portal.core.errors import Invalid, Missing, NotNow, Stale
from portal.core.text import typed as plain
from tests.claims.stories import draft, happened, person, sent, writing


def typed(claim: Claim, **fields: str) -> None:
    line = replace(TypedLine(claim.lines[0].id), **fields)
    session = Session.object_session(claim)
    assert session is not None
    drafting.save(session, claim, claim.purpose, [line], shown=claim.version, at=now())


@pytest.mark.parametrize(
    ("text", "fen"),
    [("1,000.00", 1_000_00), ("１２．５", 12_50), ("¥ 3", 3_00), (" 7.07 ", 7_07), (".5", 50)],
)
def test_amounts_are_understood_as_people_type_them(session: Session, text: str, fen: int) -> None:
    claim = draft(session)
    typed(claim, amount=text)
    assert (claim.lines[0].amount, claim.total, misread(claim.lines[0])) == (fen, fen, {})


@pytest.mark.parametrize("text", ["NaN", "1e400", "-1", "1.234", "Infinity", "12元5", "0", "١٢"])
def test_what_is_no_amount_is_kept_as_typed_and_explained(session: Session, text: str) -> None:
    claim = draft(session)
    typed(claim, amount=text)
    line = claim.lines[0]
    assert (line.amount, line.typed["amount"], claim.total) == (None, text, 0)
    assert str(misread(line)["amount"])


@pytest.mark.parametrize("field", ["spent_on", "nights"])
def test_other_text_that_is_not_understood_is_kept_too(session: Session, field: str) -> None:
    claim = draft(session)
    typed(claim, **{field: "the day before"})
    assert claim.lines[0].typed[field] == "the day before"
    assert field in misread(claim.lines[0])


def test_what_was_kept_goes_when_it_is_corrected(session: Session) -> None:
    claim = draft(session)
    typed(claim, amount="twelve")
    typed(claim, amount="12")
    assert (claim.lines[0].typed, claim.lines[0].amount) == ({}, 12_00)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_saving_never_refuses_and_never_loses(
    session: Session, amount: str, spent_on: str, purpose: str
) -> None:
    claim = draft(session, receipts=False)
    typed(claim, amount=amount, spent_on=spent_on, purpose=purpose)
    line = claim.lines[0]
    assert line.purpose == plain(purpose).strip()
    for name, text in (("amount", amount), ("spent_on", spent_on)):
        stored = getattr(line, name)
        assert stored is not None or line.typed.get(name, "") == plain(text).strip()


def test_a_page_that_is_behind_changes_nothing(session: Session) -> None:
    claim = draft(session)
    old = claim.version
    typed(claim, purpose="Train")
    with pytest.raises(Stale):
        drafting.save(session, claim, "Lost", [], shown=old, at=now())
    assert (claim.purpose, claim.lines[0].purpose) == ("Customer visit", "Train")


def test_a_page_never_conflicts_with_itself(session: Session) -> None:
    claim = draft(session)
    old = claim.version
    for purpose in ("V", "Vi", "Visit"):
        here = Editor("this page", by_itself=purpose != "Visit")
        drafting.save(session, claim, purpose, [], shown=old, at=now(), editor=here)
    assert claim.purpose == "Visit"
    other = Editor("another page")
    with pytest.raises(Stale):
        drafting.save(session, claim, "Other", [], shown=old, at=now(), editor=other)


def test_what_a_page_saved_by_itself_and_arrives_late_undoes_nothing(session: Session) -> None:
    claim = draft(session)
    old = claim.version
    for _press in ("first", "again, before the answer came"):
        pressed = Editor("this page")
        drafting.save(session, claim, "Visit", [], shown=old, at=now(), editor=pressed)
    late = Editor("this page", by_itself=True)
    with pytest.raises(Stale):
        drafting.save(session, claim, "Vi", [], shown=old, at=now(), editor=late)
    assert claim.purpose == "Visit"


def test_a_sent_claim_cannot_be_edited(session: Session) -> None:
    claim = sent(session)
    with pytest.raises(Stale):
        typed(claim, amount="1")


def test_lines_of_other_claims_cannot_be_typed_into(session: Session) -> None:
    mine, other = draft(session), draft(session, "dan")
    drafting.save(
        session, mine, "x", [TypedLine(other.lines[0].id, amount="1")],
        shown=mine.version, at=now(),
    )  # fmt: skip
    assert other.lines[0].amount == 500_00


def test_removing_a_line_takes_its_receipts_and_its_amount(session: Session) -> None:
    claim = draft(session, "alice", 100_00, 250_00)
    drafting.remove_line(session, claim, claim.lines[0].id, shown=claim.version, at=now())
    assert (claim.total, len(claim.lines), len(claim.receipts)) == (250_00, 1, 1)


def test_a_copied_line_has_everything_but_its_receipts(session: Session) -> None:
    claim = draft(session, "alice", 100_00)
    drafting.copy_line(session, claim, claim.lines[0].id)
    first, second = claim.lines
    assert (second.amount, second.spent_on, second.purpose) == (
        first.amount, first.spent_on, first.purpose,
    )  # fmt: skip
    assert (claim.total, len(claim.receipts)) == (200_00, 1)


def test_there_is_a_most_of_lines(session: Session) -> None:
    claim = draft(session)
    for _more in range(drafting.MOST_LINES - 1):
        claim.lines.append(type(claim.lines[0])(position=2, typed={}))
    session.flush()
    with pytest.raises(NotNow):
        drafting.new_line(session, claim)


def test_a_copy_has_no_dates_receipts_number_or_history(session: Session) -> None:
    old = sent(session, "alice", 100_00, 250_00)
    alice = person(session, "alice")
    new = drafting.create_from(
        session, drafting.content(old), by=alice.id, department_id=alice.department_id, at=now()
    )
    session.commit()
    assert (new.purpose, new.total, new.state, new.number) == (
        "Customer visit", 350_00, "draft", None,
    )  # fmt: skip
    assert [line.spent_on for line in new.lines] == [None, None]
    assert new.receipts == []
    assert happened(session, new) == ["claim_created"]


def test_a_template_belongs_to_its_owner(session: Session) -> None:
    kept = templates.keep_as_template(session, draft(session), "Monthly", at=now())
    session.flush()
    assert templates.template_of(session, kept.id, kept.owner_id) is kept
    with pytest.raises(Missing):
        templates.template_of(session, kept.id, person(session, "dan").id)
    with pytest.raises(Invalid):
        templates.keep_as_template(session, draft(session), "  ", at=now())


def test_deleting_a_draft_leaves_its_trace_in_the_log(session: Session) -> None:
    claim = draft(session)
    drafting.delete(session, claim, shown=claim.version, at=now())
    session.commit()
    assert happened(session, claim) == ["claim_created", "claim_deleted"]
    assert session.get(Claim, claim.id) is None


def test_what_the_page_saved_while_it_was_read_does_not_outlive_what_is_typed_now(
    app: Flask,
) -> None:
    with writing(app) as session:
        number = draft(session).id

    def save(session: Session, claim: Claim, purpose: str) -> None:
        line = TypedLine(claim.lines[0].id, purpose=purpose)
        here = Editor("this page")
        drafting.save(session, claim, "", [line], shown=claim.version, at=now(), editor=here)

    with writing(app) as session:
        save(session, session.get_one(Claim, number), "Taxi")
    with app.app_context():
        read = queries.with_lines(db.session(), db.session.get_one(Claim, number))
        db.session.commit()
        with writing(app) as session:
            save(session, session.get_one(Claim, number), "Taxi home")
        begin_writing(db.session())
        save(db.session(), read, "Taxi")
        db.session.commit()
    with app.app_context():
        assert db.session.get_one(Claim, number).lines[0].purpose == "Taxi"
