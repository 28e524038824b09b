"""My trips and my advances."""

from portal.prior.models import ADVANCE, TRIP
from tests.blueprints.prior.pages import a_draft, a_paid, a_sent
from tests.browser import Visitor


def test_it_works(app, alice: Visitor) -> None:
    a_sent(app, TRIP, purpose="Fair in Shanghai")
    a_draft(app, ADVANCE, purpose="Deposit")
    alice.go("/trips/").sees("Fair in Shanghai", "In approval", "Bob").misses("Deposit")
    alice.go("/advances/").sees("Deposit", "Draft").misses("Fair in Shanghai")


def test_an_empty_list_says_what_to_do(alice: Visitor) -> None:
    alice.go("/trips/").sees("You have asked for no trip yet")
    alice.go("/advances/").sees("You have no advance")


def test_what_is_owed_stands_in_the_list_and_on_home(app, alice: Visitor) -> None:
    a_paid(app, 1_200_00)
    alice.go("/advances/").sees("Paid out, to be settled", "¥1,200.00")
    alice.go("/").sees("You owe ¥1,200.00 from advance JK")


def test_a_new_one_begins_with_a_button(alice: Visitor) -> None:
    alice.go("/trips/").send("new")
    assert alice.path == "/trips/1/edit"
    alice.go("/advances/").send("new")
    assert alice.path == "/advances/2/edit"


def test_others_see_nothing_of_it(app, dan: Visitor) -> None:
    a_sent(app, TRIP, purpose="Fair in Shanghai")
    dan.go("/trips/").misses("Fair in Shanghai")


def test_the_list_speaks_chinese(app, alice: Visitor) -> None:
    a_paid(app)
    alice.go("/advances/").post("/language?next=/advances/", {"language": "zh"})
    alice.go("/advances/").sees("我的借款", "仍欠").misses("Still owed")
