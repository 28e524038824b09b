"""Every rule of the registry: found by an example, explained, named in both catalogues."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import portal
from portal.core.words import Named
from portal.kb import articles
from portal.policy import portable
from portal.policy.catalogue import GROUPS, RULES
from portal.policy.examples import example
from portal.policy.explaining import in_force
from portal.policy.queries import SAMPLE
from portal.policy.rules import OFF, Category, Day, Forbidden, OwnWords, Policy, policy
from portal.policy.wording import in_braces

TODAY = date(2026, 3, 20)
NEW_YEAR = date(2026, 1, 1)


def company() -> Policy:
    """The sample company, with something for every rule to find."""
    rows, rules = portable.read_sample(SAMPLE.read_text(encoding="utf-8"))
    categories = [
        Category(
            row["code"], Named(row["zh"], row["en"]), row.get("parent"),
            needs_city=row.get("needs_city", False), needs_nights=row.get("needs_nights", False),
            needs_attendees=row.get("needs_attendees", False),
            reimbursable=row.get("reimbursable", True),
            needs_project=row["code"] == "office", needs_merchant=row["code"] == "office",
        )
        for row in rows
    ]  # fmt: skip
    limits = [
        *rules["limits"],
        *({"category": "training", "per": per, "amounts": {"*": {"*": 3000_00}}}
          for per in ("item", "trip", "year")),
    ]  # fmt: skip
    holiday = {NEW_YEAR: Day(False, Named("元旦", "New Year's Day"))}
    return policy(1, {**rules, "limits": limits}, categories, holiday)


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_finds_its_own_example(rule: str) -> None:
    found = example(company(), rule, grade="staff", on=TODAY)
    assert found is not None, f"no example in examples.py makes the engine find {rule}"
    assert found.finding.rule == rule
    assert found.finding.severity in RULES[rule].choices


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_explained_in_words(rule: str) -> None:
    sentences = [str(sentence) for sentence in in_force(company(), rule)]
    assert sentences
    assert all(sentence.endswith(".") and "%(" not in sentence for sentence in sentences)


@pytest.mark.parametrize("rule", RULES)
def test_the_company_may_say_it_in_its_own_words_with_the_same_values(rule: str) -> None:
    known = RULES[rule]
    text = " ".join(f"{name}={{{name}}}" for name in known.parameters) or "Ours"
    own = OwnWords(mend=Named(f"请看 {text}", f"Look {text}"))
    found = example(replace(company(), wording={rule: own}), rule, grade="staff", on=TODAY)
    assert found is not None
    assert "{" not in str(found.finding.mend), "a value that the rule promises was not given"
    named = {*re.findall(r"\{(\w+)\}", in_braces(known.says.text + known.mend.text))}
    assert named <= set(known.parameters), "the default sentence uses a value nobody may know of"


def test_own_words_are_filled_in_both_languages() -> None:
    own = OwnWords(says=Named("每晚最多{limit}（{category}）", "At most {limit} ({category})"))
    ours = replace(company(), wording={"over_limit_night": own})
    found = example(ours, "over_limit_night", grade="staff", on=TODAY)
    assert found is not None
    said = found.finding.says.values["own"]
    assert said == Named("每晚最多¥450.00（住宿费）", "At most ¥450.00 (Lodging)")


@pytest.mark.parametrize("rule", [one for one, known in RULES.items() if not known.fixed])
def test_a_rule_can_be_made_milder_stricter_and_switched_off(rule: str) -> None:
    for severity in RULES[rule].choices:
        decided = replace(company(), severity={rule: severity})
        found = example(decided, rule, grade="staff", on=TODAY)
        assert (found is None) == (severity == OFF)
        assert found is None or found.finding.severity == severity


@pytest.mark.parametrize("rule", [one for one, known in RULES.items() if known.fixed])
def test_what_is_needed_to_pay_cannot_be_switched_off(rule: str) -> None:
    found = example(replace(company(), severity={rule: OFF}), rule, grade="staff", on=TODAY)
    assert found is not None


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_names_the_article_that_explains_it(rule: str) -> None:
    library = articles.load(Path(portal.__file__).parents[1] / "kb_content")
    assert library.for_rule(rule) == RULES[rule].article


def test_every_rule_stands_in_a_group() -> None:
    assert {rule.group for rule in RULES.values()} == set(GROUPS)


@pytest.mark.parametrize(
    ("forbidden", "text", "found"),
    [
        (Forbidden("KTV"), "银座ｋｔｖ包厢", True),
        (Forbidden("bar", whole=True), "Barber shop", False),
        (Forbidden("bar", whole=True), "Blue Bar, Shanghai", True),
        (Forbidden("KTV", whole=True), "银座KTV包厢", True),
        (Forbidden("足浴"), "康乐足浴城", True),
        (Forbidden("足浴", whole=True), "康乐足浴城", False),
    ],
)  # fmt: skip
def test_a_word_is_found_whatever_its_case_and_width(
    forbidden: Forbidden, text: str, found: bool
) -> None:
    assert forbidden.stands_in(text) is found
