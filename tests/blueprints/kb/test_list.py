"""The help center's list."""

from flask import Flask

from portal.web.help import library
from tests.browser import Visitor


def test_it_works_without_signing_in(app: Flask, visitor: Visitor) -> None:
    visitor.go("/help").sees("Help", "When the money comes")
    with app.app_context():
        articles = [each for section in library().sections("en") for each in section.articles]
    shown = {link.attributes["href"] for link in visitor.find("ul.rows a")}
    assert shown == {f"/help/{article.slug}" for article in articles}


def test_it_is_in_the_readers_language(visitor: Visitor) -> None:
    visitor.go("/help", headers={"Accept-Language": "zh-CN"}).sees("钱什么时候到账")


def test_it_works_signed_in(alice: Visitor) -> None:
    alice.go("/help").sees("When the money comes")
