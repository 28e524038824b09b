from flask import Flask
from sqlalchemy import select

from portal.core.db import db
from portal.core.events import Event
from tests.blueprints.policy.drafting import STAFF_TIER_1, begin, raised, save
from tests.browser import Visitor


def errors(visitor: Visitor) -> list[str]:
    return [" ".join(node.text().split()) for node in visitor.find("#error-summary a")]


def test_it_works(carol: Visitor) -> None:
    carol.go("/policy/draft").sees("Nobody is changing the rules right now.")
    begin(carol).sees("The draft is begun.", "Nothing yet")
    save(carol, "limits", **{STAFF_TIER_1: "477.00"}).sees("Saved.")
    carol.go("/policy/draft").sees("Lodging, per night, Tier 1, Staff", "450.00", "477.00")


def test_it_refuses_a_stranger(app: Flask, carol: Visitor) -> None:
    begin(carol)
    for name in ("alice", "ivan"):
        visitor = Visitor(app).signed_in(name)
        for path in ("", "/limits", "/rules", "/rules/weekend", "/publish", "/try", "/discard"):
            assert visitor.go(f"/policy/draft{path}").status == 404
        assert visitor.post("/policy/draft/limits").status == 404


def test_without_a_draft_its_pages_lead_to_the_beginning(carol: Visitor) -> None:
    for path in ("limits", "rules", "rules/weekend", "publish", "try", "discard"):
        assert carol.go(f"/policy/draft/{path}").path == "/policy/draft"
    assert carol.post("/policy/draft/limits").status == 404
    begin(carol)
    assert carol.go("/policy/draft/moon").status == 404
    assert carol.go("/policy/draft/rules/full_moon").status == 404


def test_saving_a_page_unchanged_changes_nothing(carol: Visitor) -> None:
    begin(carol)
    for part in ("limits", "general", "cities", "words", "rates"):
        save(carol, part).sees("Nothing was different")
    carol.go("/policy/draft").sees("Nothing yet")


def test_there_is_one_draft_at_a_time(app: Flask, carol: Visitor) -> None:
    begin(carol)
    admin = Visitor(app).signed_in("admin").go("/policy/draft")
    admin.sees("Limits and travel standards")
    assert admin.post("/policy/draft/start").status == 409


def test_what_is_no_amount_is_kept_and_named_at_its_cell(carol: Visitor) -> None:
    raised(carol, "4x0").go("/policy/draft/limits")
    assert carol.find(f"#{STAFF_TIER_1}")[0].attributes["value"] == "4x0"
    [error] = errors(carol)
    assert error.startswith("Lodging, per night, Tier 1, Staff: “4x0” is not an amount.")
    assert carol.find("#error-summary a")[0].attributes["href"] == f"#{STAFF_TIER_1}"
    carol.go("/policy/draft").sees("1 problem has to be corrected")
    assert carol.go("/policy/draft/publish").path == "/policy/draft"


def test_a_limit_is_added_by_city_and_grade_and_removed(carol: Visitor) -> None:
    begin(carol)
    new = {"new-category": "training", "new-per": "year", "new-by-grade": "y"}
    save(carol, "limits", press="add", **new)
    last = len(carol.find("fieldset.sheet")) - 2
    assert errors(carol) == ["Training, per year: This limit has no amount. "
                             "Type one, or remove the limit."]  # fmt: skip
    save(carol, "limits", press=f"cities:{last}")
    cell = f"limit-{last}-amount-2-manager"
    save(carol, "limits", **{cell: "3,000"})
    assert errors(carol) == []
    assert carol.find(f"#{cell}")[0].attributes["value"] == "3000.00"
    save(carol, "limits", press=f"remove:{last}")
    carol.go("/policy/draft").sees("Nothing yet")


def test_two_limits_of_one_kind_are_a_problem(carol: Visitor) -> None:
    begin(carol)
    save(carol, "limits", press="add", **{"new-category": "lodging", "new-per": "night"})
    assert any("has such a limit already" in error for error in errors(carol))


def test_thresholds_days_and_totals(carol: Visitor) -> None:
    begin(carol)
    save(
        carol, "general", receipt_above="0", oldest_days="60", weekend=["meals", "rail"],
        **{"receipt-office": "20.00", "total-blocks": "10.00"},
    )  # fmt: skip
    assert errors(carol) == ["Large claims, Warning: A milder rule begins at a smaller amount."]
    carol.go("/policy/draft").sees(
        "A receipt is needed above, Office supplies", "Days in which to claim 90 60",
        "Noted on weekends, Train", "Noted on weekends, Local transport",
    )  # fmt: skip


