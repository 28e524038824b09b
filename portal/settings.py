"""Every setting of the portal, read from the environment once."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

MODES = ("demo", "production", "test")
SHORTEST_SECRET = 32
DEMO_PASSWORD = "paper-crane-2026"  # noqa: S105 - shown on the sign-in page of the demo


class BadSettings(Exception):
    """The environment asks for something the portal must not start with."""


@dataclass(frozen=True)
class Settings:
    """What an installation decides. The comments are shown by ``portal settings``."""

    # demo: sample company, mails kept as files. production: the real thing.
    mode: str = "demo"
    # Signs cookies, links and printed forms; at least 32 random characters in production.
    secret_key: str = ""
    # The address people type, such as https://claims.example.com; links in mails use it.
    base_url: str = "http://127.0.0.1:8000"
    # SQLAlchemy address; empty means SQLite in the instance folder.
    database_url: str = ""
    # Database, uploads, cache and demo mails live here.
    instance_dir: str = "instance"
    # files, or smtp://user:password@host:587 (smtps:// for TLS from the first byte).
    mail_url: str = "files"
    # The sender of the portal's mails.
    mail_from: str = "portal@localhost"
    # How many reverse proxies in front of the portal may be believed.
    trusted_proxies: int = 0
    # The time zone of working days, due times and everything shown.
    timezone: str = "Asia/Shanghai"
    # The language of a visitor whose browser asks for neither Chinese nor English.
    language: str = "zh"
    # Where the web server listens.
    host: str = "127.0.0.1"
    # The port the web server listens on.
    port: int = 8000
    # Web server processes.
    web_processes: int = 2
    # Threads in each web server process.
    web_threads: int = 4
    # Seconds a signed-in browser may be idle (30 minutes); a shared one has 5 minutes.
    idle_seconds: int = 1800
    # A change of the rules is published by a second person: yes or no.
    policy_two_people: bool = False
    # Read the print of photographed receipts too: yes or no; needs the extra ocr installed.
    ocr: bool = False
    # Where exchange rates are fetched once a day, {day} in it being the day; empty for nowhere.
    rates_url: str = ""
    # The identity provider (OpenID Connect), such as https://login.example.com; empty for none.
    oidc_issuer: str = ""
    # What the provider calls the portal.
    oidc_client_id: str = ""
    # The portal's secret at the provider; empty for a public client.
    oidc_client_secret: str = ""
    # What people call the provider: the button says “Sign in with …”.
    oidc_name: str = "OpenID"
    # Passwords are off, but for administrators in an emergency: yes or no.
    oidc_only: bool = False
    # What the directory that provisions people by SCIM 2.0 sends; at least 32 characters.
    scim_token: str = ""

    @property
    def instance(self) -> Path:
        """The instance folder as an absolute path."""
        return Path(self.instance_dir).absolute()

    @property
    def database(self) -> str:
        """The SQLAlchemy address in use."""
        return self.database_url or f"sqlite:///{self.instance / 'portal.db'}"

    @property
    def demo(self) -> bool:
        """Whether demo people exist and every page says so."""
        return self.mode == "demo"

    @property
    def secure(self) -> bool:
        """Whether cookies are for https only."""
        return self.base_url.startswith("https://")

    @property
    def host_name(self) -> str:
        """The host name people type, without scheme and port."""
        return self.base_url.split("://", 1)[-1].split("/", 1)[0].rsplit(":", 1)[0]


PREFIX = "PORTAL_"
SECRETS = ("secret_key", "oidc_client_secret", "scim_token")
"""Settings that are never shown."""
UNPREFIXED = {"HOST": "host", "PORT": "port"}


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Settings from ``PORTAL_…`` variables (and plain ``HOST`` and ``PORT``).

    Raises ``BadSettings`` with a sentence for the administrator.
    """
    given: dict[str, str | int | bool] = {}
    for field in fields(Settings):
        text = environ.get(PREFIX + field.name.upper(), "").strip()
        for plain, name in UNPREFIXED.items():
            if name == field.name and not text:
                text = environ.get(plain, "").strip()
        if not text:
            continue
        read = _READERS.get(field.type)
        given[field.name] = read(field.name, text) if read else text
    settings = Settings(**given)  # type: ignore[arg-type]
    return checked(settings)


def checked(settings: Settings) -> Settings:
    """The same settings when the portal may start with them; else raises ``BadSettings``."""
    if settings.mode not in MODES:
        raise BadSettings(f"PORTAL_MODE must be one of {', '.join(MODES)}, not {settings.mode!r}.")
    if not settings.base_url.startswith(("http://", "https://")):
        raise BadSettings("PORTAL_BASE_URL must begin with http:// or https://.")
    if settings.mode == "production":
        if len(settings.secret_key) < SHORTEST_SECRET or len(set(settings.secret_key)) < 10:
            raise BadSettings(
                "PORTAL_SECRET_KEY must be at least 32 random characters. "
                f"For example: {secrets.token_urlsafe(48)}"
            )
        if settings.host_name in ("127.0.0.1", "localhost", ""):
            raise BadSettings("PORTAL_BASE_URL must name the host people use, not this machine.")
    _check_identities(settings)
    _check_rates(settings)
    return settings


def _check_rates(settings: Settings) -> None:
    if settings.rates_url and not settings.rates_url.startswith(("http://", "https://")):
        raise BadSettings("PORTAL_RATES_URL must begin with http:// or https://.")


def _check_identities(settings: Settings) -> None:
    if settings.oidc_only and not settings.oidc_issuer:
        raise BadSettings("PORTAL_OIDC_ONLY needs PORTAL_OIDC_ISSUER.")
    if settings.oidc_issuer:
        if not settings.oidc_client_id:
            raise BadSettings("PORTAL_OIDC_ISSUER needs PORTAL_OIDC_CLIENT_ID.")
        if settings.mode == "production" and not settings.oidc_issuer.startswith("https://"):
            raise BadSettings("PORTAL_OIDC_ISSUER must begin with https://.")
    if settings.scim_token and len(settings.scim_token) < SHORTEST_SECRET:
        raise BadSettings("PORTAL_SCIM_TOKEN must be at least 32 random characters.")


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadSettings(f"{PREFIX}{name.upper()} must be a whole number, not {text!r}.") from None


def _yes(name: str, text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise BadSettings(f"{PREFIX}{name.upper()} must be yes or no, not {text!r}.")
    return text.lower() == "yes"


_READERS: dict[object, Callable[[str, str], int | bool]] = {int: _number, bool: _yes}
