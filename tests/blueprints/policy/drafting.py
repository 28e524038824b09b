"""A draft of the rules on its pages, as somebody of finance fills them."""

from typing import Any

from tests.browser import Visitor

STAFF_TIER_1 = "limit-0-amount-1-staff"
"""The first limit of the sample: lodging per night."""


def begin(visitor: Visitor) -> Visitor:
    """A draft like the rules in force."""
    return visitor.go("/policy/draft").send("start")


def save(visitor: Visitor, part: str, press: str = "save", **fields: Any) -> Visitor:
    """Fill a page of the draft and press one of its buttons."""
    return visitor.go(f"/policy/draft/{part}").send("draft-section", ("do", press), **fields)


def raised(visitor: Visitor, amount: str = "477.00") -> Visitor:
    """A draft in which lodging in the first cities costs more."""
    return save(begin(visitor), "limits", **{STAFF_TIER_1: amount})


def publish(visitor: Visitor, press: str = "publish", **fields: str) -> Visitor:
    """Publish or propose the draft."""
    fields = {"note": "Hotels became dearer", **fields}
    return visitor.go("/policy/draft/publish").send("publish", ("do", press), **fields)
