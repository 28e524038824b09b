"""Handing mails over, to servers good and bad."""

import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from portal.core import mail
from portal.core.mail import MailFailed
from tests.postbox import free_port, postbox, silent_server


def letter(subject: str = "您的报销单已付款") -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "p@example.com", "a@example.com"
    message["Message-ID"], message["Date"] = "<1@example.com>", "Mon, 02 Mar 2026 02:00:00 +0000"
    message.set_content("你好, hello")
    return message


def test_a_server_gets_the_mail_as_it_was_written(tmp_path: Path) -> None:
    with postbox() as box:
        mail.send(letter(), box.url, tmp_path)
    assert [m["Subject"] for m in box.received] == ["您的报销单已付款"]
    assert box.received[0].get_content().strip() == "你好, hello"


def test_name_and_password_in_the_address_are_used(tmp_path: Path) -> None:
    with postbox(auth_require_tls=False) as box:
        url = box.url.replace("//", "//portal%40example.com:p%40ss%2Fword@")
        mail.send(letter(), url, tmp_path)
    assert box.signed_in == [b"portal@example.com"]
    assert len(box.received) == 1


def test_a_wrong_password_is_a_failure_that_names_nobody(tmp_path: Path) -> None:
    with postbox(auth_require_tls=False) as box:
        url = box.url.replace("//", "//portal:wrong@")
        with pytest.raises(MailFailed, match="535") as failure:
            mail.send(letter(), url, tmp_path)
    assert "wrong" not in str(failure.value)


def test_a_password_never_crosses_the_network_openly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "_THIS_MACHINE", ())
    with postbox(auth_require_tls=False) as box:
        with pytest.raises(MailFailed, match="no TLS"):
            mail.send(letter(), box.url.replace("//", "//portal:secret@"), tmp_path)
        assert box.signed_in == []


@pytest.mark.parametrize("answer", ["451 try later", "554 no"])
def test_a_refusal_is_a_failure(tmp_path: Path, answer: str) -> None:
    with postbox() as box:
        box.answers.append(answer)
        with pytest.raises(MailFailed, match=answer[:3]):
            mail.send(letter(), box.url, tmp_path)
        assert box.received == []


def test_a_silent_server_is_given_up(tmp_path: Path) -> None:
    begun = time.monotonic()
    with silent_server() as url, pytest.raises(MailFailed):
        mail.send(letter(), url, tmp_path, seconds=0.3)
    assert time.monotonic() - begun < 3
    assert mail.SECONDS <= 20, "the worker would hang on a silent server"


def test_a_dead_server_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(MailFailed):
        mail.send(letter(), f"smtp://127.0.0.1:{free_port()}", tmp_path)


def test_an_address_of_another_kind_is_named(tmp_path: Path) -> None:
    with pytest.raises(MailFailed, match="smtp://"):
        mail.send(letter(), "http://example.com", tmp_path)


def test_in_demo_mode_a_mail_is_a_file_and_one_sent_twice_is_one(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    mail.send(letter(), "files", folder)
    mail.send(letter(), "files", folder)
    [written] = mail.written(folder, 10)
    assert (written.subject, written.to) == ("您的报销单已付款", "a@example.com")
    assert mail.read(folder, written.name) == written


@pytest.mark.parametrize("name", ["../secret", "20260302-020000-0000000000000000", ""])
def test_no_other_file_can_be_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.eml").write_text("Subject: no")
    (tmp_path / "mail").mkdir()
    assert mail.read(tmp_path / "mail", name) is None
