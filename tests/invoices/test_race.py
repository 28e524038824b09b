"""Fifty people submit the same invoice at once, each from another kind of file: one has it."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from portal.claims import intake, looking
from portal.claims.models import DRAFT, Claim, Receipt
from portal.core.clock import now
from portal.core.db import begin_writing, db
from portal.core.files import JPEG, OFD, PDF, XML
from portal.invoices import registry
from portal.invoices.models import Invoice
from portal.invoices.registry import AlreadyClaimed
from portal.web import work
from tests.cast import CAST
from tests.claims.stories import draft, writing
from tests.invoices import makers, samples
from tests.invoices.holders import allow, claim_with, holders, submit
from tests.invoices.samples import DIGITAL

AT_ONCE = 50
KINDS: dict[str, Callable[[], bytes]] = {
    "invoice.xml": lambda: samples.digital_xml(DIGITAL).encode(),
    "invoice.ofd": lambda: samples.printed_ofd(DIGITAL),
    "invoice.pdf": lambda: makers.pdf(DIGITAL),
    "photo.jpg": lambda: makers.jpeg(makers.paper(makers.code(makers.code_text(DIGITAL)))),
    "march.zip": lambda: samples.archive({"in it.xml": samples.digital_xml(DIGITAL).encode()}),
}


def fifty(app: Flask, make: Callable[[int, str], int]) -> list[int]:
    """A draft for each of fifty, of everybody in turn."""
    names = [name for name in CAST if name not in ("grace", "admin")]
    return [make(place, names[place % len(names)]) for place in range(AT_ONCE)]


def all_at_once(app: Flask, claim_ids: list[int]) -> Counter[str]:
    """Submit every claim in a thread of its own; what became of them."""
    begin = Barrier(len(claim_ids), timeout=60)

    def one(claim_id: int) -> str:
        with app.app_context():
            session = db.session()
            begin.wait()
            try:
                begin_writing(session)
                submit(session, session.get_one(Claim, claim_id))
                session.commit()
            except AlreadyClaimed:
                session.rollback()
                return "already claimed"
            finally:
                db.session.remove()
            return "submitted"

    with ThreadPoolExecutor(len(claim_ids)) as threads:
        return Counter(threads.map(one, claim_ids))


def read_into_drafts(app: Flask) -> list[int]:
    """Fifty drafts onto which files of all kinds were dropped, once the worker has read them."""
    dropped = {name: make() for name, make in KINDS.items()}
    with writing(app) as session:

        def make(place: int, name: str) -> int:
            claim = draft(session, name, 500_00)
            kind = list(dropped)[place % len(dropped)]
            file = looking.handed_in(app.extensions["store"], dropped[kind], kind)
            intake.queue(session, claim, file, None, at=now())
            return claim.id

        ids = fifty(app, make)
    while work.work_once(app, now()):
        pass
    return ids


def test_one_of_fifty_claims_has_the_invoice_whatever_file_it_was_read_from(app: Flask) -> None:
    ids = read_into_drafts(app)
    with writing(app) as session:
        rows = select(Receipt.claim_id, Receipt.media_type).join(Receipt.invoice)
        found = session.execute(rows.where(Invoice.key == DIGITAL.number)).all()
    assert sorted(row.claim_id for row in found) == ids, "each has read it"
    assert Counter(row.media_type for row in found) == {XML: 20, OFD: 10, PDF: 10, JPEG: 10}
    assert all_at_once(app, ids) == {"submitted": 1, "already claimed": AT_ONCE - 1}
    with writing(app) as session:
        [(share, winner)] = holders(session)
        assert share == 0
        sent = session.scalars(select(Claim.id).where(Claim.state != DRAFT)).all()
        assert sent == [winner]


def test_claims_of_many_invoices_in_any_order_never_wait_for_one_another(app: Flask) -> None:
    """One that has the first and waits for the last would be killed by the database."""
    rounds, people, many = 6, 8, 400
    begin = Barrier(people, timeout=60)

    def hold(claim_id: int, keys: list[str]) -> str:
        session = db.session()
        session.connection()  # out of the way before all begin
        session.rollback()
        begin.wait()
        try:
            begin_writing(session)
            registry.hold(session, keys, claim_id, 1, at=now())
            session.commit()
        except AlreadyClaimed:
            session.rollback()
            return "already claimed"
        return "held"

    def one(claim_id: int) -> list[str]:
        order = Random(claim_id)
        with app.app_context():
            return [
                hold(claim_id, order.sample([f"{turn} {place}" for place in range(many)], many))
                for turn in range(rounds)
            ]

    with ThreadPoolExecutor(people) as threads:
        outcomes = list(threads.map(one, range(1, people + 1)))
    for turn in zip(*outcomes, strict=True):
        assert Counter(turn) == {"held": 1, "already claimed": people - 1}


@pytest.mark.parametrize("allowed", [1, 3])
def test_each_allowance_lets_one_more_in(app: Flask, allowed: int) -> None:
    with writing(app) as session:
        submit(session, claim_with(session, "alice"))
        for name in ("dan", "erin", "frank")[:allowed]:
            allow(session, name)
        ids = fifty(app, lambda _place, name: claim_with(session, name).id)
    assert all_at_once(app, ids)["submitted"] == allowed
    with writing(app) as session:
        assert [share for share, _claim in holders(session)] == list(range(allowed + 1))
