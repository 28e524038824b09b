"""Writing the next version of the rules, page by page."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from portal.blueprints.policy import EDITORS, blueprint
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Missing, Stale
from portal.forms import policy_draft as parts
from portal.forms.policy import DraftForm, category_choices
from portal.people.models import GRADES
from portal.policy import drafts, queries, versions
from portal.policy.catalogue import RULES, in_groups
from portal.policy.checking import Fault, faults
from portal.policy.differences import differences
from portal.policy.document import Rules, complete
from portal.policy.models import PolicyDraft
from portal.policy.places import GRADES as GRADE_WORDS
from portal.policy.places import PER, in_words, tier_words
from portal.policy.wording import in_braces
from portal.web.guards import NO_SUCH_PAGE, reader, role
from portal.web.help import library
from portal.web.i18n import say
from portal.web.kept_forms import kept_fields
from portal.web.languages import gettext
from portal.web.languages import gettext as _
from portal.web.writing import writes

Errors = dict[str, list[str]]


@blueprint.get("/draft")
@role(*EDITORS)
def draft() -> Any:
    """Where the draft stands: what it changes, what is wrong with it, what to do next."""
    found = drafts.open_draft(db.session())
    if found is None:
        return render_template("policy/draft.html", draft=None, form=DraftForm(formdata=None))
    session = db.session()
    names = versions.category_names(session)
    base = versions.version(session, found.based_on)
    return render_template(
        "policy/draft.html",
        draft=found,
        form=DraftForm(formdata=None, version=found.version),
        differences=differences(base.rules, found.rules, names),
        faults=[(*address(fault, found.rules), said(fault, names)) for fault in faults_of(found)],
    )


@blueprint.post("/draft/start")
@role(*EDITORS)
@writes()
def start() -> Any:
    """Begin a draft, like the newest version or like an older one."""
    version = request.form.get("restoring", type=int)
    drafts.start(db.session(), by=reader().id, at=now(), restoring=version)
    flash(_("The draft is begun. Nothing changes for claims until it is published."), "success")
    return redirect(url_for("policy.draft"), 303)


@blueprint.get("/draft/<section>")
@role(*EDITORS)
def section(section: str) -> Any:
    """One page of the draft as fields."""
    return _page(_known(section), drafts.open_draft(db.session()))


@blueprint.post("/draft/<section>")
@role(*EDITORS)
@writes(repeatable=True)
def section_post(section: str) -> Any:
    """Save what was typed, then do what the button says."""
    found = drafts.the_draft(db.session())
    typed = parts.READERS[_known(section)](request.form)
    anchor = _act(typed, request.form.get("do", "save")) if section == "limits" else "main"
    return _saved(found, typed, url_for("policy.section", section=section, _anchor=anchor))


@blueprint.get("/draft/rules")
@role(*EDITORS)
def rules() -> Any:
    """Every rule with how severe it is and whether it has the company's own words."""
    found = drafts.open_draft(db.session())
    if found is None:
        return redirect(url_for("policy.draft"), 303)
    return render_template("policy/rules.html", draft=found, groups=in_groups())


@blueprint.get("/draft/rules/<rule>")
@role(*EDITORS)
def wording(rule: str) -> Any:
    """How severe a rule is, what it says and where it is explained."""
    return _rule_page(rule, drafts.open_draft(db.session()))


@blueprint.post("/draft/rules/<rule>")
@role(*EDITORS)
@writes(repeatable=True)
def wording_post(rule: str) -> Any:
    """Save what was typed."""
    found = drafts.the_draft(db.session())
    if rule not in RULES:
        raise Missing(NO_SUCH_PAGE)
    typed = parts.rule(request.form, rule, found.rules)
    return _saved(found, typed, url_for("policy.wording", rule=rule), rule=rule)


def _act(typed: Rules, button: str) -> str:
    """Do what a button with ``do=<what>:<place>`` asks for; returns where to go on the page."""
    what, _colon, number = button.partition(":")
    limits = typed["limits"]
    place = int(number) if number.isdecimal() and len(number) < 4 else -1
    if what == "add":
        limits.append(parts.new_limit(request.form))
        return f"limit-{len(limits) - 1}"
    if 0 <= place < len(limits):
        if what == "remove":
            del limits[place]
        elif what in ("cities", "grades"):
            limits[place]["amounts"] = parts.spread(limits[place]["amounts"], over=what)
            return f"limit-{place}"
    return "main"


