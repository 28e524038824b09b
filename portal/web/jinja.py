"""What every template knows."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, get_flashed_messages, request, url_for

from portal.claims import access
from portal.core.money import in_words
from portal.people.roles import ADMIN, AUDITOR, Reader
from portal.people.sessions import SHARED_IDLE
from portal.settings import Settings
from portal.web import labels
from portal.web.guards import reader_or_none
from portal.web.i18n import say
from portal.web.kept_forms import new_form_key, typed
from portal.web.languages import gettext as _
from portal.web.languages import language
from portal.web.live import own_address


@dataclass(frozen=True)
class Item:
    """One entry of the main menu."""

    label: str
    url: str
    current: bool
    count: int = 0


def init(app: Flask, chosen: Settings) -> None:
    """Give templates the reader, the menu, the labels and the switches of this portal."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(labels=labels, access=access, own_address=own_address, typed=typed)
    app.jinja_env.filters.update(in_words=in_words, summary=summary, advice=advice)

    @app.context_processor
    def about_the_reader() -> dict[str, Any]:
        reader = reader_or_none()
        return {
            "person": reader,
            "nav": menu(reader) if reader else [],
            "unread": reader.unread if reader else 0,
            "shared": reader.shared if reader else False,
            "idle_seconds": int(SHARED_IDLE.total_seconds()),
            "idle_url": url_for("session.sign_in", ended=1),
            "language": language(),
            "other_language": "en" if language() == "zh" else "zh",
            "demo": chosen.demo,
            "flashes": get_flashed_messages(with_categories=True),
            "help_url": url_for("kb.list"),
            "form_key": (lambda: new_form_key(reader.id)) if reader else (lambda: ""),
        }


def advice(finding: Any) -> str:
    """What a finding says and how to correct it; Chinese sentences have no space between."""
    return f"{say(finding.says)}{'' if language() == 'zh' else ' '}{say(finding.mend)}"


def summary(judged: Any, forms: Any, form: Any) -> list[tuple[str, str]]:
    """What stops a claim, with the id of the control to mend each at."""
    listed = []
    places = {line_id: place for place, line_id in enumerate(forms, start=1)}
    for finding in judged.stopping:
        text = advice(finding)
        if finding.line not in places:
            listed.append(("purpose" if finding.field == "purpose" else "claim-lines", text))
            continue
        text = _("Line %(place)s: %(text)s", place=places[finding.line], text=text)
        listed.append((f"line-{finding.line}-{finding.field}", text))
    return listed


ENTRIES = frozenset(
    (
        "home.show", "claims.list", "approvals.inbox", "claims.list_all", "payments.list",
        "people.list", "policy.categories", "audit.list",
    )
)  # fmt: skip
"""The endpoints that have an entry of their own in the menu."""


def menu(reader: Reader) -> list[Item]:
    """The main menu: what this reader can open, in the order of daily use."""
    entries = [
        (_("Home"), "home.show", True, 0),
        (_("My claims"), "claims.list", True, 0),
        (_("To approve"), "approvals.inbox", True, reader.waiting),
        (_("All claims"), "claims.list_all", access.may_see_all(reader), 0),
        (_("Payments"), "payments.list", access.may_see_all(reader), 0),
        (_("People"), "people.list", reader.has(ADMIN), 0),
        (_("Categories"), "policy.categories", reader.has(ADMIN), 0),
        (_("Audit log"), "audit.list", reader.has(AUDITOR, ADMIN), 0),
    ]
    here = request.endpoint or ""
    return [
        Item(label, url_for(endpoint), _is_current(here, endpoint), count)
        for label, endpoint, allowed, count in entries
        if allowed
    ]


def _is_current(here: str, endpoint: str) -> bool:
    chosen: str | None = g.get("menu_entry")
    if chosen is not None or here in ENTRIES:
        return endpoint == (chosen or here)
    return here.split(".")[0] == endpoint.split(".")[0]
