"""Who may fill claims for whom."""

from flask import Flask

from portal.people.deputies import may_fill, may_fill_for
from tests.browser import Visitor
from tests.claims.stories import person, told, writing


def allow(visitor: Visitor, deputy: str) -> Visitor:
    return visitor.go("/account/deputies/").send("deputies", deputy=deputy)


def fills(app: Flask, deputy: str) -> list[str]:
    with writing(app) as session:
        return [row.name for row in may_fill_for(session, person(session, deputy).id)]


def test_both_are_told_and_the_deputy_sees_for_whom(app: Flask, alice: Visitor) -> None:
    allow(alice, "dan@example.com").sees("Dan may fill claims and requests for you from now on.")
    assert fills(app, "dan") == ["Alice"]
    with writing(app) as session:
        assert told(session, "dan") == ["made_deputy"]
        assert told(session, "alice") == ["deputy_allowed"]
    dan = Visitor(app).signed_in("dan").go("/account/deputies/")
    dan.sees("For whom I may fill claims and requests", "Alice")
    dan.go("/notices/").sees("You may fill claims and requests for Alice from now on.")


def test_it_ends_when_it_is_taken_back(app: Flask, alice: Visitor) -> None:
    allow(alice, "dan")
    alice.go("/account/deputies/")
    button = alice.find("form#revoke button")[0].attributes["value"]
    alice.send("revoke", press=("deputy", str(button))).sees(
        "Dan may not fill claims and requests for you"
    )
    assert fills(app, "dan") == []
    with writing(app) as session:
        assert told(session, "dan") == ["made_deputy", "deputy_no_more"]


def test_it_refuses_oneself_strangers_and_repetition(app: Flask, alice: Visitor) -> None:
    allow(alice, "alice").sees("Everybody fills their own claims already.")
    allow(alice, "nobody").sees("There is nobody with the number")
    allow(alice, "").sees("This is needed.")
    allow(alice, "dan")
    allow(alice, "dan").sees("Dan may do this already.")
    assert alice.status == 422


def test_nobody_fills_for_somebody_who_has_left(app: Flask, alice: Visitor) -> None:
    allow(alice, "dan")
    with writing(app) as session:
        alice_, dan = person(session, "alice"), person(session, "dan")
        assert may_fill(session, dan.id, alice_.id)
        assert not may_fill(session, alice_.id, dan.id)
        alice_.active = False
    assert fills(app, "dan") == []


def test_an_administrator_arranges_it_and_the_history_names_the_deputy(
    app: Flask, admin: Visitor
) -> None:
    with writing(app) as session:
        alice = person(session, "alice").id
    admin.go(f"/people/{alice}/deputies").send("deputies", deputy="dan").sees("Dan")
    admin.go(f"/people/{alice}").sees(
        "Admin allowed Dan to fill claims and requests for this person."
    )
    button = admin.go(f"/people/{alice}/deputies").find("form#revoke button")[0]
    admin.send("revoke", press=("deputy", str(button.attributes["value"])))
    assert fills(app, "dan") == []
