"""Handing a finished mail over: to an SMTP server, or to a folder of files to be looked at."""

import contextlib
import email
import email.policy
import hashlib
import os
import re
import smtplib
import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

FILES = "files"
SECONDS = 15
"""How long an SMTP server may stay silent before the mail is tried again later."""

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{16}")


class MailFailed(Exception):
    """The mail was not taken. The sentence is for the administrator and names no person."""


def send(message: EmailMessage, mail_url: str, folder: Path, *, seconds: float = SECONDS) -> None:
    """Hand ``message`` over to ``mail_url``; ``files`` means a file in ``folder``.

    Raises ``MailFailed`` when the server refuses, is silent for ``seconds``, or is not there.
    """
    if mail_url == FILES:
        _write(message, folder)
        return
    server = urlsplit(mail_url)
    try:
        with contextlib.closing(_connected(server, seconds)) as connection:
            _introduce(connection, server)
            connection.send_message(message)
            # The server has taken the mail: a bad goodbye must not send it again.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                connection.quit()
    except smtplib.SMTPResponseException as error:
        raise MailFailed(f"The mail server refused: {error.smtp_code}.") from error
    except smtplib.SMTPRecipientsRefused as error:
        codes = sorted({code for code, _text in error.recipients.values()})
        raise MailFailed(f"The mail server refused the recipient: {codes}.") from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailFailed(f"The mail server cannot be used: {type(error).__name__}.") from error


def greet(mail_url: str, *, seconds: float = 5) -> None:
    """Connect and sign in without sending anything. Raises ``MailFailed``."""
    if mail_url == FILES:
        return
    server = urlsplit(mail_url)
    try:
        with contextlib.closing(_connected(server, seconds)) as connection:
            _introduce(connection, server)
    except (OSError, smtplib.SMTPException) as error:
        raise MailFailed(f"The mail server cannot be used: {type(error).__name__}.") from error


def _connected(server: SplitResult, seconds: float) -> smtplib.SMTP:
    host = server.hostname or ""
    if server.scheme == "smtps":
        secure = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, server.port or 465, timeout=seconds, context=secure)
    if server.scheme == "smtp":
        return smtplib.SMTP(host, server.port or 587, timeout=seconds)
    raise MailFailed(f"PORTAL_MAIL_URL must begin with smtp:// or smtps://, not {server.scheme}.")


def _introduce(connection: smtplib.SMTP, server: SplitResult) -> None:
    connection.ehlo()
    encrypted = server.scheme == "smtps"
    if not encrypted and connection.has_extn("starttls"):
        connection.starttls(context=ssl.create_default_context())
        connection.ehlo()
        encrypted = True
    if server.username:
        if not encrypted and server.hostname not in _THIS_MACHINE:
            raise MailFailed("The mail server offers no TLS: the password was not sent.")
        connection.login(unquote(server.username), unquote(server.password or ""))


@dataclass(frozen=True)
class Written:
    """A mail kept as a file, as its reader sees it."""

    name: str
    at: datetime
    to: str
    subject: str
    text: str
    html: str


def _write(message: EmailMessage, folder: Path) -> None:
    at = parsedate_to_datetime(str(message["Date"])).astimezone(UTC)
    # Named after the Message-ID, so that a mail tried twice is one file.
    digest = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".")
    with os.fdopen(handle, "wb") as file:
        file.write(message.as_bytes())
    Path(temporary).replace(folder / f"{at:%Y%m%d-%H%M%S}-{digest}.eml")


def written(folder: Path, most: int) -> list[Written]:
    """The mails in ``folder``, newest first, at most ``most``."""
    names = sorted((path.stem for path in folder.glob("[0-9]*.eml")), reverse=True)
    found = (read(folder, name) for name in names[:most])
    return [mail for mail in found if mail is not None]


def read(folder: Path, name: str) -> Written | None:
    """One mail by the name ``written`` gave it; None when there is no such mail."""
    if not _NAME.fullmatch(name):
        return None
    try:
        data = (folder / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    message = email.message_from_bytes(data, policy=email.policy.default)
    parts = {part.get_content_type(): part.get_content() for part in message.walk()
             if part.get_content_maintype() == "text"}  # fmt: skip
    return Written(
        name=name,
        at=parsedate_to_datetime(str(message["Date"])).astimezone(UTC),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=parts.get("text/plain", ""),
        html=parts.get("text/html", ""),
    )