def _saved(found: PolicyDraft, typed: Rules, onwards: str, *, rule: str = "") -> Any:
    try:
        changed = drafts.save(
            db.session(), found, typed, shown=DraftForm().shown, by=reader().id, at=now()
        )
    except Stale as stale:
        db.session.rollback()
        found = drafts.the_draft(db.session())
        kept = complete({**found.rules, **typed})
        message = say(stale.words)
        if rule:
            return _rule_page(rule, found, kept, message), 409
        return _page(request.view_args["section"], found, kept, message), 409  # type: ignore[index]
    flash(_("Saved.") if changed else _("Nothing was different; nothing was changed."), "success")
    return redirect(onwards, 303)


def _page(
    section: str, found: PolicyDraft | None, typed: Rules | None = None, conflict: str = ""
) -> Any:
    if found is None:
        return redirect(url_for("policy.draft"), 303)
    session, shown = db.session(), typed or _kept(found, section)
    errors, summary = _errors(shown, section)
    return render_template(
        "policy/section.html",
        section=section,
        draft=found,
        form=DraftForm(formdata=None, version=found.version),
        rules=shown,
        fields=parts,
        categories=queries.categories(session),
        choices=category_choices(queries.categories(session)),
        pers=PER,
        grades=GRADES,
        grade_words=GRADE_WORDS,
        tier_words=tier_words,
        errors=errors,
        summary=summary,
        conflict=conflict,
    )


def _rule_page(
    rule: str, found: PolicyDraft | None, typed: Rules | None = None, conflict: str = ""
) -> Any:
    if rule not in RULES:
        raise Missing(NO_SUCH_PAGE)
    if found is None:
        return redirect(url_for("policy.draft"), 303)
    kept = kept_fields()
    shown = typed or found.rules
    if kept:
        shown = complete({**shown, **parts.rule(MultiDict(kept), rule, shown)})
    errors, summary = _errors(shown, "rules", rule)
    return render_template(
        "policy/wording.html",
        draft=found,
        form=DraftForm(formdata=None, version=found.version),
        rule=RULES[rule],
        rules=shown,
        default={
            "says": in_braces(gettext(RULES[rule].says.text)),
            "mend": in_braces(gettext(RULES[rule].mend.text)),
        },
        articles=[a for s in library().sections("en") for a in s.articles],
        errors=errors,
        summary=summary,
        conflict=conflict,
    )


def _known(section: str) -> str:
    if section not in parts.READERS:
        raise Missing(NO_SUCH_PAGE)
    return section


def _kept(found: PolicyDraft, section: str) -> Rules:
    """The draft, or what was half typed into it when the language was switched."""
    kept = kept_fields()
    return (
        complete({**found.rules, **parts.READERS[section](MultiDict(kept))})
        if kept
        else found.rules
    )


def faults_of(found: PolicyDraft) -> list[Fault]:
    """What keeps the draft from being published."""
    return drafts.faults_of(db.session(), found, articles())


def articles() -> set[str]:
    """The slugs of the help center."""
    return {slug for _code, slug in library().articles}


def address(fault: Fault, rules: Rules) -> tuple[str, str]:
    """The page of the editor to mend a fault on, and the id of the control."""
    section, control = parts.control(fault.place, rules)
    if section == "rules":
        return url_for("policy.wording", rule=fault.place[1], _anchor=control), control
    return url_for("policy.section", section=section, _anchor=control), control


def said(fault: Fault, names: Any) -> str:
    """A fault with its place in words."""
    place = _(", ").join(say(word) for word in in_words(fault.place, names))
    return _("%(label)s: %(text)s", label=place, text=say(fault.says))


def _errors(rules: Rules, section: str, rule: str = "") -> tuple[Errors, list[tuple[str, str]]]:
    """The faults of one page: by control, and for the summary above it."""
    names = versions.category_names(db.session())
    codes = set(names)
    errors: Errors = {}
    summary: list[tuple[str, str]] = []
    for fault in faults(rules, codes, articles()):
        page, control = parts.control(fault.place, rules)
        if page == section and (not rule or fault.place[1] == rule):
            errors.setdefault(control, []).append(say(fault.says))
            summary.append((control, said(fault, names)))
    return errors, summary
