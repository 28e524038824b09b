"""Trip requests and advances in the database, and their addresses."""

from flask import Flask

from portal.prior.models import ADVANCE, TRIP, PriorRequest
from tests.claims.stories import writing
from tests.prior import requests
from tests.prior.requests import approve, draft, send


def address(request: PriorRequest) -> str:
    return f"/{request.shelf}/{request.id}"


def a_draft(app: Flask, kind: str = TRIP, **more: object) -> str:
    """The address of a draft of alice's."""
    with writing(app) as session:
        return address(draft(session, kind, **more))  # type: ignore[arg-type]


def a_sent(app: Flask, kind: str = TRIP, *approvers: str, **more: object) -> str:
    """The address of a request of alice's that ``approvers`` have approved so far."""
    with writing(app) as session:
        made = send(session, draft(session, kind, **more))  # type: ignore[arg-type]
        return address(approve(session, made, *approvers))


def a_paid(app: Flask, amount: int = 1_200_00, **more: object) -> str:
    """The address of an advance that alice owes."""
    with writing(app) as session:
        return address(requests.paid(session, amount, **more))


def an_approved_advance(app: Flask, amount: int = 1_200_00) -> str:
    """The address of an advance that waits for money."""
    return a_sent(app, ADVANCE, "bob", "carol", amount=amount)
