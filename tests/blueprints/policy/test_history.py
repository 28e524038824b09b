from flask import Flask

from tests.blueprints.claims.pages import a_sent
from tests.blueprints.policy.drafting import publish, raised
from tests.browser import Visitor


def newest(visitor: Visitor) -> str:
    return visitor.go("/policy/history").find("td.main-cell a")[0].attributes["href"] or ""


def test_it_works(app: Flask, carol: Visitor) -> None:
    publish(raised(carol))
    alice = Visitor(app).signed_in("alice").go("/policy/history")
    alice.sees("A claim keeps the version it was judged by.", "Hotels became dearer", "Carol")
    alice.go(alice.find("a[href*=differences]")[0].attributes["href"] or "")
    alice.sees("Lodging, per night, Tier 1, Staff", "¥450.00", "¥477.00", "From version 1 to 2")


def test_any_two_versions_can_be_compared(carol: Visitor) -> None:
    publish(raised(carol))
    assert carol.go("/policy/differences").path == "/policy/differences?before=1&after=2"
    carol.go("/policy/differences?before=2&after=1").sees("From version 2 to 1")
    carol.go("/policy/differences?before=2&after=2").sees("say the same")
    assert carol.go("/policy/differences?before=1&after=99").status == 404
    assert carol.go("/policy/versions/99").status == 404


def test_an_old_version_comes_back_as_a_draft(carol: Visitor) -> None:
    publish(raised(carol))
    carol.go("/policy/versions/1").sees("¥450.00", "Another version follows on")
    carol.send("restore").sees("¥477.00", "¥450.00")
    publish(carol, note="It was too much").go("/policy/").sees("¥450.00").misses("¥477.00")
    assert newest(carol) == "/policy/versions/3"


def test_readers_cannot_restore(app: Flask, carol: Visitor) -> None:
    publish(raised(carol))
    alice = Visitor(app).signed_in("alice").go("/policy/versions/1")
    assert not alice.find("form#restore")
    assert alice.post("/policy/draft/start", {"restoring": "1"}).status == 404


def test_a_claim_leads_to_the_categories_it_was_judged_by(
    app: Flask, carol: Visitor, alice: Visitor
) -> None:
    number = a_sent(app)
    carol.go("/policy/categories/office")
    carol.send("category", name_en="Paper and pens", needs_merchant="y")
    carol.go("/policy/history").go(carol.find("a[href*=editions]")[0].attributes["href"] or "")
    carol.sees("Office supplies", "Paper and pens", "needs the merchant")
    alice.go(f"/claims/{number}")
    [judged] = alice.find("a[href*=judged]")
    alice.go(judged.attributes["href"] or "").sees("as they stood from").misses("Paper and pens")
    assert alice.go("/policy/versions/1?judged=never").status == 404
    assert alice.go("/policy/editions/99").status == 404
