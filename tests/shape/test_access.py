"""The table in docs/access.md, held against the portal: everybody, everywhere, both methods."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.claims import templates
from portal.claims.models import Claim
from portal.core.clock import now
from portal.people.models import Person, Project
from portal.policy import drafts as rules
from portal.prior.models import ADVANCE
from portal.web.access_table import DIRECTORY
from tests.blueprints.claims.pages import a_draft, a_sent
from tests.blueprints.payments.cases import store_batch
from tests.browser import Visitor
from tests.cast import CAST
from tests.claims.stories import draft, writing
from tests.invoices.holders import put_invoice
from tests.invoices.samples import DIGITAL
from tests.prior.requests import draft as requested
from tests.prior.requests import send

TABLE = Path(__file__).parents[2] / "docs" / "access.md"
ROW = re.compile(r"^\| ([a-z_]+\.[a-z_]+) \| ([A-Z]+) \| `(.+?)` \| ([^|]+) \|", re.MULTILINE)
EVERYBODY = ("visitor", "alice", "bob", "carol", "dan", "erin", "frank", "grace", "ivan", "admin")
LAST = ("claims.delete_template", "account.end_sign_ins", "session.sign_out")
"""What others could not be asked after."""

SEE = {"draft": {"alice"}, "sent": {"alice", "bob", "carol", "ivan"}}
"""Who sees a claim of alice's: bob is her manager, carol finance, ivan the auditor."""

MAY = {
    "claims.may_see": SEE,
    "claims.may_read": SEE,
    "claims.may_print": SEE,
    "claims.may_copy": {"draft": {"alice"}, "sent": {"alice"}},
    "claims.may_edit": {"draft": {"alice"}, "sent": set()},
    "claims.may_delete": {"draft": {"alice"}, "sent": set()},
    "claims.may_withdraw": {"draft": set(), "sent": {"alice"}},
    "claims.may_comment": {"draft": set(), "sent": {"alice", "bob", "carol"}},
}
PRIOR = {
    "prior.may_see": SEE,
    "prior.may_print": SEE,
    "prior.may_edit": MAY["claims.may_edit"],
    "prior.may_delete": MAY["claims.may_delete"],
    "prior.may_withdraw": MAY["claims.may_withdraw"],
    "prior.may_comment": MAY["claims.may_comment"],
    "prior.may_copy": MAY["claims.may_copy"],
    "prior.may_close": {"draft": set(), "sent": set()},
    "prior.may_repay": {"draft": set(), "sent": set()},
}
"""Of an advance of alice's, which is neither a trip to be closed nor owed yet."""
MAY |= PRIOR
DECIDES = {"draft": set(), "sent": {"bob"}}
OWNED = {"template_id": "alice"}
MADE_UP = {"token": "x", "name": "x.eml", "path": "Users"}
NAMES_NOTHING = {"verify.show", "notices.open"}
"""Where nothing real is named here, by the address or the form: 404 says nothing of who asks."""


@dataclass(frozen=True)
class Route:
    """A row of the documented table."""

    endpoint: str
    method: str
    address: str
    who: str


ROUTES = [Route(*found) for found in ROW.findall(TABLE.read_text(encoding="utf-8"))]


def test_the_table_is_read_whole() -> None:
    rows = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if " | GET |" in line]
    assert len(rows) == sum(route.method == "GET" for route in ROUTES) > 30
    ruled = {route.who for route in ROUTES if route.who.startswith(("claims.", "prior."))}
    assert ruled == set(MAY)


def real_values(app: Flask) -> dict[str, dict[str, str]]:
    """Something real for every part of an address, by the state of the claim of alice's."""
    claims = {"draft": a_draft(app, 500_00), "sent": a_sent(app, 500_00)}
    batch = store_batch(app, ("dan", 100_00))
    with writing(app) as session:
        kept = templates.keep_as_template(session, draft(session), "Phone", at=now())
        session.flush()
        heidi = session.scalars(select(Person).where(Person.number == "heidi")).one()
        rules.start(session, by=heidi.id, at=now())
        project = Project(code="p1", name_zh="新厂", name_en="New plant")
        session.add(project)
        session.flush()
        put_invoice(session, session.get_one(Claim, claims["sent"]), DIGITAL)
        common = {
            "batch_id": batch, "template_id": kept.id, "person_id": heidi.id,
            "department_id": heidi.department_id, "project_id": project.id,
            "company_id": session.get_one(Claim, claims["sent"]).company_id,
            "slug": "first-claim", "purpose": "reset",
            "code": "office", "kind": "csv", "section": "limits", "rule": "weekend",
            "version_id": 1, "edition_id": 1,
            "key": DIGITAL.number, **MADE_UP,
        }  # fmt: skip
        requests = {"draft": requested(session, ADVANCE)}
        requests["sent"] = send(session, requested(session, ADVANCE))
        found = {}
        for state, claim_id in claims.items():
            claim = session.get_one(Claim, claim_id)
            own = {
                "claim_id": claim.id,
                "version": claim.version,
                "receipt_id": claim.receipts[0].id,
                "shelf": "advances",
                "request_id": requests[state].id,
                "request_version": requests[state].version,
            }
            found[state] = {part: str(value) for part, value in {**common, **own}.items()}
    return found


