"""What waits for my decision."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from portal.core.clock import now
from portal.prior.models import TRIP
from tests.blueprints.claims.pages import a_sent
from tests.blueprints.conftest import CountQueries
from tests.browser import Visitor
from tests.claims.stories import approve, draft, send, sent, writing
from tests.prior.requests import draft as a_request
from tests.prior.requests import send as send_request


def names(visitor: Visitor) -> list[str]:
    return [link.text() for link in visitor.find("#inbox-list td.main-cell a")]


def test_it_works(bob: Visitor, app: Flask) -> None:
    a_sent(app, 1_250_00, purpose="Fair in Hangzhou")
    bob.go("/approvals/").sees("1 decision waits for you", "Fair in Hangzhou", "Alice", "¥1,250.00")


def test_what_waits_longest_stands_first(bob: Visitor, app: Flask) -> None:
    with writing(app) as session:
        for days, purpose in ((1, "Younger"), (5, "Oldest"), (3, "Middle")):
            at = now() - timedelta(days=days)
            send(session, draft(session, "alice", 500_00, purpose=purpose, at=at), at=at)
    assert names(bob.go("/approvals/")) == ["Oldest", "Middle", "Younger"]
    assert len(bob.find("#inbox-list .status.is-late")) == 2


def test_it_shows_only_what_waits_for_me_now(bob: Visitor, carol: Visitor, app: Flask) -> None:
    with writing(app) as session:
        claim = sent(session, "alice", 500_00)
    assert names(carol.go("/approvals/")) == []
    with writing(app) as session:
        approve(session, session.merge(claim), "bob")
    assert names(carol.go("/approvals/")) == ["Customer visit"]
    bob.go("/approvals/").sees("Nothing waits for your decision.")


def test_an_own_claim_never_waits_for_oneself(bob: Visitor, app: Flask) -> None:
    a_sent(app, 500_00, name="bob")
    assert names(bob.go("/approvals/")) == []


def test_claims_with_findings_have_to_be_opened(bob: Visitor, app: Flask) -> None:
    with writing(app) as session:
        claim = draft(session, "alice", 500_00, category="local_transport")
        claim.lines[0].reason = "Night train"
        send(session, claim)
    a_sent(app, 600_00, purpose="Clean")
    bob.go("/approvals/")
    ticks = bob.find("input[name=claim]")
    assert len(ticks) == 1
    assert "Clean" in (ticks[0].parent.text() if ticks[0].parent else "")


def test_more_than_a_page_goes_on_without_gaps_or_doubles(bob: Visitor, app: Flask) -> None:
    with writing(app) as session:
        for number in range(27):
            sent(session, "alice", 500_00, purpose=f"Trip {number}")
    shown = names(bob.go("/approvals/"))
    [following] = bob.find("a[rel=next]")
    shown += names(bob.go(following.attributes["href"] or ""))
    assert shown == [f"Trip {number}" for number in range(27)]


def test_claims_and_requests_are_one_list_that_is_paged_by_key(bob: Visitor, app: Flask) -> None:
    with writing(app) as session:
        for number in range(20):
            sent(session, "alice", 500_00, purpose=f"Claim {number}")
            send_request(session, a_request(session, TRIP, purpose=f"Trip {number}"))
    expected = [f"{kind} {number}" for number in range(20) for kind in ("Claim", "Trip")]
    shown = names(bob.go("/approvals/"))
    assert shown == expected[:25]
    [following] = bob.find("a[rel=next]")
    bob.go(following.attributes["href"] or "")
    assert shown + names(bob) == expected
    assert not bob.find("a[rel=next]")


@pytest.mark.parametrize("after", ["x", "nan:1", "inf:1", "1e30:1", "1:", "1:²", "-1:-1"])
def test_a_bent_address_is_survived(bob: Visitor, app: Flask, after: str) -> None:
    a_sent(app)
    assert bob.go(f"/approvals/?after={after}").status == 200


def test_it_renews_itself_when_a_claim_comes_in_and_keeps_the_ticks(
    bob: Visitor, app: Flask
) -> None:
    a_sent(app, purpose="First")
    bob.go("/approvals/")
    tick = bob.find("input[name=claim]")[0].attributes["value"]
    [beat] = bob.find("#beat")
    said = re.search(r'"beat": (\d+)', beat.attributes["hx-vals"] or "")
    assert said
    asked = {"HX-Request": "true", "HX-Trigger": "beat"}
    address = f"/approvals/?beat={said[1]}&claim={tick}"
    assert bob.client.get(address, headers=asked).status_code == 204
    a_sent(app, purpose="Second")
    bob.go(address, headers=asked)
    assert names(bob) == ["First", "Second"]
    [ticked] = bob.find("input[name=claim][checked]")
    assert ticked.attributes["value"] == tick


def test_it_asks_the_database_a_fixed_number_of_questions(
    bob: Visitor, app: Flask, count_queries: CountQueries
) -> None:
    counts = []
    for size in (2, 18):
        for _one in range(size):
            a_sent(app)
        with count_queries() as asked:
            bob.go("/approvals/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8, "\n".join(asked)
