"""The database part of a backup on PostgreSQL: its own programs, and a swap by renaming."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import DBAPIError


class ProgramFailed(OSError):
    """PostgreSQL's program is missing or failed; the sentence is for the administrator."""


def dump(url: URL, to: Path) -> None:
    """Write one consistent dump of the database while it is used. Raises ``ProgramFailed``."""
    _run("pg_dump", url, "--format=custom", "--no-owner", f"--file={to}")


def replace(
    url: URL, dumped: Path, examine: Callable[[URL], None], before_swap: Callable[[], None],
    *, at: datetime,
) -> Path:  # fmt: skip
    """Restore ``dumped`` beside the database, examine it, and swap the two by renaming.

    The role needs CREATEDB. The old database stays under the name that is returned.
    """
    name = str(url.database)
    when = f"{at:%Y%m%d_%H%M%S}_{secrets.token_hex(2)}"
    fresh, old = f"{name}_restored_{when}", f"{name}_before_{when}"
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    quoted = admin.dialect.identifier_preparer.quote
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {quoted(fresh)} TEMPLATE template0"))
            try:
                new = url.set(database=fresh)
                _run("pg_restore", new, "--no-owner", "--exit-on-error", f"--dbname={fresh}",
                     str(dumped))  # fmt: skip
                examine(new)
                before_swap()
            except BaseException:
                connection.execute(text(f"DROP DATABASE {quoted(fresh)}"))
                raise
        with admin.execution_options(isolation_level="READ COMMITTED").begin() as connection:
            connection.execute(text(f"ALTER DATABASE {quoted(name)} RENAME TO {quoted(old)}"))
            connection.execute(text(f"ALTER DATABASE {quoted(fresh)} RENAME TO {quoted(name)}"))
    except DBAPIError as error:
        raise ProgramFailed(f"PostgreSQL refused: {str(error.orig).strip()}") from error
    finally:
        admin.dispose()
    return Path(old)


def _run(program: str, url: URL, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise ProgramFailed(f"{program} is not on this machine. Install postgresql-client.")
    # The password goes by the environment: a command line is read by everybody.
    asked = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": url.port or url.query.get("port"),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    given = {name: str(value) for name, value in asked.items() if value}
    done = subprocess.run(
        [found, "--no-password", *arguments], env=os.environ | given, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise ProgramFailed(f"{program} failed: {done.stderr.strip()[-500:]}")