def parts(address: str) -> list[str]:
    return re.findall(r"<(?:[^:<>]+:)?(\w+)>", address)


def filled(address: str, values: dict[str, str]) -> str:
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: values[found[1]], address)


def expected(route: Route, name: str, state: str) -> str:
    """What the table says: let in, sign in, missing or forbidden."""
    if route.who == "anybody":
        return "missing" if route.endpoint.startswith("oidc.") else "let in"
    if route.who == DIRECTORY:
        return "missing"
    if name == "visitor":
        return "sign in"
    if route.who in MAY:
        if name not in SEE[state]:
            return "missing"
        allowed = MAY[route.who][state]
        if route.endpoint in ("approvals.decide", "prior.decide"):
            allowed = DECIDES[state]
        return "let in" if name in allowed else "forbidden"
    roles = set(CAST[name][3])
    if route.who != "signed in" and not roles & set(route.who.split(", ")):
        return "missing"
    owners = {OWNED[part] for part in parts(route.address) if part in OWNED}
    return "let in" if not owners or name in owners else "missing"


def answered(client: FlaskClient, route: Route, address: str, form: dict[str, str]) -> str:
    """What the portal does."""
    sent = None if route.method == "GET" else form
    answer = client.open(address, method=route.method, data=sent)
    if answer.status_code == 303 and (answer.location or "").startswith("/sign-in"):
        return "sign in" if route.endpoint != "session.sign_out" else "let in"
    if answer.status_code == 404:
        return "missing"
    if answer.status_code == 403:
        return "forbidden"
    assert answer.status_code < 500, f"{route.method} {address}: {answer.status_code}"
    return "let in"


def asked(routes: list[Route]) -> Iterator[tuple[str, Route]]:
    """Every route to ask for, those of a claim in both of its states."""

    def turn(route: Route) -> int:
        return LAST.index(route.endpoint) + 1 if route.endpoint in LAST else 0

    for route in sorted(routes, key=turn):
        # Paper is slow and its guard is asked in its own test; mails are there in demo mode.
        if route.endpoint in (
            "assets.serve",
            "claims.paper",
            "prior.paper",
        ) or route.address.startswith("/demo"):
            continue
        of_one = {"claim_id", "request_id"} & set(parts(route.address))
        for state in ("draft", "sent") if of_one else ("sent",):
            yield state, route


@pytest.mark.parametrize("name", EVERYBODY)
def test_everybody_may_do_what_the_table_says_and_nothing_else(app: Flask, name: str) -> None:
    real = real_values(app)
    visitor = Visitor(app)
    if name != "visitor":
        visitor.signed_in(name)
    token = visitor.csrf_token()
    wrong = []
    for state, route in asked(ROUTES):
        values = real[state]
        wants = expected(route, name, state)
        # Whoever is let in comes with a version that no claim has, so that nothing changes.
        named = "request_version" if "request_id" in parts(route.address) else "version"
        version = values[named] if wants == "forbidden" else "0"
        form = {"csrf_token": token, "version": version, "decision": "approve"}
        got = answered(visitor.client, route, filled(route.address, values), form)
        nothing = MADE_UP.keys() & set(parts(route.address)) or route.endpoint in NAMES_NOTHING
        if wants == "let in" and got == "missing" and nothing:
            continue
        if got != wants:
            wrong.append(f"{route.method} {route.address} ({state}): {got}, not {wants}")
    assert not wrong, f"{name}, otherwise than the table says:\n" + "\n".join(wrong)


def test_no_address_takes_a_method_that_is_not_in_the_table(app: Flask) -> None:
    values = real_values(app)["draft"]
    visitor = Visitor(app).signed_in("admin")
    form = {"csrf_token": visitor.csrf_token()}
    taken = {(route.method, route.address) for route in ROUTES}
    for address in sorted({route.address for route in ROUTES if "path:" not in route.address}):
        for method in ("GET", "POST", "DELETE"):
            if any(known == method and _covers(pattern, address) for known, pattern in taken):
                continue
            answer = visitor.client.open(filled(address, values), method=method, data=form)
            assert answer.status_code == 405, f"{method} {address}: {answer.status_code}"


def _covers(pattern: str, address: str) -> bool:
    """Whether ``address`` also fits another row, as /import does /<token>."""
    shape = re.sub(r"<[^>]+>", "[^/]+", pattern)
    return bool(re.fullmatch(shape, re.sub(r"<[^>]+>", "x", address)))
