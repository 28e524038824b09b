"""What every template knows."""

from typing import Any

from flask import Flask, g, get_flashed_messages, request

from portal.claims import access
from portal.core.money import in_words
from portal.people.roles import ADMIN, AUDITOR, FINANCE, Reader
from portal.people.sessions import SHARED_IDLE
from portal.prior import access as access_prior
from portal.settings import Settings
from portal.web import labels
from portal.web.guards import reader_or_none
from portal.web.i18n import say
from portal.web.kept_forms import new_form_key, typed
from portal.web.languages import gettext as _
from portal.web.languages import language
from portal.web.live import own_address
from portal.web.session import csrf_token


def init(app: Flask, chosen: Settings) -> None:
    """Give templates the reader, the menu, the labels and the switches of this portal."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        labels=labels, access=access, access_prior=access_prior, own_address=own_address,
            typed=typed, demo=chosen.demo,
        idle_seconds=int(SHARED_IDLE.total_seconds()),
    )  # fmt: skip
    app.jinja_env.filters.update(in_words=in_words, summary=summary, advice=advice)

    @app.context_processor
    def about_the_reader() -> dict[str, Any]:
        reader, shown_in = reader_or_none(), language()
        return {
            "person": reader,
            "csrf_token": csrf_token,
            "menu": menu(reader) if reader else (),
            "menu_entry": menu_entry,
            "unread": reader.unread if reader else 0,
            "shared": reader.shared if reader else False,
            "language": shown_in,
            "other_language": "en" if shown_in == "zh" else "zh",
            "flashes": get_flashed_messages(with_categories=True),
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


def menu(reader: Reader) -> tuple[str, ...]:
    """The endpoints of the main menu: what this reader can open."""
    sees_all, admin = access.may_see_all(reader), reader.has(ADMIN)
    opens = {
        "claims.list_all": sees_all, "payments.list": sees_all, "rates.list": sees_all,
        "invoices.list": sees_all, "people.list": admin,
        "policy.show": reader.has(FINANCE, ADMIN), "audit.list": reader.has(AUDITOR, ADMIN),
    }  # fmt: skip
    return tuple(entry for entry in labels.MENU if opens.get(entry, True))


def menu_entry() -> str:
    """The entry of the menu that the page belongs to, "" for none."""
    here = request.endpoint or ""
    chosen: str | None = g.get("menu_entry") or (here if here in labels.MENU else None)
    if chosen is not None:
        return chosen
    feature = here.split(".")[0] + "."
    return next((entry for entry in labels.MENU if entry.startswith(feature)), "")
