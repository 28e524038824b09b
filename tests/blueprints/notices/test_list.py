"""What the reader was told, and marking it read."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.claims import events
from portal.claims.queries import PAGE
from portal.core.db import begin_writing, db
from portal.core.events import Subject
from portal.core.notices import Notice, notify
from portal.people.models import Person
from tests.browser import Visitor

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def tell(app: Flask, name: str, *claims: int, kind: str = events.APPROVED) -> None:
    """Tell somebody about claims that are named by their numbers."""
    with app.app_context():
        begin_writing(db.session())
        session = db.session()
        person = session.scalars(select(Person).where(Person.number == name)).one()
        for minutes, claim in enumerate(claims):
            notify(
                session, [person], kind, Subject("claim", claim),
                at=AT + timedelta(minutes=minutes),
                number=f"BX2026-{claim:06d}", purpose=f"Trip {claim}", total=100_00, who="Bob",
            )  # fmt: skip
        session.commit()


def unread(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).where(Notice.read_at.is_(None))) or 0


def shown(visitor: Visitor) -> list[str]:
    return [line.text(strip=True)[-13:] for line in visitor.find("ul.rows p.sub")]


def test_it_works(app: Flask, alice: Visitor) -> None:
    tell(app, "alice", 1, 2)
    alice.go("/notices/").sees("Your claim is approved: Trip 1, ¥100.00", "2 unread", "New")
    assert shown(alice) == ["BX2026-000002", "BX2026-000001"], "the newest must come first"


def test_looking_marks_nothing_read(app: Flask, alice: Visitor) -> None:
    tell(app, "alice", 1)
    alice.go("/notices/").go("/notices/")
    assert unread(app) == 1


def test_all_can_be_marked_read(app: Flask, alice: Visitor) -> None:
    tell(app, "alice", 1, 2)
    tell(app, "bob", 1)
    alice.go("/notices/").send("read").sees("You have read everything.").misses("New")
    assert unread(app) == 1, "those of others must stay unread"


def test_opening_one_marks_what_was_told_about_the_same_claim(app: Flask, alice: Visitor) -> None:
    tell(app, "alice", 7, 7, 8)
    alice.go("/notices/")
    [press, *_] = [button for button in alice.find("button[name=notice]") if "7" in button.text()]
    alice.send("open", press=("notice", press.attributes["value"] or ""))
    assert alice.path == "/claims/7"
    alice.go("/notices/")
    assert (unread(app), len(alice.find("button[name=notice]"))) == (1, 1)


def test_what_was_read_is_a_plain_link(app: Flask, alice: Visitor) -> None:
    tell(app, "alice", 7)
    alice.go("/notices/").send("read")
    assert [link.attributes["href"] for link in alice.find("ul.rows a")] == ["/claims/7"]


def test_pressing_back_and_opening_another_opens_that_one(app: Flask, alice: Visitor) -> None:
    tell(app, "alice", 7, 8)
    alice.go("/notices/")
    page = alice.response
    pressed = [button.attributes["value"] or "" for button in alice.find("button[name=notice]")]
    for number, claim in zip(pressed, (8, 7), strict=True):
        alice.response = page
        assert alice.send("open", press=("notice", number)).path == f"/claims/{claim}"


def test_older_ones_follow_on_the_next_page(app: Flask, alice: Visitor) -> None:
    tell(app, "alice", *range(1, PAGE + 3))
    first = shown(alice.go("/notices/"))
    [following] = alice.find("a[rel=next]")
    second = shown(alice.go(following.attributes["href"] or ""))
    assert (len(first), second) == (PAGE, ["BX2026-000002", "BX2026-000001"])


def test_it_says_what_to_expect_when_there_are_none(alice: Visitor) -> None:
    alice.go("/notices/").sees("Nothing has happened yet.")


def test_nobody_opens_what_others_were_told(app: Flask, dan: Visitor) -> None:
    tell(app, "alice", 7)
    assert dan.post("/notices/open", {"notice": "1"}).status == 404
    assert dan.post("/notices/open", {"notice": "x"}).status == 404
    assert unread(app) == 1


def test_it_refuses_a_stranger(visitor: Visitor) -> None:
    assert visitor.go("/notices/").path.startswith("/sign-in")


@pytest.mark.parametrize("path", ["/notices/open", "/notices/read"])
def test_it_rejects_get(alice: Visitor, path: str) -> None:
    assert alice.go(path).status == 405
