"""One batch."""

from flask import Flask

from tests.blueprints.payments.cases import store_batch
from tests.browser import Visitor


def test_it_works(app: Flask, carol: Visitor) -> None:
    batch = store_batch(app, ("alice", 1234_50), ("dan", 65_50))
    carol.go(f"/payments/batches/{batch}")
    carol.sees("¥1,300.00", "Alice", "¥65.50", "BX2026-000002", "Download CSV", "Made by Carol")


def test_an_auditor_sees_it_without_its_buttons(app: Flask) -> None:
    batch = store_batch(app, ("alice", 100_00))
    ivan = Visitor(app).signed_in("ivan").go(f"/payments/batches/{batch}").sees("¥100.00")
    ivan.misses("Download", "Record the payment", "Cancel the batch")


def test_it_refuses_a_stranger(app: Flask, dan: Visitor) -> None:
    batch = store_batch(app, ("alice", 100_00))
    forbidden = dan.go(f"/payments/batches/{batch}").status
    assert (forbidden, dan.go("/payments/batches/999").status) == (404, 404)


def test_a_batch_that_is_not_there(carol: Visitor) -> None:
    for path in ("", "/close", "/cancel"):
        assert carol.go(f"/payments/batches/999{path}").status == 404
