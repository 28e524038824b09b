"""Files that wait to be read: each arrives once, whatever happens meanwhile."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from portal.claims import arrivals, drafting, intake
from portal.claims.models import Claim, Reading
from portal.claims.receipts import Kept
from portal.core.clock import now
from portal.core.errors import NotNow
from portal.core.files import JPEG, XML
from portal.core.jobs import Job
from portal.core.words import words
from portal.invoices.registry import AlreadyClaimed
from tests.claims.stories import attach_invoice, draft, send
from tests.claims.test_receipts import INVOICE, OTHER

UNREADABLE = words("No invoice could be read from this file.")


def hand_in(session: Session, claim: Claim, *names: str) -> list[int]:
    """Files that wait; the ids of their rows."""
    for name in names:
        media_type = XML if name.endswith(".xml") else JPEG
        intake.queue(session, claim, Kept(name.ljust(64, "0"), name, media_type, 9), None, at=now())
    return list(session.scalars(select(Reading.id).order_by(Reading.id)))[-len(names) :]


def progress(session: Session, claim: Claim) -> arrivals.Progress:
    found = arrivals.progress(session, claim.id)
    assert found is not None
    return found


def test_a_file_that_was_read_makes_a_line_and_is_told_of(session: Session) -> None:
    claim = draft(session)
    [row] = hand_in(session, claim, "one.xml")
    assert (progress(session, claim).done, progress(session, claim).total) == (0, 1)
    intake.take_in(session, row, (INVOICE,), None, at=now())
    [told] = progress(session, claim).told
    assert (told.kind, told.lines) == (arrivals.READ, (claim.lines[-1].id,))
    assert claim.lines[-1].amount == 106_00
    assert claim.total == 500_00 + 106_00


def test_a_file_that_could_not_be_read_has_a_line_of_its_own(session: Session) -> None:
    claim = draft(session)
    [row] = hand_in(session, claim, "taxi.jpg")
    intake.take_in(session, row, (), UNREADABLE, at=now())
    [told] = progress(session, claim).told
    assert (told.kind, str(told.words)) == (arrivals.UNREAD, str(UNREADABLE))
    assert claim.receipts[-1].line_id == claim.lines[-1].id
    assert claim.lines[-1].amount is None


def test_a_red_invoice_is_told_of_with_its_amount(session: Session) -> None:
    claim = draft(session)
    [row] = hand_in(session, claim, "red.xml")
    intake.take_in(session, row, (replace(INVOICE, total=-106_00),), None, at=now())
    [told] = progress(session, claim).told
    assert told.kind == arrivals.PARTLY
    assert "-106.00" in str(told.words)


def test_a_file_is_attached_once_however_many_workers_read_it(session: Session) -> None:
    claim = draft(session)
    [row] = hand_in(session, claim, "one.xml")
    for _worker in range(3):
        intake.take_in(session, row, (INVOICE,), None, at=now())
    assert [receipt.filename for receipt in claim.receipts][1:] == ["one.xml"]
    assert intake.waits(session, row) is None


def test_what_a_killed_worker_did_not_commit_still_waits(session: Session) -> None:
    claim = draft(session)
    [row] = hand_in(session, claim, "one.xml")
    session.commit()
    intake.take_in(session, row, (INVOICE,), None, at=now())
    session.rollback()
    assert intake.waits(session, row) is not None
    assert progress(session, claim).waiting == 1


def test_an_invoice_of_another_claim_is_refused_and_says_which(session: Session) -> None:
    theirs = draft(session, "dan")
    attach_invoice(session, theirs)
    send(session, theirs)
    claim = draft(session)
    [row] = hand_in(session, claim, "one.xml")
    intake.take_in(session, row, (INVOICE,), None, at=now())
    [told] = progress(session, claim).told
    assert told.kind == arrivals.REFUSED
    assert isinstance(told.claimed, AlreadyClaimed)
    assert told.claimed.claim_id == theirs.id
    assert len(claim.lines) == 1


def test_the_page_that_saved_last_stays_the_editor(session: Session) -> None:
    claim = draft(session)
    here = drafting.Editor("page", by_itself=True)
    drafting.take_version(session, claim, claim.version, now(), here)
    [row] = hand_in(session, claim, "one.xml")
    before = (claim.version, claim.beat)
    intake.take_in(session, row, (INVOICE,), None, at=now())
    session.commit()
    session.expire_all()
    assert (claim.version, claim.beat) == (before[0] + 1, before[1] + 1)
    assert claim.editor == "page"


def test_a_page_that_was_shown_before_goes_on(session: Session) -> None:
    claim = draft(session)
    shown = claim.version
    for row, read in zip(hand_in(session, claim, "a.xml", "b.xml"), (INVOICE, OTHER), strict=True):
        intake.take_in(session, row, (read,), None, at=now())
    assert claim.version == shown + 2
    assert intake.caught_up(session, claim, shown) == claim.version


def test_a_page_follows_also_what_the_worker_does_while_it_is_saved(session: Session) -> None:
    claim = draft(session)
    [row] = hand_in(session, claim, "one.xml")
    shown = claim.version
    intake.take_in(session, row, (INVOICE,), None, at=now())
    session.flush()
    set_committed_value(claim, "version", shown)
    assert intake.caught_up(session, claim, shown) == shown + 1, "it was read before the lock"


def test_a_page_that_a_person_overtook_does_not(session: Session) -> None:
    claim = draft(session)
    shown = claim.version
    rows = hand_in(session, claim, "a.xml", "b.xml")
    intake.take_in(session, rows[0], (INVOICE,), None, at=now())
    drafting.take_version(session, claim, claim.version, now(), drafting.Editor("another window"))
    intake.take_in(session, rows[1], (OTHER,), None, at=now())
    assert intake.caught_up(session, claim, shown) == shown + 1


def test_nothing_is_submitted_while_files_are_being_read(session: Session) -> None:
    claim = draft(session)
    intake.refuse_while_reading(session, claim)
    [row] = hand_in(session, claim, "one.xml")
    with pytest.raises(NotNow, match="still being read"):
        intake.refuse_while_reading(session, claim)
    intake.take_in(session, row, (INVOICE,), None, at=now())
    intake.refuse_while_reading(session, claim)


def test_a_file_of_a_claim_that_went_on_waits_no_more(session: Session) -> None:
    claim = draft(session)
    [row] = hand_in(session, claim, "one.xml")
    send(session, claim)
    intake.take_in(session, row, (INVOICE,), None, at=now())
    [told] = progress(session, claim).told
    assert told.kind == arrivals.REFUSED
    assert "sent meanwhile" in str(told.words)
    assert len(claim.lines) == 1


def test_a_file_of_a_claim_that_is_gone_is_forgotten(session: Session) -> None:
    claim = draft(session)
    [row] = hand_in(session, claim, "one.xml")
    drafting.delete(session, claim, shown=claim.version, at=now())
    session.commit()
    intake.take_in(session, row, (INVOICE,), None, at=now())
    assert intake.waits(session, row) is None
    assert session.scalars(select(Reading)).all() == []


def test_who_does_not_wait_any_longer_types_the_rest(session: Session) -> None:
    claim = draft(session)
    rows = hand_in(session, claim, "a.xml", "b.jpg")
    intake.stop_waiting(session, claim, {}, at=now())
    assert [receipt.filename for receipt in claim.receipts][1:] == ["a.xml", "b.jpg"]
    intake.take_in(session, rows[0], (INVOICE,), None, at=now())
    assert len(claim.receipts) == 3, "the worker came too late and attached it again"
    intake.refuse_while_reading(session, claim)


def test_only_the_last_files_are_told_of_and_those_that_still_wait(session: Session) -> None:
    claim, at = draft(session), now()
    old, waiting = hand_in(session, claim, "old.xml", "waiting.xml")
    session.get_one(Reading, old).added_at = at - timedelta(hours=2)
    session.get_one(Reading, waiting).added_at = at - timedelta(hours=1)
    intake.take_in(session, old, (INVOICE,), None, at=at)
    hand_in(session, claim, "new.xml")
    assert (progress(session, claim).total, progress(session, claim).waiting) == (2, 2)
    assert progress(session, claim).is_slow(at)
    intake.take_in(session, waiting, (OTHER,), None, at=at)
    assert progress(session, claim).total == 1


def test_each_file_is_one_job(session: Session) -> None:
    rows = hand_in(session, draft(session), "a.xml", "b.xml")
    jobs = session.scalars(select(Job).where(Job.kind == "read_file").order_by(Job.id)).all()
    assert [job.data["reading_id"] for job in jobs] == rows


def test_what_became_of_files_is_forgotten_in_the_end(session: Session) -> None:
    claim, at = draft(session), now()
    done, _waiting = hand_in(session, claim, "a.xml", "b.xml")
    intake.take_in(session, done, (INVOICE,), None, at=at)
    session.flush()
    intake.forget_old(session, at + timedelta(days=31))
    assert [row.filename for row in session.scalars(select(Reading))] == ["b.xml"]
