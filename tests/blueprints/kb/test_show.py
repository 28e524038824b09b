"""One help article, and the way from a finding to it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.kb.articles import Library
from portal.policy.problems import ClaimFacts, LineFacts, problems
from portal.policy.queries import current_policy
from portal.web.help import help_for, library
from tests.browser import Visitor


def test_it_works_without_signing_in(visitor: Visitor) -> None:
    visitor.go("/help/payment").sees("When the money comes", "When a transfer fails", "Paid once")


def test_every_article_opens_in_both_languages(app: Flask) -> None:
    with app.app_context():
        slugs = {slug for _language, slug in library().articles}
    assert slugs
    for language in ("zh", "en"):
        visitor = Visitor(app)
        for slug in slugs:
            visitor.go(f"/help/{slug}", headers={"Accept-Language": language})
            assert visitor.status == 200, f"{slug} in {language}"


def test_its_links_lead_somewhere(visitor: Visitor) -> None:
    links = visitor.go("/help/payment").find("article a[href^='/help/']")
    assert links
    for link in links:
        assert visitor.go(link.attributes["href"] or "").status == 200, link.html


@pytest.fixture
def chinese_only(app: Flask) -> Iterator[Library]:
    """The library as if the article about payment were only there in Chinese."""
    whole: Library = app.extensions["library"]
    articles = {key: one for key, one in whole.articles.items() if key != ("en", "payment")}
    app.extensions["library"] = replace(whole, articles=articles)
    yield app.extensions["library"]
    app.extensions["library"] = whole


def test_what_is_missing_in_one_language_is_shown_in_the_other_and_says_so(
    chinese_only: Library, visitor: Visitor
) -> None:
    visitor.go("/help/payment").sees("not there in English yet", "钱什么时候到账")
    [article] = visitor.find("article")
    assert article.attributes["lang"] == "zh-CN", "a screen reader must know the language"
    visitor.go("/help").sees("钱什么时候到账", "中文")


def test_an_article_that_is_not_there(visitor: Visitor) -> None:
    visitor.go("/help/no-such-article").sees("There is no such help article.")
    assert visitor.status == 404


def test_what_the_policy_finds_leads_to_the_article_that_explains_it(
    app: Flask, session: Session
) -> None:
    today = date(2026, 3, 2)
    policy = current_policy(session, today)
    bare = LineFacts(1, None, "", "", None)
    old = LineFacts(2, date(2025, 1, 5), "meals", "Dinner", 9_999_00, invoice_claimed=True)
    private = replace(old, id=3, category="personal", spent_on=date(2026, 3, 3))
    night = LineFacts(4, today, "lodging", "Hotel", 9_999_00)
    found = [
        finding.rule
        for lines in ((), (bare, old, private, night))
        for finding in problems(ClaimFacts("", "staff", today, lines), policy)
    ]
    assert {"no_lines", "too_old", "weekend", "not_reimbursable", "over_limit_night"} <= {*found}
    with app.test_request_context():
        lost = sorted({rule for rule in found if help_for(rule) == "/help"})
    assert not lost, f"no help article explains {lost}; name the rule in one's front matter"


def test_a_rule_nobody_explains_leads_to_the_list(app: Flask) -> None:
    with app.test_request_context():
        assert help_for("no_such_rule") == "/help"
