"""What waits for somebody who leaves or loses a role goes to somebody who may decide it."""

import pytest
from sqlalchemy.orm import Session

from portal.claims import workflow
from portal.claims.handover import hand_over
from portal.core.clock import now
from portal.core.errors import Stale
from portal.core.events import broken_links
from portal.people.models import Person
from tests.claims.stories import approve, person, seen, sent, waits_for


def leave(session: Session, name: str) -> None:
    session.get_one(Person, person(session, name).id).active = False
    moved(session, name)


def moved(session: Session, name: str) -> int:
    session.flush()
    return hand_over(session, [person(session, name).id], by=person(session, "admin").id, at=now())


def test_a_leavers_step_goes_to_his_manager(session: Session) -> None:
    claim = sent(session, "alice", 500_00)
    leave(session, "bob")
    assert waits_for(session, claim) == ["grace"]
    approve(session, claim, "grace", "carol")
    assert claim.state == "approved"


def test_a_step_nobody_is_left_for_falls_to_the_fallback(session: Session) -> None:
    claim = sent(session, "alice", 500_00)
    approve(session, claim, "bob")
    leave(session, "carol")
    assert waits_for(session, claim) == ["admin"]


def test_a_step_that_was_not_reached_yet_is_handed_over_too(session: Session) -> None:
    claim = sent(session, "alice", 500_00)
    leave(session, "carol")
    assert waits_for(session, claim) == ["bob"]
    approve(session, claim, "bob")
    assert waits_for(session, claim) == ["admin"]


def test_who_lost_the_role_can_no_longer_decide(session: Session) -> None:
    claim = sent(session, "alice", 500_00)
    approve(session, claim, "bob")
    carol = session.get_one(Person, person(session, "carol").id)
    carol.grants.clear()
    assert moved(session, "carol") == 1
    assert waits_for(session, claim) == ["admin"]


def test_a_claimant_never_inherits_his_own_claim(session: Session) -> None:
    claim = sent(session, "grace", 500_00)
    [first] = waits_for(session, claim)
    leave(session, first)
    assert "grace" not in waits_for(session, claim)


def test_nothing_moves_while_somebody_stays(session: Session) -> None:
    claim = sent(session, "alice", 500_00)
    assert moved(session, "bob") == 0
    assert waits_for(session, claim) == ["bob"]
    session.commit()
    assert list(broken_links(session)) == []


def test_a_step_taken_away_after_the_claim_was_read_cannot_be_decided(session: Session) -> None:
    claim = sent(session, "alice", 500_00)
    opened = seen(session, claim.id, "bob")
    leave(session, "bob")
    with pytest.raises(Stale):
        workflow.approve(session, opened, shown=claim.version, at=now())
