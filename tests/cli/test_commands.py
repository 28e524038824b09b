"""Every other command, and what it says when it cannot."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.cli.running import Installation


@pytest.fixture
def company(tmp_path: Path) -> Installation:
    installation = Installation(tmp_path / "instance")
    installation.found_company()
    return installation


@pytest.fixture
def production(tmp_path: Path) -> Installation:
    return Installation(
        tmp_path / "instance", mode="production",
        more={"PORTAL_BASE_URL": "https://claims.example.com"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("PORTAL_SECRET_KEY", "short", "at least 32 random characters"),
        ("PORTAL_BASE_URL", "http://localhost:8000", "the host people use"),
        ("PORTAL_MODE", "prod", "must be one of"),
        ("PORT", "http", "must be a whole number"),
    ],
)
def test_bad_settings_are_one_sentence(
    production: Installation, variable: str, value: str, says: str
) -> None:
    production.more[variable] = value
    done = production.call("run")
    assert done.returncode == 1
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_new_installation_gets_its_first_administrator(production: Installation) -> None:
    done = production.call("create-admin", "--number", "1", "--email", "Root@Example.com",
                           "--name", "Root")  # fmt: skip
    assert done.returncode == 0, done.stderr
    link = next(word for word in done.stdout.split() if word.startswith("https://"))
    assert link.startswith("https://claims.example.com/password/invite/")
    with production.running():
        assert "Root" in production.get(urlsplit(link).path)[1]
        assert "paper-crane" not in production.get("/sign-in")[1]
    with closing(sqlite3.connect(production.instance / "portal.db")) as database:
        assert database.execute("SELECT count(*) FROM people").fetchone() == (1,)
        assert database.execute("SELECT count(*) FROM flows").fetchone() == (3,)
        assert database.execute("SELECT role FROM role_grants").fetchall() == [("admin",)]


def test_somebody_there_already_becomes_administrator(company: Installation) -> None:
    done = company.call("create-admin", "--number", "dan", "--email", "x@example.com",
                        "--name", "Other")  # fmt: skip
    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(company.instance / "portal.db")) as database:
        found = database.execute(
            "SELECT name, email, role FROM people JOIN role_grants ON person_id = people.id "
            "WHERE number = 'dan'"
        ).fetchall()
    assert found == [("Dan", "dan@example.com", "admin")]
    assert "whole" in company.call("audit-verify").stdout


def test_the_demo_company_stays_out_of_production(production: Installation) -> None:
    done = production.call("demo")
    assert done.returncode == 1
    assert "demo mode only" in done.stderr


def test_settings_shows_what_counts_and_hides_what_is_secret(production: Installation) -> None:
    production.more["PORTAL_DATABASE_URL"] = "postgresql+psycopg://portal:hidden@db/portal"
    production.more["PORTAL_MAIL_URL"] = "smtp://us%40er:hidden@mail.example.com"
    said = production.call("settings").stdout
    assert "PORTAL_PORT = " in said
    assert "The port the web server listens on." in said
    assert "hidden" not in said
    assert production.environment["PORTAL_SECRET_KEY"] not in said


def test_audit_verify_finds_what_was_changed_behind_its_back(company: Installation) -> None:
    assert company.call("create-admin", "--number", "dan", "--email", "d@example.com", "--name",
                        "Dan").returncode == 0  # fmt: skip
    assert company.call("audit-verify").returncode == 0
    with closing(sqlite3.connect(company.instance / "portal.db")) as database:
        database.execute("DROP TRIGGER events_no_update")
        database.execute("UPDATE events SET actor_id = 3")
        database.commit()
    done = company.call("audit-verify")
    assert done.returncode == 1
    assert "Event 1 (person_changed) does not match its seal." in done.stdout


def test_the_doctor_looks_at_everything(company: Installation) -> None:
    said = company.call("doctor").stdout
    for word in ("SQLite", "form that this version needs", "GB free", "Mails", "WeasyPrint"):
        assert word in said
    company.more["PORTAL_MAIL_URL"] = "smtp://127.0.0.1:1"
    done = company.call("doctor")
    assert done.returncode == 1
    assert "MEND  The mail server cannot be used" in done.stdout


def test_a_damaged_backup_is_refused(company: Installation, tmp_path: Path) -> None:
    backup = tmp_path / "portal.zip"
    backup.write_bytes(b"PK\x03\x04 not really")
    before = (company.instance / "portal.db").read_bytes()
    done = company.call("restore", str(backup))
    assert done.returncode == 1
    assert "damaged or no backup" in done.stderr
    assert (company.instance / "portal.db").read_bytes() == before


def test_a_backup_of_a_newer_version_is_refused(company: Installation, tmp_path: Path) -> None:
    with closing(sqlite3.connect(company.instance / "portal.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    backup = tmp_path / "portal.zip"
    assert company.call("backup", str(backup)).returncode == 0
    done = company.call("restore", str(backup))
    assert done.returncode == 1
    assert "newer version of the portal (9999)" in done.stderr


def test_the_secret_of_a_demo_is_made_once_and_nobody_else_reads_it(tmp_path: Path) -> None:
    demo = Installation(tmp_path / "instance", mode="demo", more={"PORTAL_SECRET_KEY": ""})
    assert demo.call("settings").returncode == 0
    secret = demo.instance / "secret"
    first = secret.read_text()
    assert len(first) >= 32
    assert secret.stat().st_mode & 0o777 == 0o600
    assert demo.call("settings").returncode == 0
    assert secret.read_text() == first
