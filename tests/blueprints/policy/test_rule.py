from flask import Flask

from portal.policy.catalogue import RULES
from tests.blueprints.policy.drafting import begin, publish
from tests.browser import Visitor


def test_it_works(alice: Visitor) -> None:
    alice.go("/policy/rules/over_limit_night").sees(
        "Limit per night", "Needs an explanation", "times the nights", "Lodging", "¥450.00",
        "your grade", "The limit is ¥450.00 per night; this is ¥50.00 more.",
    )  # fmt: skip
    assert alice.find("a[href='/help/travel-standards']")


def test_it_speaks_of_the_readers_own_grade(bob: Visitor) -> None:
    bob.go("/policy/rules/over_limit_night").sees("The limit is ¥600.00 per night")


def test_every_rule_has_its_page_and_is_listed(alice: Visitor) -> None:
    alice.go("/policy/")
    listed = [node.attributes["href"] for node in alice.find("li[id^=rule-] a")]
    assert sorted(listed) == sorted(f"/policy/rules/{rule}" for rule in RULES)
    for rule in RULES:
        alice.go(f"/policy/rules/{rule}").sees("The rule in force")


def test_it_asks_a_visitor_to_sign_in(visitor: Visitor) -> None:
    assert visitor.go("/policy/rules/weekend").path.startswith("/sign-in")


def test_a_rule_that_is_not_there(alice: Visitor) -> None:
    assert alice.go("/policy/rules/full_moon").status == 404


def test_it_follows_what_finance_decides(app: Flask, carol: Visitor) -> None:
    begin(carol).go("/policy/draft/rules/over_limit_night").send(
        "wording", severity="blocks", article="receipts",
        **{"says-zh": "每晚{limit}封顶", "says-en": "Never above {limit} a night"},
    )  # fmt: skip
    carol.go("/policy/draft/rules/weekend").send("wording", severity="off")
    publish(carol)
    alice = Visitor(app).signed_in("alice")
    alice.go("/policy/rules/over_limit_night").sees(
        "Must be corrected", "Never above ¥450.00 a night"
    )  # fmt: skip
    assert alice.find("a[href='/help/receipts']")
    alice.go("/policy/rules/weekend").sees(
        "Switched off", "The company has switched this rule off."
    )
