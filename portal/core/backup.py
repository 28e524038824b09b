"""Backups: the database and the receipts in one file, made while the portal runs.

A restore reads everything and checks everything before it touches anything, and keeps what
was there before.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import URL, create_engine, make_url
from sqlalchemy.orm import Session

from portal.core import backup_postgresql as postgresql
from portal.core.db import prepare
from portal.core.files import Store

FORMAT = "portal backup 1"
MANIFEST = "manifest.json"
DATABASE = "database"
UPLOADS = "uploads/"
CHUNK = 1024 * 1024

Check = Callable[[Session], Iterator[str]]
"""Looks at a restored database before it is used; yields a sentence for each problem."""


class BackupFailed(Exception):
    """The backup or restore was not done and nothing was changed; says why."""


@dataclass(frozen=True)
class Place:
    """What is backed up: a database by its SQLAlchemy address, and the folder of receipts."""

    database_url: str
    uploads: Path

    @property
    def url(self) -> URL:
        """The address of the database in its parts."""
        return make_url(self.database_url)

    @property
    def sqlite_path(self) -> Path:
        """The file of an SQLite database."""
        return Path(self.url.database or "")


@dataclass(frozen=True)
class Summary:
    """What a backup holds."""

    receipts: int
    size: int


def back_up(place: Place, target: Path, *, at: datetime) -> Summary:
    """Write ``place`` as it is at this moment to the new file ``target``.

    The database is read first, as one snapshot; receipts are never changed once kept, so
    all that it names are there. Raises ``BackupFailed``.
    """
    if target.exists():
        raise BackupFailed(f"{target} exists already. Choose another name.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
            database, unfinished = Path(folder, "database"), Path(folder, "backup")
            _dump(place, database)
            receipts = _pack(unfinished, database, place, at)
            unfinished.chmod(0o600)
            unfinished.replace(target)
    except OSError as error:
        raise BackupFailed(f"The backup could not be written: {error}.") from error
    return Summary(receipts, target.stat().st_size)


def _dump(place: Place, to: Path) -> None:
    if place.url.get_backend_name() == "postgresql":
        postgresql.dump(place.url, to)
        return
    if not place.sqlite_path.is_file():
        raise BackupFailed(f"There is no database at {place.sqlite_path}.")
    # SQLite's own copying sees one moment, the write-ahead log included, and stops nobody.
    with (
        closing(sqlite3.connect(place.sqlite_path)) as source,
        closing(sqlite3.connect(to)) as copy,
    ):
        source.backup(copy)
        # A file that is read only needs no log beside it.
        copy.execute("PRAGMA journal_mode = DELETE")


def _pack(target: Path, database: Path, place: Place, at: datetime) -> int:
    sums: dict[str, str] = {}
    with zipfile.ZipFile(target, "w", allowZip64=True) as archive:
        sums[DATABASE] = _add(archive, DATABASE, database, zipfile.ZIP_DEFLATED)
        for path in sorted(place.uploads.glob("??/*")):
            if len(path.name) == 64:
                name = f"{UPLOADS}{path.name}"
                try:
                    sums[name] = _add(archive, name, path, zipfile.ZIP_STORED)
                except FileNotFoundError:
                    continue  # swept away meanwhile: nothing names it any more
        manifest = {
            "format": FORMAT,
            "made_at": at.isoformat(),
            "database": place.url.get_backend_name(),
            "sha256": sums,
        }
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    with target.open("rb") as file:
        os.fsync(file.fileno())
    return len(sums) - 1


def _add(archive: zipfile.ZipFile, name: str, path: Path, compression: int) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        info = zipfile.ZipInfo(name)
        info.compress_type = compression
        with archive.open(info, "w", force_zip64=True) as entry:
            for chunk in iter(lambda: source.read(CHUNK), b""):
                digest.update(chunk)
                entry.write(chunk)
    return digest.hexdigest()


def restore(place: Place, source: Path, check: Check, *, at: datetime) -> Path:
    """Put the backup ``source`` in the place of what is there; where that is kept now.

    Every byte is checked against its sum and the restored database by ``check`` before
    anything is touched. Raises ``BackupFailed``.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _checked_manifest(archive)
            if manifest["database"] != place.url.get_backend_name():
                raise BackupFailed(
                    f"This is a backup of a {manifest['database']} database, "
                    f"and this portal uses {place.url.get_backend_name()}."
                )
            _check_sums(archive, manifest["sha256"])
            with _unpacked(archive, place) as database:
                if manifest["database"] == "postgresql":
                    return postgresql.replace(
                        place.url, database, lambda url: _examine(url, check),
                        lambda: _keep_receipts(archive, place), at=at,
                    )  # fmt: skip
                _examine_file(database, check)
                _keep_receipts(archive, place)
                return _replace(place, database, at)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError) as error:
        raise BackupFailed(f"This file is damaged or no backup: {error}.") from error
    except OSError as error:
        raise BackupFailed(f"The backup could not be restored: {error}.") from error


