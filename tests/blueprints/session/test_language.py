"""Both languages, switched anywhere."""

import pytest

from tests.browser import Visitor


def switch(visitor: Visitor, language: str, target: str = "/sign-in") -> Visitor:
    return visitor.go("/sign-in").post("/language", {"language": language, "next": target})


@pytest.mark.parametrize(("language", "title"), [("zh", "登录"), ("en", "Sign in")])
def test_it_works_before_signing_in(visitor: Visitor, language: str, title: str) -> None:
    assert switch(visitor, language).find("h1")[0].text() == title


@pytest.mark.parametrize(
    ("asked", "lang"), [("zh-CN,zh;q=0.9", "zh-CN"), ("en-GB", "en"), ("zh-TW", "zh-CN"),
                        ("fr,de", "en")],
)  # fmt: skip
def test_the_browser_is_asked_first(visitor: Visitor, asked: str, lang: str) -> None:
    visitor.go("/sign-in", headers={"Accept-Language": asked})
    assert visitor.find(f"html[lang='{lang}']")


def test_a_person_keeps_it_everywhere(alice: Visitor, visitor: Visitor) -> None:
    alice.post("/language", {"language": "zh", "next": "/"})
    assert alice.go("/claims/").find("html[lang=zh-CN]")
    assert visitor.signed_in("alice").find("html[lang=zh-CN]")


@pytest.mark.parametrize("language", ["", "fr", "../zh", "zh zh"])
def test_a_language_that_is_none_changes_nothing(visitor: Visitor, language: str) -> None:
    assert switch(visitor, language).find("html[lang=en]")


def test_it_never_leads_elsewhere(visitor: Visitor) -> None:
    assert switch(visitor, "zh", "//evil.example").path.startswith("/sign-in")


def test_it_is_a_post(visitor: Visitor) -> None:
    assert visitor.go("/language").status == 405
