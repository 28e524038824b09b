"""The databases that tests run on, and how each test gets a fresh one in milliseconds."""

import atexit
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import NullPool, create_engine, inspect, text

FIND = Path(__file__).parents[1] / "tools" / "find-program.sh"


class Sqlite:
    """A file that is copied back before each test."""

    def __init__(self, instance: Path):
        self._file, self._kept = instance / "portal.db", instance / "founded.db"
        self.url = f"sqlite:///{self._file}"

    def keep(self) -> None:
        """Remember the database as it is: what every test begins with."""
        shutil.copy(self._file, self._kept)

    def renew(self) -> None:
        """Bring back what ``keep`` remembered. Nobody may be connected."""
        for leftover in ("-wal", "-shm"):
            Path(f"{self._file}{leftover}").unlink(missing_ok=True)
        shutil.copy(self._kept, self._file)


class Postgresql:
    """A server of our own in a temporary folder; rows are put back before each test."""

    def __init__(self) -> None:
        self._server = PostgresqlServer()
        admin = create_engine(self._server.url("postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("CREATE DATABASE portal"))
        admin.dispose()
        self.url = self._server.url("portal")
        self._engine = create_engine(self.url, poolclass=NullPool)
        self._renewal = ""

    def keep(self) -> None:
        """Remember the database as it is: what every test begins with."""
        # Neither foreign keys nor the triggers that guard events stand in the way.
        renewal = ["SET LOCAL lock_timeout = '10s'", "SET LOCAL session_replication_role = replica"]
        tables = inspect(self._engine).get_table_names()
        with self._engine.begin() as connection:
            connection.execute(text("CREATE SCHEMA founded"))
            for name in tables:
                connection.execute(text(f"CREATE TABLE founded.{name} AS TABLE public.{name}"))
                renewal.append(f"DELETE FROM public.{name}")
                renewal.append(f"INSERT INTO public.{name} SELECT * FROM founded.{name}")
            sequences = connection.execute(
                text("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname='public'")
            )
            renewal += [
                f"SELECT setval('public.{name}', {last or 1}, {last is not None})"
                for name, last in sequences
            ]
        self._renewal = ";".join(renewal)

    def renew(self) -> None:
        """Bring back what ``keep`` remembered; much faster than a copy of a template."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql(self._renewal)


class PostgresqlServer:
    """PostgreSQL's own programs, a socket and no network; gone when the tests end."""

    def __init__(self) -> None:
        self._programs = programs()
        assert self._programs is not None, "PostgreSQL's programs are not on this machine"
        self.folder = Path(tempfile.mkdtemp(prefix="portal-postgresql-"))
        self._as: list[str] = []
        if os.getuid() == 0:
            # The server refuses to run as root.
            self._as = ["runuser", "-u", "nobody", "--"]
            shutil.chown(self.folder, "nobody")
        atexit.register(self.stop)
        self._call("initdb", "--auth=trust", "--username=portal", "--no-sync", "--encoding=UTF8",
                   "--locale=C", f"--pgdata={self.folder / 'data'}")  # fmt: skip
        options = " ".join(
            f"-c {option}"
            for option in (
                "listen_addresses=''",
                f"unix_socket_directories={self.folder}",
                "fsync=off",
                "synchronous_commit=off",
                "full_page_writes=off",
                "autovacuum=off",
                "shared_buffers=64MB",
            )
        )
        self._call("pg_ctl", "start", "--wait", "--silent", f"--pgdata={self.folder / 'data'}",
                   f"--log={self.folder / 'log'}", f"--options={options}")  # fmt: skip

    def url(self, database: str) -> str:
        """The SQLAlchemy address of one of the server's databases."""
        return f"postgresql+psycopg://portal@/{database}?host={self.folder}"

    def stop(self) -> None:
        """End the server and remove what it wrote."""
        data = self.folder / "data"
        if (data / "postmaster.pid").exists():
            self._call("pg_ctl", "stop", "--mode=immediate", "--silent", f"--pgdata={data}")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _call(self, program: str, *arguments: str) -> None:
        assert self._programs is not None
        command = [*self._as, str(self._programs / program), *arguments]
        # To a file, not a pipe: the server keeps what it was started with open.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(command, cwd="/", stdout=said, stderr=said, check=False)
            said.seek(0)
            assert done.returncode == 0, f"{program} failed: {said.read().decode()}"


def programs() -> Path | None:
    """The folder of PostgreSQL's server programs, None when they are not here."""
    found = subprocess.run([FIND, "postgresql"], capture_output=True, text=True, check=False)
    return Path(found.stdout.strip()) if found.returncode == 0 else None
