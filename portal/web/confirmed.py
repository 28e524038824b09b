"""Who has just shown the identity provider who he is: for those who have no password here."""

from datetime import datetime, timedelta

from flask import session

LASTS = timedelta(minutes=5)


def confirm(at: datetime) -> None:
    """Note in the browser's signed cookie that the person has confirmed his identity."""
    session["confirmed_at"] = at.timestamp()


def confirmed_lately(at: datetime) -> bool:
    """Whether he did so within the last five minutes."""
    return float(session.get("confirmed_at", 0)) > (at - LASTS).timestamp()
