"""The help center's articles, read once when the portal starts."""

from pathlib import Path
from typing import cast

from flask import Flask, current_app, url_for

from portal.kb import articles
from portal.kb.articles import Library
from portal.policy.catalogue import RULES


def init(app: Flask) -> None:
    """Load every article and teach templates ``help_for(rule)``.

    Raises ``BadArticle`` with path and line: a portal with broken help does not start.
    """
    app.extensions["library"] = articles.load(Path(app.root_path).parent / "kb_content")
    app.jinja_env.globals["help_for"] = help_for


def library() -> Library:
    """The articles of the running portal."""
    return cast(Library, current_app.extensions["library"])


def help_for(rule: str) -> str:
    """Where findings of ``rule`` are explained: the rule as it is in force, with its limits and
    its article; for what no rule of the policy says the article alone."""
    return url_for("policy.rule", rule=rule) if rule in RULES else article_for(rule)


def article_for(rule: str) -> str:
    """The address of the article that explains ``rule``, else of all articles."""
    slug = library().for_rule(rule)
    return url_for("kb.show", slug=slug) if slug else url_for("kb.list")
