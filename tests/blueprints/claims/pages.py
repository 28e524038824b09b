"""Filling the claim form as a person does."""

from datetime import timedelta
from typing import Any

from flask import Flask

from portal.claims.models import Claim
from portal.core.clock import day, now
from portal.core.db import db
from tests.browser import Visitor
from tests.claims.stories import ZONE, draft, sent, writing

GOOD = {"category": "office", "amount": "50.00", "purpose": "Paper"}


def spent(days: int = 3) -> str:
    """A day some days ago, as it is typed."""
    return (day(now(), ZONE) - timedelta(days=days)).isoformat()


def lines(visitor: Visitor) -> list[str]:
    """The ids of the lines on the form, such as ``line-7``."""
    return [node.attributes["id"] or "" for node in visitor.find("fieldset.line")]


def on_line(visitor: Visitor, place: int = 0, **fields: str) -> dict[str, str]:
    """Fields of one line by the names that the form gives them."""
    line = lines(visitor)[place]
    return {f"{line}-{name}": value for name, value in fields.items()}


def good(visitor: Visitor, place: int = 0, **fields: str) -> dict[str, str]:
    """A line without findings, but for what ``fields`` say."""
    return on_line(visitor, place, **{"spent_on": spent(), **GOOD, **fields})


def press(visitor: Visitor, button: str, **fields: Any) -> Visitor:
    """Press a button of the claim form."""
    return visitor.send("claim-form", ("do", button), **fields)


def value(visitor: Visitor, name: str) -> str:
    """What stands in a control."""
    [control] = visitor.find(f"[name='{name}']")
    if control.tag == "textarea":
        return control.text()
    if control.tag == "select":
        chosen = control.css_first("option[selected]")
        return (chosen.attributes.get("value") or "") if chosen else ""
    return control.attributes.get("value") or ""


def editing(visitor: Visitor) -> Visitor:
    """A new, empty claim on the form."""
    visitor.go("/").send("start-empty")
    assert visitor.status == 200
    return visitor


def stored(app: Flask, claim_id: int) -> Claim:
    """The claim as the database has it now."""
    with app.app_context():
        found = db.session.get(Claim, claim_id)
        assert found is not None
        list(found.lines), list(found.receipts)
        return found


def claim_id(visitor: Visitor) -> int:
    """The claim that the page is about."""
    return int(visitor.path.split("/")[2].split("?")[0])


def a_draft(app: Flask, *amounts: int, name: str = "alice", **more: Any) -> int:
    """A draft in the database."""
    with writing(app) as session:
        return draft(session, name, *amounts, **more).id


def a_sent(app: Flask, *amounts: int, name: str = "alice", **more: Any) -> int:
    """A claim on its way in the database."""
    with writing(app) as session:
        return sent(session, name, *(amounts or (500_00,)), **more).id