def _checked_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    names = archive.namelist()
    try:
        manifest = json.loads(archive.read(MANIFEST))
        sums = manifest["sha256"]
        fits = manifest["format"] == FORMAT and sorted([*sums, MANIFEST]) == sorted(names)
        # A receipt is kept under the sum of its bytes: its name must be that sum.
        fits &= all(name == f"{UPLOADS}{sha}" for name, sha in sums.items() if name != DATABASE)
    except (KeyError, ValueError, TypeError, AttributeError):
        fits = False
    if not fits or DATABASE not in names:
        raise BackupFailed("This file is no backup of the portal, or something was changed in it.")
    return dict(manifest)


def _check_sums(archive: zipfile.ZipFile, sums: dict[str, str]) -> None:
    for name, expected in sums.items():
        digest = hashlib.sha256()
        with archive.open(name) as entry:
            for chunk in iter(lambda entry=entry: entry.read(CHUNK), b""):  # type: ignore[misc]
                digest.update(chunk)
        if digest.hexdigest() != expected:
            raise BackupFailed(f"{name} in this backup is damaged: its sum does not match.")


@contextmanager
def _unpacked(archive: zipfile.ZipFile, place: Place) -> Iterator[Path]:
    # Beside the database, so that putting it there is one rename.
    postgres = place.url.get_backend_name() == "postgresql"
    beside = None if postgres else place.sqlite_path.parent
    if beside:
        beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=beside, prefix=".restore-") as folder:
        database = Path(folder, "database")
        with archive.open(DATABASE) as entry, database.open("wb") as file:
            _copy(entry, file)
        yield database


def _copy(source: IO[bytes], to: IO[bytes]) -> None:
    shutil.copyfileobj(source, to, CHUNK)
    to.flush()
    os.fsync(to.fileno())


def _examine_file(database: Path, check: Check) -> None:
    try:
        with closing(sqlite3.connect(database)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        found, broken = str(error), None
    if found != "ok" or broken:
        raise BackupFailed(f"The database in this backup is damaged: {found}.")
    _examine(URL.create("sqlite", database=str(database)), check)
    for leftover in ("-wal", "-shm"):
        Path(f"{database}{leftover}").unlink(missing_ok=True)


def _examine(url: URL, check: Check) -> None:
    engine = create_engine(url)
    prepare(engine)
    try:
        with Session(engine) as session:
            problems = list(check(session))
    finally:
        engine.dispose()
    if problems:
        raise BackupFailed("The database in this backup is not whole. " + " ".join(problems[:5]))


def _keep_receipts(archive: zipfile.ZipFile, place: Place) -> None:
    """Only adds: what the database of today names stays until that is replaced, and after."""
    store = Store(place.uploads)
    for name in archive.namelist():
        if name.startswith(UPLOADS):
            store.put(archive.read(name))


def _replace(place: Place, database: Path, at: datetime) -> Path:
    """Swap the file in one rename. What was there goes to a folder beside it."""
    current = place.sqlite_path
    when = f"before-restore-{at:%Y%m%d-%H%M%S}-"
    aside = Path(tempfile.mkdtemp(dir=current.parent, prefix=when))
    if current.exists():
        with closing(sqlite3.connect(current)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        os.link(current, aside / current.name)
        if place.uploads.exists():
            # Links cost nothing and keep the receipts when the worker sweeps unnamed ones.
            kept = place.uploads.parent / aside.name / place.uploads.name
            shutil.copytree(place.uploads, kept, copy_function=os.link)
        for leftover in ("-wal", "-shm"):
            Path(f"{current}{leftover}").unlink(missing_ok=True)
    database.replace(current)
    folder = os.open(current.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    return aside