def test_cities_words_and_rates(carol: Visitor) -> None:
    begin(carol)
    save(carol, "cities", **{"tier-1": "上海，沙县\nShaxian"})
    save(carol, "words", words_whole="bar\n", merchants_part="KTV")
    save(carol, "rates", **{"mileage-*-director": "1.50", "per_diem-1-*": ""})
    carol.go("/policy/draft").sees(
        "City, 沙县 – Tier 1", "City, 北京 Tier 1 –",
        "Words that need an explanation, bar – as a whole word",
        "Merchants that are not paid, 足浴 anywhere in the text –",
        "Mileage, per kilometre, Director – ¥1.50", "Daily allowance, Tier 1, Everybody ¥100.00 –",
    )  # fmt: skip


def test_a_rule_gets_the_words_of_the_company(carol: Visitor) -> None:
    begin(carol).go("/policy/draft/rules").sees("Limit per night")
    page = carol.go("/policy/draft/rules/over_limit_night")
    page.sees("{limit}", "The limit is {limit} per night; this is {excess} more.")
    own = {"says-zh": "每晚最多{limit}", "says-en": "At most {limit} a night, {moon}"}
    page.send("wording", severity="blocks", article="receipts", **own)
    carol.sees("{moon} is not known here. You may use: {limit}, {excess}, {category}.")
    carol.send("wording", **{"says-en": "At most {limit} a night"})
    assert errors(carol) == []
    carol.go("/policy/draft").sees(
        "How severe, Limit per night – Must be corrected", "– At most {limit} a night",
        "Article, Limit per night – receipts",
    )  # fmt: skip


def test_words_in_one_language_only_are_a_problem(carol: Visitor) -> None:
    begin(carol).go("/policy/draft/rules/weekend").send("wording", **{"mend-zh": "看"})
    assert any("Write it in both languages" in error for error in errors(carol))


def test_what_cannot_be_paid_without_stays(carol: Visitor) -> None:
    begin(carol).go("/policy/draft/rules/amount_missing")
    assert not carol.find("select#severity")


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(app: Flask, carol: Visitor) -> None:
    begin(carol)
    admin = Visitor(app).signed_in("admin").go("/policy/draft/limits")
    words = Visitor(app).signed_in("admin").go("/policy/draft/rules/weekend")
    save(carol, "limits", **{STAFF_TIER_1: "477.00"})
    admin.send("draft-section", ("do", "save"), **{STAFF_TIER_1: "999.00"})
    assert admin.status == 409
    admin.sees("Somebody changed this draft since this page was shown.")
    assert admin.find(f"#{STAFF_TIER_1}")[0].attributes["value"] == "999.00"
    admin.send("draft-section", ("do", "save")).sees("Saved.")
    words.send("wording", severity="off", **{"says-zh": "甲", "says-en": "My text"})
    assert words.status == 409
    assert words.find("#says-en")[0].text() == "My text"
    carol.go("/policy/draft").sees("999.00").misses("My text")


def test_switching_the_language_keeps_what_was_typed(carol: Visitor) -> None:
    begin(carol).go("/policy/draft/limits")
    fields = {STAFF_TIER_1: "477.00", "next": carol.path, "language": "zh"}
    carol.post(f"/language?next={carol.path}", {**fields, **some(carol)})
    assert carol.find(f"#{STAFF_TIER_1}")[0].attributes["value"] == "477.00"


def some(visitor: Visitor) -> dict[str, str]:
    """What a browser sends besides: the rest of the form's fields."""
    skipped = (STAFF_TIER_1, "next", "language")
    return {
        node.attributes["name"] or "": node.attributes.get("value") or ""
        for node in visitor.find("#draft-section input[name], #draft-section select[name]")
        if node.attributes["name"] not in skipped
    }


def test_discarding_is_asked_for_and_told(app: Flask, carol: Visitor) -> None:
    raised(carol).go("/policy/draft/discard").sees("Discard the draft?").send("discard")
    carol.sees("The draft is discarded.").go("/policy/draft").sees("Nobody is changing")
    with app.app_context():
        kinds = db.session.scalars(select(Event.kind).where(Event.subject_kind == "policy")).all()
    assert kinds == ["policy_draft_started", "policy_draft_changed", "policy_draft_discarded"]
