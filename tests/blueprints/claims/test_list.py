"""My claims, and everybody's for those who may see them."""

import re
from urllib.parse import quote

import pytest
from flask import Flask

from tests.blueprints.claims.pages import a_draft, a_sent
from tests.blueprints.conftest import CountQueries
from tests.browser import Visitor
from tests.claims.stories import draft, sent, writing


def names(visitor: Visitor) -> list[str]:
    """The purposes in the list, from the top."""
    return [link.text() for link in visitor.find("#claims-list td.main-cell a")]


def many(app: Flask, count: int, purpose: str = "Trip") -> None:
    with writing(app) as session:
        for number in range(1, count + 1):
            draft(session, "alice", 10_00, purpose=f"{purpose} {number}", receipts=False)


def test_it_works(alice: Visitor, app: Flask) -> None:
    a_sent(app, 500_00, purpose="Fair in Hangzhou")
    alice.go("/claims/").sees("Fair in Hangzhou", "BX20", "In approval", "Bob", "¥500.00")


def test_it_shows_only_my_own(alice: Visitor, app: Flask) -> None:
    a_sent(app, 500_00, name="dan", purpose="Not hers")
    alice.go("/claims/").misses("Not hers").sees("You have no claims yet")


def test_the_newest_stands_first_and_older_ones_on_the_next_page(
    alice: Visitor, app: Flask
) -> None:
    many(app, 27)
    assert names(alice.go("/claims/")) == [f"Trip {number}" for number in range(27, 2, -1)]
    [older] = alice.find("a[rel=next]")
    assert names(alice.go(older.attributes["href"] or "")) == ["Trip 2", "Trip 1"]


def test_an_address_narrows_the_list(alice: Visitor, app: Flask) -> None:
    with writing(app) as session:
        draft(session, "alice", 10_00, purpose="Train to 苏州")
        sent(session, "alice", 500_00, purpose="Hotel 100%")
    assert names(alice.go("/claims/?state=draft")) == ["Train to 苏州"]
    assert names(alice.go("/claims/?text=" + quote("苏州"))) == ["Train to 苏州"]
    assert names(alice.go("/claims/?text=" + quote("0%"))) == ["Hotel 100%"]
    assert names(alice.go("/claims/?since=2020-01-01&until=2020-12-31")) == []
    alice.sees("No claims match.")
    assert len(names(alice.go("/claims/?since=2020-01-01"))) == 2
    alice.go("/claims/?state=submitted")
    number = re.search(r"BX\d+-\d+", alice.text)
    assert number
    assert names(alice.go(f"/claims/?text={number[0].lower()}")) == ["Hotel 100%"]


@pytest.mark.parametrize(
    "address",
    [
        "?since=yesterday", "?until=9999-12-31", "?before=-1", "?state=nonsense", "?text=%00",
        "?text=%25%5C_", "?beat=x",
    ],
)  # fmt: skip
def test_a_bent_address_is_survived(alice: Visitor, app: Flask, address: str) -> None:
    a_draft(app, 10_00)
    assert alice.go(f"/claims/{address}").status == 200


def test_finance_and_auditors_see_everything_that_was_sent(carol: Visitor, app: Flask) -> None:
    with writing(app) as session:
        sent(session, "alice", 500_00, purpose="Hers")
        sent(session, "dan", 500_00, purpose="His")
        draft(session, "dan", 500_00, purpose="Not yet")
    carol.go("/claims/all").sees("Hers", "His", "Alice", "Dan").misses("Not yet")
    Visitor(app).signed_in("ivan").go("/claims/all").sees("Hers", "His")


@pytest.mark.parametrize("name", ["alice", "bob", "admin", "grace"])
def test_for_others_the_list_of_all_does_not_exist(app: Flask, name: str) -> None:
    assert Visitor(app).signed_in(name).go("/claims/all").status == 404


def test_it_renews_itself_only_when_something_happened(alice: Visitor, app: Flask) -> None:
    alice.go("/claims/")
    [beat] = alice.find("#beat")
    address = beat.attributes["hx-get"] or ""
    said = re.search(r'"beat": (\d+)', beat.attributes["hx-vals"] or "")
    assert said
    asked = {"HX-Request": "true", "HX-Trigger": "beat"}
    assert alice.client.get(f"{address}?beat={said[1]}", headers=asked).status_code == 204
    a_sent(app, 500_00)
    changed = alice.client.get(f"{address}?beat={said[1]}", headers=asked)
    assert changed.status_code == 200
    assert "Customer visit" in changed.text


def test_without_scripts_it_says_how_fresh_it_is(alice: Visitor) -> None:
    alice.go("/claims/?state=draft").sees("As of")
    [refresh] = alice.find("p.fresh a")
    assert refresh.attributes["href"] == "/claims/?state=draft"


@pytest.mark.parametrize("path", ["/claims/", "/claims/all"])
def test_it_asks_the_database_a_fixed_number_of_questions(
    app: Flask, path: str, count_queries: CountQueries
) -> None:
    ivan = Visitor(app).signed_in("ivan")
    counts = []
    for size in (2, 18):
        with writing(app) as session:
            for _one in range(size):
                sent(session, "ivan", 500_00)
        with count_queries() as asked:
            ivan.go(path)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8, "\n".join(asked)
