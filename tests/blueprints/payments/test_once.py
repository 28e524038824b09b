"""A claim is paid once whatever is clicked, retried or raced: fifty payers at the same moment."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from flask.testing import FlaskClient

from portal.claims import events
from portal.core.clock import day, now
from tests.blueprints.payments.cases import (
    batch_states,
    happened,
    payments,
    states,
    store_approved,
    store_batch,
)
from tests.browser import Visitor, filled

MANY = 50


def at_once(
    app: Flask, path: str, form_id: str, fields: dict[str, str], names: list[str]
) -> Counter[int]:
    """Fifty browsers open the page, then all send its form at once; the statuses they get."""
    visitors = [Visitor(app).signed_in(name) for name in names]
    barrier = Barrier(MANY)

    def browser(number: int) -> Callable[[], int]:
        visitor = visitors[number % len(visitors)]
        client: FlaskClient = app.test_client()
        for cookie in visitor.client._cookies.values():
            client.set_cookie(cookie.key, cookie.value)
        [form] = visitor.go(path).find(f"form#{form_id}")
        data = filled(form)
        for name, value in fields.items():
            data[name] = value
        action = form.attributes["action"] or path

        def send() -> int:
            barrier.wait(30)
            return client.post(action, data=data).status_code

        return send

    with ThreadPoolExecutor(MANY) as pool:
        sends = [browser(number) for number in range(MANY)]
        return Counter(done.result() for done in [pool.submit(send) for send in sends])


def test_fifty_batches_at_once_make_one(app: Flask) -> None:
    store_approved(app, ("alice", 100_00), ("dan", 50_00))
    answers = at_once(app, "/payments/new?claim=1&claim=2", "start", {}, ["carol", "heidi"])
    assert answers == {303: 1, 409: MANY - 1}
    assert (batch_states(app), states(app)) == (["open"], ["paying", "paying"])
    assert payments(app) == [(1, "pending"), (2, "pending")]
    assert happened(app, events.PAYMENT_STARTED) == 2


def test_fifty_closings_at_once_pay_once(app: Flask) -> None:
    batch = store_batch(app, ("alice", 100_00), ("dan", 50_00))
    bank = {"paid_on": day(now(), "Asia/Shanghai").isoformat(), "reference": "B-7"}
    path = f"/payments/batches/{batch}/close"
    answers = at_once(app, path, "close", bank, ["carol", "heidi"])
    assert answers == {303: 1, 409: MANY - 1}
    assert payments(app) == [(1, "paid"), (2, "paid")]
    assert happened(app, events.PAID) == 2


def test_one_form_sent_fifty_times_makes_one_batch_and_leads_all_to_it(app: Flask) -> None:
    store_approved(app, ("alice", 100_00))
    visitor = Visitor(app).signed_in("carol").go("/payments/new?claim=1")
    [form] = visitor.find("form#start")
    data, barrier = filled(form), Barrier(MANY)

    def send(_number: int) -> tuple[int, str]:
        client = app.test_client()
        for cookie in visitor.client._cookies.values():
            client.set_cookie(cookie.key, cookie.value)
        barrier.wait(30)
        answer = client.post("/payments/start", data=data)
        return answer.status_code, answer.headers["Location"]

    with ThreadPoolExecutor(MANY) as pool:
        answers = Counter(pool.map(send, range(MANY)))
    assert answers == {(303, "/payments/batches/1"): MANY}
    assert payments(app) == [(1, "pending")]


def test_batches_that_overlap_share_no_claim(app: Flask) -> None:
    ids = store_approved(app, *[("alice", 1_00)] * MANY)
    visitor = Visitor(app).signed_in("carol").go("/payments/")
    token, barrier = visitor.csrf_token(), Barrier(MANY)

    def send(number: int) -> int:
        client = app.test_client()
        for cookie in visitor.client._cookies.values():
            client.set_cookie(cookie.key, cookie.value)
        pair = [ids[number], ids[(number + 1) % MANY]]
        barrier.wait(30)
        sent = {"claim": [str(each) for each in pair], "csrf_token": token}
        return client.post("/payments/start", data=sent).status_code

    with ThreadPoolExecutor(MANY) as pool:
        answers = Counter(pool.map(send, range(MANY)))
    made = payments(app)
    assert set(answers) == {303, 409}
    assert len(made) == len({claim for claim, _state in made}) == 2 * answers[303]
    assert states(app).count("paying") == len(made)
