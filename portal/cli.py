"""The command ``portal``: serving, and what an administrator does beside it."""

import argparse
import inspect
import os
import re
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal import create_app, demo
from portal import settings as settings_module
from portal.approvals.flow import start_with_default
from portal.approvals.models import Flow
from portal.core import backup, clock
from portal.core.db import begin_writing, db
from portal.core.events import broken_links
from portal.core.files import Store
from portal.people import first_admin
from portal.people.passwords import hashed
from portal.policy.queries import start_with_sample
from portal.settings import DEMO_PASSWORD, BadSettings, Settings, from_environment
from portal.web import doctor, schema, serve
from portal.web.access_table import access_table

MASKED = re.compile(r"(?<=://)[^@/]*(?=@)")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; trouble is one sentence and the exit status 1."""
    chosen = _parser().parse_args(arguments)
    try:
        chosen.command(_settings(), chosen)
    except (BadSettings, backup.BackupFailed) as error:
        sys.exit(f"portal: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="portal", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[..., None]) -> argparse.ArgumentParser:
        says = (command.__doc__ or "").strip().rstrip(".")
        added = commands.add_parser(name, help=says[:1].lower() + says[1:], description=says)
        added.set_defaults(command=command)
        return added

    add("run", run)
    add("work", work)
    add("migrate", migrate)
    add("demo", load_demo)
    admin = add("create-admin", create_admin)
    admin.add_argument("--number", required=True, help="employee number")
    admin.add_argument("--email", required=True)
    admin.add_argument("--name", required=True)
    add("settings", show_settings)
    add("audit-verify", audit_verify)
    add("backup", back_up).add_argument("file", type=Path, metavar="FILE")
    restoring = add("restore", restore)
    restoring.add_argument("file", type=Path, metavar="FILE")
    restoring.add_argument(
        "--even-if-running", action="store_true", help="do not look whether the portal runs"
    )
    add("access-table", show_access)
    add("doctor", examine)
    return parser


def _settings() -> Settings:
    """The settings of the environment; in demo mode the portal fills in what it can."""
    settings = from_environment(os.environ)
    if settings.demo and not os.environ.get("PORTAL_BASE_URL"):
        shown = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
        settings = replace(settings, base_url=f"http://{shown}:{settings.port}")
    settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    if settings.demo and not settings.secret_key:
        settings = replace(settings, secret_key=kept_secret(settings.instance / "secret"))
    return settings


def kept_secret(path: Path) -> str:
    """The secret in ``path``, made on the first start and never changed."""
    if not path.exists():
        unfinished = path.with_name(f".secret-{os.getpid()}")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            # Of two first starts at once the one that links first decides for both.
            os.link(unfinished, path)
        except FileExistsError:
            pass
        finally:
            unfinished.unlink()
    return path.read_text().strip()


def run(settings: Settings, _given: argparse.Namespace) -> None:
    """Serve the portal, and work in the background, until Ctrl-C."""
    listener = serve.listen(settings)
    serve.hold_running_lock(settings)
    app = _prepared(settings)
    if _fill_if_empty(app, settings) and not settings.demo:
        print("Nobody can sign in yet. To make the first administrator:")
        print("  portal create-admin --number 1 --email you@example.com --name 'Your Name'")

    def ready() -> None:
        print(f"The portal is ready: {settings.base_url}  (Ctrl-C ends it)", flush=True)

    serve.serve(app, settings, listener, ready)


def work(settings: Settings, _given: argparse.Namespace) -> None:
    """Work in the background only: mails, reminders, tidying up."""
    app = create_app(settings)
    serve.hold_running_lock(settings)
    with app.app_context():
        if not schema.is_current():
            raise BadSettings("The database has another form. Run: portal migrate")
    serve.work_until_told(app, os.getppid())


def show_access(settings: Settings, _given: argparse.Namespace) -> None:
    """Print the table of who may do what, as docs/access.md has it."""
    print(access_table(create_app(settings)), end="")


def migrate(settings: Settings, _given: argparse.Namespace) -> None:
    """Bring the database to the form that this version needs."""
    schema.migrate(create_app(settings))
    print("The database is up to date.")


def load_demo(settings: Settings, _given: argparse.Namespace) -> None:
    """Load the demo company into an empty database."""
    if not settings.demo:
        raise BadSettings("The demo company is for demo mode only (PORTAL_MODE=demo).")
    filled = _fill_if_empty(_prepared(settings), settings)
    print("The demo company is loaded." if filled else "There are people already: nothing done.")


def _prepared(settings: Settings) -> Flask:
    app = create_app(settings)
    schema.migrate(app)
    return app


def _fill_if_empty(app: Flask, settings: Settings) -> bool:
    """Give a new database the demo company, or in production the rules to start from."""
    with app.app_context():
        session, at = db.session(), clock.now()
        begin_writing(session)
        if not demo.is_empty(session):
            return False
        if settings.demo:
            print("Loading the demo company. This takes a moment, once.", flush=True)
            store: Store = app.extensions["store"]
            today = clock.day(at, settings.timezone)
            demo.load(session, store, today=today, password_hash=hashed(DEMO_PASSWORD))
        elif session.scalar(select(Flow.id).limit(1)) is None:
            start_with_sample(session, at)
            start_with_default(session)
        session.commit()
        return True


def create_admin(settings: Settings, given: argparse.Namespace) -> None:
    """Make a person an administrator and print a link to choose the password."""
    app = _prepared(settings)
    _fill_if_empty(app, settings)
    with app.app_context():
        begin_writing(db.session())
        token = first_admin.appoint(
            db.session(), number=given.number, email=given.email, name=given.name,
            language=settings.language, at=clock.now(),
        )  # fmt: skip
        db.session.commit()
    print("To choose a password, open this link within 7 days. It works once:")
    print(f"  {settings.base_url.rstrip('/')}/password/invite/{token}")


def show_settings(settings: Settings, _given: argparse.Namespace) -> None:
    """List every setting, what it means and its value here."""
    for name, meaning in documented_settings():
        value = getattr(settings, name)
        if name in settings_module.SECRETS:
            value = "(set)" if value else "(not set)"
        print(f"{settings_module.PREFIX}{name.upper()} = {MASKED.sub('…', str(value))}")
        print(f"    {meaning}")


def documented_settings() -> Iterator[tuple[str, str]]:
    """Each setting's name and the comment above it."""
    source = inspect.getsource(Settings)
    for field in fields(Settings):
        above = re.search(rf"((?:^    #.*\n)+)^    {field.name}:", source, re.MULTILINE)
        comment = above[1] if above else ""
        yield field.name, " ".join(line.strip(" #") for line in comment.splitlines())


