"""Invoices on claims for the tests of the registry's pages."""

from flask import Flask

from tests.claims.stories import writing
from tests.invoices.holders import claim_with, submit
from tests.invoices.samples import DIGITAL, Sample


def on_claim(app: Flask, name: str = "alice", *samples: Sample, sent: bool = True) -> int:
    """A claim of somebody with these invoices; its id."""
    with writing(app) as session:
        claim = claim_with(session, name, *(samples or (DIGITAL,)))
        if sent:
            submit(session, claim)
        return claim.id
