"""Where the money was spent, for categories that ask for it."""

from flask import Flask

from portal.core.clock import now
from portal.policy.models import CategoryRow
from portal.policy.stamp import renew_stamp
from tests.blueprints.claims.pages import claim_id, editing, good, press, stored
from tests.browser import Visitor
from tests.claims.stories import writing


def test_a_category_that_needs_a_merchant_has_a_field_for_it(alice: Visitor, app: Flask) -> None:
    with writing(app) as session:
        session.get_one(CategoryRow, "office").needs_merchant = True
        renew_stamp(session, now())
    editing(alice)
    press(alice, "save", purpose="Desk", **good(alice, amount="80", category="office"))
    alice.sees("Merchant")
    press(alice, "save", **good(alice, amount="80", category="office", merchant="青禾文具"))
    assert stored(app, claim_id(alice)).lines[0].merchant == "青禾文具"
    press(alice, "check")
    assert alice.path.endswith("/submit"), alice.text
