"""The claim form: understood as typed, explained at the field, and never lost."""

import pytest
from flask import Flask

from portal.claims.drafting import MOST_LINES
from tests.blueprints.claims.pages import (
    a_draft,
    a_sent,
    claim_id,
    editing,
    good,
    lines,
    on_line,
    press,
    spent,
    stored,
    value,
)
from tests.blueprints.conftest import CountQueries
from tests.browser import Visitor, filled
from tests.claims.stories import give_back, sent, writing


def test_it_works(alice: Visitor, app: Flask) -> None:
    editing(alice)
    press(alice, "save", purpose="Customer visit", **good(alice, amount="1,000.00"))
    alice.sees("¥1,000.00", "人民币壹仟元整")
    kept = stored(app, claim_id(alice))
    assert (kept.purpose, kept.total, kept.state) == ("Customer visit", 1_000_00, "draft")


def test_it_refuses_a_stranger(dan: Visitor, app: Flask) -> None:
    draft = a_draft(app)
    assert dan.go(f"/claims/{draft}/edit").status == 404
    assert dan.post(f"/claims/{draft}/edit", {"purpose": "Mine now"}).status == 404
    assert stored(app, draft).purpose == "Customer visit"


def test_it_refuses_a_claim_on_its_way(alice: Visitor, app: Flask) -> None:
    assert alice.go(f"/claims/{a_sent(app)}/edit").status == 403


@pytest.mark.parametrize(("typed", "shown"), [("1,000.00", "¥1,000.00"), ("１２．５", "¥12.50")])
def test_amounts_are_understood(alice: Visitor, typed: str, shown: str) -> None:
    editing(alice)
    press(alice, "check", purpose="Visit", **good(alice, amount=typed)).sees(shown)


@pytest.mark.parametrize("typed", ["NaN", "1e400", "-1", "12.345", "twelve"])
def test_other_amounts_stay_as_typed_with_words_at_the_field(alice: Visitor, typed: str) -> None:
    editing(alice)
    press(alice, "check", purpose="Visit", **good(alice, amount=typed))
    field = f"{lines(alice)[0]}-amount"
    assert value(alice, field) == typed
    [control] = alice.find(f"#{field}")
    error = alice.find(f"#{field}-error")
    assert error, f"nothing beside the field says what is wrong with {typed!r}"
    assert error[0].attributes["id"] in (control.attributes.get("aria-describedby") or "")
    assert alice.find(f"#error-summary a[href='#{field}']")


def test_a_day_that_is_none_stays_as_typed(alice: Visitor) -> None:
    editing(alice)
    press(alice, "check", purpose="Visit", **good(alice, spent_on="last Tuesday"))
    assert value(alice, f"{lines(alice)[0]}-spent_on") == "last Tuesday"
    alice.sees("Type it like 2026-03-31")


def test_the_summary_links_to_controls_that_are_there(alice: Visitor) -> None:
    editing(alice)
    press(alice, "check")
    targets = [(link.attributes["href"] or "")[1:] for link in alice.find("#error-summary a")]
    assert len(targets) >= 4
    assert [target for target in targets if not alice.find(f"#{target}")] == []


def test_each_finding_has_words_a_mend_its_rule_and_an_article(alice: Visitor) -> None:
    editing(alice)
    fields = good(alice, amount="500", spent_on=spent(120), category="local_transport")
    press(alice, "save", purpose="Visit", **fields)
    alice.sees(
        "Above ¥100.00 a receipt is needed.", "Attach the invoice or a photo of the receipt",
        "expenses must be claimed within 90 days", "Say why it comes so late.",
        "The limit is ¥80.00 per day; this is ¥420.00 more.",
    )  # fmt: skip
    explained = {link.attributes["href"] or "" for link in alice.find(".finding a")}
    assert len(alice.find(".finding a")) == len(alice.find(".finding"))
    for address in explained:
        assert address.startswith("/policy/rules/")
        assert alice.go(address).status == 200
        assert alice.find("main a[href^='/help/']"), f"{address} leads to no article"


