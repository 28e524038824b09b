"""Backups made while people work, and restores that refuse what is not whole."""

import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Signal
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from portal.core import backup
from portal.core.backup import BackupFailed, Place
from portal.core.db import begin_writing, db
from portal.core.events import Subject, broken_links, record
from portal.core.files import Store
from portal.people.models import Person
from portal.settings import Settings

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def place(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Place]:
    """The portal's database with two receipts in a folder of this test's own."""
    uploads = tmp_path / "uploads"
    for content in (b"first receipt", b"second receipt"):
        Store(uploads).put(content)
    yield Place(settings.database, uploads)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def rename_alice(app: Flask, name: str) -> None:
    with app.app_context():
        begin_writing(db.session())
        alice = db.session.scalars(select(Person).where(Person.number == "alice")).one()
        alice.name = name
        record(db.session(), "person_changed", Subject("person", alice.id), by=None, at=AT)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def name_of_alice(place: Place) -> str:
    engine = create_engine(place.database_url)
    with engine.connect() as connection:
        name = connection.scalar(text("SELECT name FROM people WHERE number = 'alice'"))
    engine.dispose()
    return str(name)


def test_what_was_backed_up_comes_back_and_what_was_there_is_kept(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    file = tmp_path / "portal.zip"
    assert backup.back_up(place, file, at=AT).receipts == 2
    assert file.stat().st_mode & 0o077 == 0, "others on this machine could read the backup"
    rename_alice(app, "Alice the Second")
    lost = Store(place.uploads).put(b"second receipt")
    Store(place.uploads).path(lost).unlink()
    aside = backup.restore(place, file, broken_links, at=AT)
    assert name_of_alice(place) == "Alice"
    assert Store(place.uploads).read(lost) == b"second receipt"
    kept = place.url.set(database=str(aside if not aside.is_dir() else aside / "portal.db"))
    assert name_of_alice(Place(kept.render_as_string(False), place.uploads)) == "Alice the Second"


def test_a_backup_made_while_people_write_is_of_one_moment(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    stop = Signal()

    def write() -> None:
        with app.app_context():
            while not stop.is_set():
                begin_writing(db.session())
                record(db.session(), "claim_created", Subject("claim", 1), by=1, at=AT)
                db.session.execute(text("UPDATE people SET grade = grade WHERE number = 'bob'"))
                db.session.commit()

    writers = [Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    try:
        files = [tmp_path / f"{number}.zip" for number in range(4)]
        for file in files:
            backup.back_up(place, file, at=AT)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    for file in files:
        backup.restore(place, file, broken_links, at=AT)


def changed(source: Path, to: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """A copy of an archive in which ``change`` had its way, with valid checksums of its own."""
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(to, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def _flip_a_receipt(parts: dict[str, bytes]) -> None:
    name = next(name for name in parts if name.startswith(backup.UPLOADS))
    parts[name] = b"another receipt"


def _drop_a_receipt(parts: dict[str, bytes]) -> None:
    del parts[next(name for name in parts if name.startswith(backup.UPLOADS))]


def _add_a_file(parts: dict[str, bytes]) -> None:
    parts["uploads/../../evil"] = b"evil"


def _escape(parts: dict[str, bytes]) -> None:
    manifest = json.loads(parts[backup.MANIFEST])
    manifest["sha256"]["uploads/../../evil"] = "0" * 64
    parts[backup.MANIFEST] = json.dumps(manifest).encode()
    parts["uploads/../../evil"] = b"evil"


def _flip_the_database(parts: dict[str, bytes]) -> None:
    parts[backup.DATABASE] = parts[backup.DATABASE][:-1] + b"!"


def _another_format(parts: dict[str, bytes]) -> None:
    parts[backup.MANIFEST] = parts[backup.MANIFEST].replace(b"backup 1", b"backup 9")


def _no_manifest(parts: dict[str, bytes]) -> None:
    del parts[backup.MANIFEST]


@pytest.mark.parametrize(
    "change",
    [_flip_a_receipt, _drop_a_receipt, _add_a_file, _escape, _flip_the_database,
     _another_format, _no_manifest],
)  # fmt: skip
def test_a_changed_backup_is_refused_and_nothing_is_touched(
    app: Flask, place: Place, tmp_path: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    whole, tampered = tmp_path / "whole.zip", tmp_path / "tampered.zip"
    backup.back_up(place, whole, at=AT)
    changed(whole, tampered, change)
    assert_refused(app, place, tampered)


@pytest.mark.parametrize("keeps", [0.0, 0.5, 0.99])
def test_a_truncated_backup_is_refused(
    app: Flask, place: Place, tmp_path: Path, keeps: float
) -> None:
    whole, cut = tmp_path / "whole.zip", tmp_path / "cut.zip"
    backup.back_up(place, whole, at=AT)
    data = whole.read_bytes()
    cut.write_bytes(data[: int(len(data) * keeps)])
    assert_refused(app, place, cut)


def test_a_backup_whose_log_was_tampered_with_is_refused(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    rename_alice(app, "Alice")
    with app.app_context():
        db.session.execute(text("UPDATE chain_end SET last_id = last_id + 1"))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    file = tmp_path / "portal.zip"
    backup.back_up(place, file, at=AT)
    assert_refused(app, place, file, match="not whole.*should end at")


def test_a_broken_database_file_is_refused(app: Flask, tmp_path: Path) -> None:
    place = Place(f"sqlite:///{tmp_path / 'portal.db'}", tmp_path / "uploads")
    engine = create_engine(place.database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE a (x TEXT)"))
        connection.execute(text("CREATE INDEX i ON a (x)"))
        connection.execute(text("INSERT INTO a VALUES ('x'), ('y')"))
        connection.execute(text("PRAGMA writable_schema = ON"))
        connection.execute(text("UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'i'"))
    engine.dispose()
    file = tmp_path / "portal.zip"
    backup.back_up(place, file, at=AT)
    with pytest.raises(BackupFailed, match="damaged"):
        backup.restore(place, file, no_problems, at=AT)


def no_problems(_session: Session) -> Iterator[str]:
    return iter(())


def assert_refused(app: Flask, place: Place, file: Path, match: str = ".") -> None:
    """The restore says no, and leaves every file as it was."""
    rename_alice(app, "Alice of today")
    before = sorted(path for path in place.uploads.parent.rglob("*") if path != file)
    with pytest.raises(BackupFailed, match=match):
        backup.restore(place, file, broken_links, at=AT)
    assert name_of_alice(place) == "Alice of today"
    assert sorted(path for path in place.uploads.parent.rglob("*") if path != file) == before


def test_an_existing_file_is_never_overwritten(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "portal.zip"
    file.write_text("something dear")
    with pytest.raises(BackupFailed, match="exists already"):
        backup.back_up(place, file, at=AT)
    assert file.read_text() == "something dear"
