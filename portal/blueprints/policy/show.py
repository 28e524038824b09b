"""The rules in force for everybody to read, as a whole and one by one."""

from typing import Any

from flask import render_template, url_for

from portal.blueprints.policy import EDITORS, blueprint
from portal.core.clock import day, now
from portal.core.db import db
from portal.core.errors import Missing
from portal.people.models import GRADES
from portal.policy import drafts, editing, queries
from portal.policy.catalogue import RULES, in_groups
from portal.policy.examples import example
from portal.policy.explaining import in_force, severity_of
from portal.policy.models import PolicyVersion
from portal.policy.places import PER
from portal.policy.rules import Policy
from portal.web.guards import NO_SUCH_PAGE, reader, signed_in
from portal.web.help import article_for, library
from portal.web.i18n import named
from portal.web.languages import language
from portal.web.session import settings


@blueprint.get("/")
@signed_in
def show() -> Any:
    """The rules in force as tables."""
    session = db.session()
    rules = queries.current_policy(session, day(now(), settings().timezone))
    version = editing.published(session, rules.version)
    edits = reader().has(*EDITORS)
    return render_template(
        "policy/show.html",
        edits=edits,
        draft=drafts.open_draft(session) if edits else None,
        **in_words(rules, version),
    )


@blueprint.get("/rules/<rule>")
@signed_in
def rule(rule: str) -> Any:
    """One rule: what it asks for, its amounts for the reader, an example, and the article."""
    if rule not in RULES:
        raise Missing(NO_SUCH_PAGE)
    today = day(now(), settings().timezone)
    rules = queries.current_policy(db.session(), today)
    grade = reader().grade
    per = rule.removeprefix("over_limit_")
    return render_template(
        "policy/rule.html",
        rule=RULES[rule],
        rules=rules,
        sentences=in_force(rules, rule),
        severity=severity_of(rules, rule),
        tables=[one for one in editing.limit_tables(rules, GRADES) if one.per == per],
        per=PER,
        mine=grade,
        example=example(rules, rule, grade=grade, on=today),
        article_url=article_of(rules, rule),
        edits=reader().has(*EDITORS),
    )


def in_words(rules: Policy, version: PolicyVersion) -> dict[str, Any]:
    """What a page about a whole version shows."""
    return {
        "rules": rules,
        "version": version,
        "sample": editing.is_sample(version),
        "tables": list(editing.limit_tables(rules, GRADES)),
        "per": PER,
        "weekend": [named(name) for name in editing.names(rules, rules.weekend_categories)],
        "holiday": [named(name) for name in editing.names(rules, rules.holiday_categories)],
        "cities": [
            (tier, *_in_own_script_first(names))
            for tier, names in sorted(version.rules["cities"].items())
        ],
        "mine": reader().grade,
        "groups": [
            (heading, [(one, severity_of(rules, one.id)) for one in group])
            for heading, group in in_groups()
        ],
    }


def article_of(rules: Policy, rule: str) -> str:
    """The address of the article that the company chose for a rule, else of the portal's own."""
    slug = rules.articles.get(rule)
    known = slug is not None and any(slug == each for _code, each in library().articles)
    return url_for("kb.show", slug=slug) if known else article_for(rule)


def _in_own_script_first(names: list[str]) -> tuple[list[str], list[str]]:
    """The names that are written as the reader writes, and the others."""
    latin = language() != "zh"
    own = [name for name in names if name.isascii() == latin]
    return own, [name for name in names if name not in own]