def test_the_route_is_shown_with_reasons_and_skips(alice: Visitor) -> None:
    editing(alice)
    press(alice, "save", purpose="Visit", **good(alice, amount="5,000"))
    alice.sees(
        "Who will approve", "Bob", "The line manager of the person it is for.",
        "Skipped: the same person decides at an earlier step.",
        "Carol", "Any one of the finance reviewers.", "Only needed above ¥20,000.00.",
    )  # fmt: skip


def test_an_empty_claim_already_shows_who_will_approve(alice: Visitor) -> None:
    editing(alice).sees("Bob", "Carol").misses("Only needed above ¥0.00", "Admin")


def test_lines_are_added_copied_and_removed_and_nothing_typed_is_lost(alice: Visitor) -> None:
    editing(alice)
    press(alice, "add", **good(alice, purpose="First"))
    assert len(lines(alice)) == 2
    press(alice, f"copy:{lines(alice)[0].split('-')[1]}", **on_line(alice, 1, amount="oops"))
    assert len(lines(alice)) == 3
    assert value(alice, f"{lines(alice)[2]}-purpose") == "First"
    assert value(alice, f"{lines(alice)[1]}-amount") == "oops"
    press(alice, f"remove:{lines(alice)[0].split('-')[1]}", purpose="Kept")
    assert [value(alice, f"{line}-amount") for line in lines(alice)] == ["oops", "50.00"]
    assert value(alice, "purpose") == "Kept"


def test_one_line_too_many_is_refused_without_losing_what_was_typed(
    alice: Visitor, app: Flask
) -> None:
    number = a_draft(app, *[10_00] * MOST_LINES, receipts=False)
    press(alice.go(f"/claims/{number}/edit"), "add", purpose="Typed just now")
    alice.sees("A claim has at most 200 lines.")
    assert stored(app, number).purpose == "Typed just now"


def test_signs_that_nobody_can_type_lose_nothing_else(alice: Visitor, app: Flask) -> None:
    number = claim_id(editing(alice))
    alice.send(
        "claim-form", ("do", "save"), purpose="Vis\x00it", **good(alice, purpose="Pa\x00per")
    )
    assert alice.status == 200
    assert stored(app, number).purpose == "Visit"


def test_text_that_is_too_long_is_refused_at_the_field_and_kept(alice: Visitor, app: Flask) -> None:
    number = claim_id(editing(alice))
    fields = good(alice, purpose="p" * 203, attendees="guest\r\n" * 400)
    press(alice, "check", purpose="v" * 201, **fields)
    assert alice.status == 422
    alice.sees("What it is for: This is too long: 201 of at most 200 characters.")
    alice.sees("Line 1: What for: This is too long: 203 of at most 200 characters.")
    field = f"{lines(alice)[0]}-attendees"
    [error] = alice.find(f"#{field}-error")
    assert "2399 of at most 2000 characters" in error.text()
    assert alice.find(f"#error-summary a[href='#{field}']")
    assert (value(alice, "purpose"), value(alice, field).strip()) == (
        "v" * 201,
        "guest\n" * 399 + "guest",
    )
    assert stored(app, number).purpose == "v" * 200, "the beginning is not stored"
    press(alice, "save", purpose="Short", **on_line(alice, purpose="Paper", attendees=""))
    assert (alice.status, stored(app, number).purpose) == (200, "Short")


def test_a_page_that_saves_by_itself_says_that_a_text_is_too_long(
    alice: Visitor, app: Flask
) -> None:
    number = claim_id(editing(alice))
    form = alice.page.css_first("form#claim-form")
    assert form is not None
    page = filled(form)
    page["purpose"] = "v" * 201
    headers = {"HX-Request": "true", "HX-Trigger": "claim-form"}
    answer = alice.client.post(f"/claims/{number}/edit", data=page, headers=headers)
    assert (answer.status_code, stored(app, number).purpose) == (200, "v" * 200)
    assert "This is too long: 201 of at most 200 characters." in answer.text
    assert 'href="#purpose"' in answer.text
    page["purpose"] = "v" * 200
    answer = alice.client.post(f"/claims/{number}/edit", data=page, headers=headers)
    assert "too long" not in answer.text


def test_enter_in_a_field_saves_and_never_removes(alice: Visitor) -> None:
    editing(alice)
    [first, *_others] = alice.find("#claim-form button")
    assert (first.attributes["name"], first.attributes["value"]) == ("do", "save")


