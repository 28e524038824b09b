"""The portal's mails, each in its reader's language. No link in a mail decides anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from flask import current_app, g
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.errors import Missing
from portal.core.notices import Notice
from portal.people import sessions
from portal.people.models import Person
from portal.prior.models import KINDS
from portal.web.languages import gettext as _
from portal.web.languages import ngettext
from portal.web.notice_words import sentence
from portal.web.session import settings

DIGEST_REACH = timedelta(days=7)
"""How far a digest looks back: whoever begins to want one is not sent years of notices."""


@dataclass(frozen=True)
class Mail:
    """A mail ready to be sent, and the notices that it tells of."""

    message: EmailMessage
    notice_ids: tuple[int, ...] = ()


def of_notice(session: Session, notice_id: int, at: datetime) -> Mail | None:
    """The mail about one notice; None when it was mailed before or its reader has left."""
    notice = session.get_one(Notice, notice_id)
    person = _reader(session, notice.person_id)
    if person is None or notice.mailed_at is not None:
        return None
    number, said = notice.data.get("number"), sentence(notice.kind, notice.data)
    message = _message(
        person, f"[{number}] {said}" if number else said, "notice", at,
        sentence=said, number=number, url=_url_of(notice),
    )  # fmt: skip
    message["Message-ID"] = f"<notice-{notice.id}@{settings().host_name}>"
    # One thread for each thing: every mail about it answers a first one nobody sent.
    thread = f"<{notice.subject_kind}-{notice.subject_id}@{settings().host_name}>"
    message["In-Reply-To"] = message["References"] = thread
    return Mail(message, (notice.id,))


def waiting_for_digest(person_id: int, at: datetime) -> Any:
    """The query of what a person's next digest tells: unread, not mailed, of this week."""
    return select(Notice).where(
        Notice.person_id == person_id,
        Notice.read_at.is_(None),
        Notice.mailed_at.is_(None),
        Notice.at > at - DIGEST_REACH,
        Notice.at <= at,
    )


def of_digest(session: Session, person_id: int, at: datetime) -> Mail | None:
    """One mail about everything new since the last; None when there is nothing."""
    person = _reader(session, person_id)
    notices: Sequence[Notice] = session.scalars(
        waiting_for_digest(person_id, at).order_by(Notice.id)
    ).all()
    if person is None or not notices:
        return None
    entries = [
        (notice.data.get("number"), sentence(notice.kind, notice.data), _url_of(notice))
        for notice in notices
    ]
    subject = ngettext(
        "%(num)s new notice about your claims",
        "%(num)s new notices about your claims",
        len(entries),
    )
    message = _message(person, subject, "digest", at, entries=entries)
    ids = tuple(notice.id for notice in notices)
    message["Message-ID"] = f"<digest-{person.id}-{ids[-1]}@{settings().host_name}>"
    return Mail(message, ids)


def of_token(
    session: Session, person_id: int, purpose: str, token: str, at: datetime
) -> Mail | None:
    """The mail with a link to choose a password; None when the link is no longer good."""
    person = _reader(session, person_id)
    try:
        sessions.holder(session, token, purpose, at)
    except Missing:
        return None
    if person is None:
        return None
    subject = (
        _("You are invited to the expense portal")
        if purpose == sessions.INVITE
        else _("Choose a new password for the expense portal")
    )
    message = _message(
        person, subject, "token", at, invited=purpose == sessions.INVITE,
        url=_url("session.new_password", purpose=purpose, token=token),
        valid=sessions.VALID[purpose],
    )  # fmt: skip
    digest = sessions.digest(token)[:16]
    message["Message-ID"] = f"<{purpose}-{digest}@{settings().host_name}>"
    return Mail(message)


def _reader(session: Session, person_id: int) -> Person | None:
    """The person, whose language is spoken from here on; None when he has left."""
    person = session.get_one(Person, person_id)
    g.language = person.language
    return person if person.active else None


def _url_of(notice: Notice) -> str:
    if notice.subject_kind == "claim":
        return _url("claims.show", claim_id=notice.subject_id)
    if notice.subject_kind in KINDS:
        return _url("prior.show", shelf=f"{notice.subject_kind}s", request_id=notice.subject_id)
    return _url("notices.list")


def _url(endpoint: str, **values: Any) -> str:
    """An address of the configured host, whatever host a request was sent to."""
    path = current_app.url_map.bind("").build(endpoint, values)
    return settings().base_url.rstrip("/") + path


def _message(
    person: Person, subject: str, template: str, at: datetime, **values: Any
) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _one_line(subject)
    message["From"] = Address(_("Expense portal"), addr_spec=settings().mail_from)
    message["To"] = Address(_one_line(person.name), addr_spec=person.email)
    message["Date"] = format_datetime(at)
    # Holiday replies to a machine help nobody: RFC 3834.
    message["Auto-Submitted"] = "auto-generated"
    values |= {"person": person, "subject": subject, "language": person.language,
               "account_url": _url("account.show")}  # fmt: skip
    # Not render_template: what templates know of the reader of a page means nothing here.
    environment = current_app.jinja_env
    # In plain text nothing is markup, so nothing is escaped.
    plain = environment.get_template(f"mail/{template}.txt").render(values, _=_)
    message.set_content(plain)
    html = environment.get_template(f"mail/{template}.html").render(values)
    message.add_alternative(html, subtype="html")
    return message


def _one_line(text: str) -> str:
    """``text`` fit for a header: nothing in it can begin a new one."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
