from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import func, select

from portal.claims.models import Claim
from portal.core.db import db
from portal.core.events import Event
from tests.blueprints.claims.pages import a_draft, a_sent, stored
from tests.blueprints.conftest import CountQueries
from tests.blueprints.policy.drafting import begin, raised, save
from tests.browser import Visitor
from tests.claims.stories import attach_invoice, draft, send, sent, writing
from tests.invoices.samples import DIGITAL


def tried(visitor: Visitor, form: str, **fields: str) -> Visitor:
    """Fill a form whose answer is an address."""
    assert visitor.go("/policy/draft/try").find(f"form#{form}[method=get]")
    return visitor.go(f"/policy/draft/try?{urlencode(fields)}")


def kinds(visitor: Visitor) -> list[str]:
    return [node.text().strip() for node in visitor.find("table tbody td:first-child .status")]


def count(app: Flask) -> tuple[int, int]:
    with app.app_context():
        return (
            db.session.scalar(select(func.count()).select_from(Claim)) or 0,
            db.session.scalar(select(func.count()).select_from(Event)) or 0,
        )


def test_it_works(carol: Visitor) -> None:
    raised(carol)
    night = {"category": "lodging", "city": "上海", "nights": "1", "receipt": "y", "grade": "staff"}
    tried(carol, "sample", **night, amount="470").sees("The limit is ¥450.00 per night")
    assert kinds(carol) == ["Vanishes"]
    tried(carol, "sample", **night, amount="500").sees("this is ¥50.00 more", "this is ¥23.00 more")
    assert kinds(carol) == ["Changes"]
    tried(carol, "sample", **night, amount="400").sees("Neither finds anything.")
    tried(carol, "sample", **night, amount="x")
    assert carol.find("#amount-error")


def test_the_last_claims_show_what_would_be_judged_otherwise(app: Flask, carol: Visitor) -> None:
    a_sent(app, 500_00)
    a_sent(app, 150_00, name="dan")
    a_draft(app, 900_00)
    save(begin(carol), "general", **{"total-needs_reason": "400.00", "total-warns": ""})
    before = count(app)
    tried(carol, "claims", last="1")
    carol.sees("1 of 2 claims would be judged otherwise", "Large claims: appears 1 times")
    assert kinds(carol) == ["Appears"]
    assert count(app) == before, "trying on must store nothing"


def test_one_claim_by_its_number(app: Flask, carol: Visitor) -> None:
    number = stored(app, a_sent(app, 500_00)).number or ""
    save(begin(carol), "general", oldest_days="1")
    tried(carol, "claims", claim=number)
    carol.sees("1 of 1 claims", number, "must be claimed within 1 days")
    tried(carol, "claims", claim="BX-0").sees("There is no such claim that you may see.")


def test_an_administrator_sees_no_claims_of_others(app: Flask, admin: Visitor) -> None:
    number = stored(app, a_sent(app, 500_00)).number or ""
    save(begin(admin), "general", oldest_days="1")
    tried(admin, "claims", claim=number)
    admin.sees("There is no such claim that you may see.").misses("Customer visit")
    tried(admin, "claims", last="1").sees("0 of 0 claims").misses("Customer visit")


def test_a_draft_with_problems_cannot_be_tried(carol: Visitor) -> None:
    assert raised(carol, "4x0").go("/policy/draft/try").path == "/policy/draft"


def test_more_claims_ask_the_database_no_more_questions(
    app: Flask, carol: Visitor, count_queries: CountQueries
) -> None:
    save(begin(carol), "general", oldest_days="1")
    counts = []
    for size in (1, 12):
        with writing(app) as session:
            for place in range(size):
                sent(session, "alice" if place % 2 else "dan", 500_00, 40_00 + place)
                bought = draft(session, "alice", 20_00 + place)
                bought.lines[0].reason = "Ordered by phone"
                number = f"263120{len(counts)}000{place:010}"
                attach_invoice(session, bought, DIGITAL.but(number=number))
                send(session, bought)
        carol.go("/policy/draft/try")
        with count_queries() as asked:
            tried(carol, "claims", last="1")
        counts.append(len(asked))
    carol.sees("of 26 claims")
    assert counts[0] == counts[1], "\n".join(asked)