def test_of_two_tabs_the_second_is_told_and_keeps_its_text(app: Flask, alice: Visitor) -> None:
    number = claim_id(editing(alice))
    form = alice.page.css_first("form#claim-form")
    assert form is not None
    behind = filled(form)
    alice.go(f"/claims/{number}/edit")
    press(alice, "save", **on_line(alice, purpose="From the first tab"))
    behind["purpose"] = "From the second tab"
    behind[f"{lines(alice)[0]}-attendees"] = "Three guests"
    behind[f"{lines(alice)[0]}-amount"] = "no amount"
    alice.post(f"/claims/{number}/edit", behind)
    assert alice.status == 409
    alice.sees("changed in another window", "What you typed is kept below")
    assert value(alice, "purpose") == "From the second tab"
    assert value(alice, f"{lines(alice)[0]}-attendees") == "Three guests"
    assert value(alice, f"{lines(alice)[0]}-amount") == "no amount"
    assert stored(app, number).lines[0].purpose == "From the first tab"
    press(alice, "save")
    assert (alice.status, stored(app, number).purpose) == (200, "From the second tab")


def test_a_page_that_saved_by_itself_never_conflicts_with_itself(
    app: Flask, alice: Visitor
) -> None:
    editing(alice)
    form = alice.page.css_first("form#claim-form")
    assert form is not None
    page, number = filled(form), claim_id(alice)
    for purpose in ("V", "Vi", "Visit"):
        page["purpose"] = purpose
        answer = alice.client.post(
            f"/claims/{number}/edit", data=page,
            headers={"HX-Request": "true", "HX-Trigger": "claim-form"},
        )  # fmt: skip
        assert answer.status_code == 200
        assert 'id="claim-judged"' in answer.text
        assert "<html" not in answer.text
    page["do"] = "save"
    assert alice.post(f"/claims/{number}/edit", page).status == 200
    assert stored(app, number).purpose == "Visit"


def test_the_language_is_switched_without_losing_a_word(alice: Visitor) -> None:
    editing(alice)
    alice.send(
        "claim-form", ("language", "zh"), purpose="拜访客户", **on_line(alice, amount="twelve")
    )
    alice.sees("草稿")
    assert alice.find("html[lang=zh-CN]")
    assert value(alice, "purpose") == "拜访客户"
    assert value(alice, f"{lines(alice)[0]}-amount") == "twelve"


@pytest.mark.parametrize("day", ["9999-12-31", "2000-01-01"])
def test_a_far_away_day_does_not_break_the_form(alice: Visitor, day: str) -> None:
    editing(alice)
    press(alice, "save", **good(alice, category="telephone", spent_on=day))
    assert alice.status == 200
    assert value(alice, f"{lines(alice)[0]}-spent_on") == day


@pytest.mark.parametrize("button", ["remove:²", "copy:999999999999999999999", "nonsense", "add:1"])
def test_a_button_that_never_was_is_survived(alice: Visitor, button: str) -> None:
    editing(alice)
    press(alice, button, purpose="Kept")
    assert (alice.status, value(alice, "purpose")) == (200, "Kept")


def test_what_is_typed_is_never_markup(alice: Visitor) -> None:
    editing(alice)
    evil = "</textarea><script>alert(1)</script>"
    press(alice, "save", purpose=evil, **good(alice, purpose=evil, amount=evil))
    assert all("src" in script.attributes for script in alice.find("script"))
    assert value(alice, "purpose") == evil


def test_a_returned_line_says_why(alice: Visitor, app: Flask) -> None:
    with writing(app) as session:
        claim = sent(session, "alice", 500_00, 600_00)
        give_back(session, claim, "bob", "See line 2", {claim.lines[1].id: "Which printer?"})
    alice.go(f"/claims/{claim.id}/edit").sees("Which printer?", "Returned")


@pytest.mark.parametrize("size", [2, 20])
def test_it_asks_the_database_a_fixed_number_of_questions(
    alice: Visitor, app: Flask, size: int, count_queries: CountQueries
) -> None:
    draft = a_draft(app, *[10_00] * size)
    with count_queries() as asked:
        alice.go(f"/claims/{draft}/edit")
    assert len(asked) <= 20, "\n".join(asked)
