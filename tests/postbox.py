"""Mail servers to talk to: one that takes mails, and some that do not."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope


@dataclass
class Postbox:
    """A mail server on this machine. ``answers`` are said to the next mails, then 250."""

    received: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    signed_in: list[bytes] = field(default_factory=list)
    url: str = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        return "250 taken"

    def authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _how: str, data: Any
    ) -> Any:
        self.signed_in.append(data.login)
        return AuthResult(success=data.password == b"p@ss/word", handled=False)


@contextmanager
def postbox(**kwargs: Any) -> Iterator[Postbox]:
    """A server that takes mails until the block ends."""
    box = Postbox()

    class OnAnyPort(Controller):
        def factory(self) -> SMTP:
            return SMTP(self.handler, authenticator=box.authenticate, **kwargs)

    # aiosmtpd greets itself on the port it was given, so it has to be chosen before.
    controller = OnAnyPort(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def silent_server() -> Iterator[str]:
    """A server that takes connections and never says a word; its address for mails."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"smtp://127.0.0.1:{server.getsockname()[1]}"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
