"""One help article, and the way from a finding to it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from portal.kb.articles import Library
from portal.policy import problems
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
def chinese_only(app: Flask) -> Library:
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


def test_every_finding_of_the_policy_leads_to_an_article(app: Flask) -> None:
    source = Path(problems.__file__).read_text(encoding="utf-8")
    rules = set(re.findall(r'^\s+"([a-z]+_[a-z_]+)",$', source, re.MULTILINE))
    rules |= {
        "weekend",
        "over_limit_item",
        "over_limit_day",
        "over_limit_night",
        "over_limit_month",
    }
    assert {"too_old", "receipt_missing"} <= rules
    with app.test_request_context():
        lost = sorted(rule for rule in rules if help_for(rule) == "/help")
    assert not lost, f"no help article explains {lost}; name the rule in one's front matter"


def test_a_rule_nobody_explains_leads_to_the_list(app: Flask) -> None:
    with app.test_request_context():
        assert help_for("no_such_rule") == "/help"
