"""The databases that are measured: SQLite always, PostgreSQL when its programs are here."""

import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks.data import Size, fill, instance_for
from portal import create_app
from portal.settings import Settings

SECRET = "only for measuring, and long enough for it"
HOST = "portal.example"


@dataclass(frozen=True)
class Measured:
    """A filled instance that a run may change, and how long making its data took."""

    kind: str
    size: Size
    settings: Settings
    made_in: float


def settings_for(instance: Path, database_url: str = "") -> Settings:
    """As in production, on this instance folder."""
    return Settings(
        mode="production", secret_key=SECRET, base_url=f"http://{HOST}",
        instance_dir=str(instance), database_url=database_url, language="en",
    )  # fmt: skip


def environment(settings: Settings) -> dict[str, str]:
    """The settings as a server's environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "PORTAL_MODE": settings.mode,
        "PORTAL_SECRET_KEY": settings.secret_key,
        "PORTAL_BASE_URL": settings.base_url,
        "PORTAL_INSTANCE_DIR": settings.instance_dir,
        "PORTAL_DATABASE_URL": settings.database_url,
        "PORTAL_LANGUAGE": settings.language,
    }


def sqlite(size: Size) -> Measured:
    """The size on SQLite, made when it is not there yet, copied for this run."""
    kept = instance_for(size, "sqlite")
    seconds = made(kept, lambda: fill(create_app(settings_for(kept)), size))
    work = kept.with_name(f"{kept.name}-run")
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(kept, work)
    return Measured("SQLite", size, settings_for(work), seconds)


def made(kept: Path, make: Callable[[], float]) -> float:
    """Seconds that ``make`` took, now or when the data was made."""
    note = kept / "made.json"
    if not note.exists():
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        note.write_text(json.dumps({"seconds": make()}))
    return float(json.loads(note.read_text())["seconds"])


def programs() -> Path | None:
    """The folder of PostgreSQL's server programs, None when they are not on this machine."""
    found = [Path(path).parent for path in [shutil.which("pg_ctl")] if path]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in found if (folder / "initdb").exists()), None)


@contextmanager
def postgresql_server(root: Path) -> Iterator[str]:
    """A server of our own in ``root``, durable as in production; yields its address."""
    folder = programs()
    assert folder is not None
    root.mkdir(parents=True, exist_ok=True)
    user = _unprivileged(root)
    data = root / "server"
    if not (data / "PG_VERSION").exists():
        _run(folder / "initdb", "-D", data, "-U", "portal", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", user=user)  # fmt: skip
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="bench") as sockets:
        if user:
            shutil.chown(sockets, user)
        options = f"-p {port} -k {sockets} -c listen_addresses=127.0.0.1 -c shared_buffers=512MB"
        options += " -c max_wal_size=4GB -c fsync=on -c synchronous_commit=on"
        _run(folder / "pg_ctl", "-D", data, "-w", "-l", root / "server.log", "-o", options,
             "start", user=user)  # fmt: skip
        try:
            yield f"postgresql+psycopg://portal@127.0.0.1:{port}"
        finally:
            _run(folder / "pg_ctl", "-D", data, "-w", "-m", "fast", "stop", user=user)


def postgresql(size: Size, server: str) -> Measured:
    """The size on PostgreSQL, made when it is not there yet, copied for this run."""
    kept = instance_for(size, "postgresql")
    name = f"kept_{kept.parent.name}_{size.claims}"

    def make() -> float:
        administer(server, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
        return fill(create_app(settings_for(kept, f"{server}/{name}")), size)

    seconds = made(kept, make)
    administer(server, f'DROP DATABASE IF EXISTS "{name}_run"',
           f'CREATE DATABASE "{name}_run" TEMPLATE "{name}"')  # fmt: skip
    return Measured("PostgreSQL", size, settings_for(kept, f"{server}/{name}_run"), seconds)


def administer(server: str, *statements: str) -> None:
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _unprivileged(root: Path) -> str | None:
    """PostgreSQL refuses to run as root: then somebody else owns its folder."""
    if os.getuid() != 0:
        return None
    user = "postgres" if any(p.pw_name == "postgres" for p in pwd.getpwall()) else "nobody"
    shutil.chown(root, user)
    return user


def _run(program: Path, *arguments: object, user: str | None) -> None:
    command = [str(program), *map(str, arguments)]
    subprocess.run(command, user=user, check=True, cwd="/", stdout=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