def audit_verify(settings: Settings, _given: argparse.Namespace) -> None:
    """Check the audit log for tampering."""
    with create_app(settings).app_context():
        whole = True
        for sentence in broken_links(db.session()):
            print(sentence)
            whole = False
        if not whole:
            sys.exit(1)
    print("The audit log is whole.")


def back_up(settings: Settings, given: argparse.Namespace) -> None:
    """Write the database and all receipts to FILE; the portal may run meanwhile."""
    made = backup.back_up(_place(settings), given.file, at=clock.now())
    print(f"{given.file}: the database and {made.receipts} receipts, {made.size:,} bytes.")
    print("PORTAL_SECRET_KEY is not in it: keep it somewhere else.")


def restore(settings: Settings, given: argparse.Namespace) -> None:
    """Put the backup FILE in the place of what is there, after checking all of it."""
    if given.even_if_running:
        _restore(settings, given.file)
    else:
        with serve.alone(settings):
            _restore(settings, given.file)


def _restore(settings: Settings, file: Path) -> None:
    aside = backup.restore(_place(settings), file, _problems, at=clock.now())
    print(f"Restored. What was there before is kept: {aside}")


def _place(settings: Settings) -> backup.Place:
    return backup.Place(settings.database, settings.instance / "uploads")


def _problems(session: Session) -> Iterator[str]:
    version = session.scalar(text("SELECT version_num FROM alembic_version"))
    known = {script.revision for script in ScriptDirectory(str(schema.FOLDER)).walk_revisions()}
    if version not in known:
        yield f"It is of a newer version of the portal ({version})."
        return
    yield from broken_links(session)


def examine(settings: Settings, _given: argparse.Namespace) -> None:
    """Look at this installation and say what is good, and what to mend."""
    signs = {doctor.GOOD: "  ok ", doctor.CARE: " look", doctor.BAD: " MEND"}
    bad = False
    for finding in doctor.examine(create_app(settings), settings):
        bad = bad or finding.state == doctor.BAD
        print(f"{signs[finding.state]}  {finding.says}")
    if bad:
        sys.exit(1)
