"""What every route of the portal keeps to."""

import ast
import inspect
import textwrap

from flask import Flask

from portal.web.access_table import DIRECTORY, NOBODY, rows

CHANGES_NOTHING = {
    "approvals.confirm": "shows what would be approved; the choice is too long for an address",
    "people.import_post": "keeps the file outside the database and goes on to the dry run",
    "rates.import_post": "keeps the file outside the database and goes on to the dry run",
}
"""POST views that commit nothing, and why."""

WRITING_GETS = {
    "verify.show": "counts how often an address mistyped a code",
    "oidc.back": "the provider sends the browser here; its state is the protection",
}
"""GET views that write, and why."""


def test_every_route_says_who_may_call_it(portal: Flask) -> None:
    open_to_none = [row.endpoint for row in rows(portal) if row.who == NOBODY]
    assert not open_to_none, f"mark with @public, @signed_in, @role or @claim: {open_to_none}"


def test_every_post_commits_or_says_why_not(portal: Flask) -> None:
    silent = {row.endpoint for row in rows(portal) if row.method == "POST" and not row.changes}
    assert silent == set(CHANGES_NOTHING), "mark the view with @writes(), or add it here with why"


def test_no_get_changes_anything(portal: Flask) -> None:
    writing = {row.endpoint for row in rows(portal) if row.method == "GET" and row.changes}
    assert writing == set(WRITING_GETS), "changes are made by POST"


def test_only_get_and_post_are_used(portal: Flask) -> None:
    browsers = [row for row in rows(portal) if row.who != DIRECTORY]
    assert {row.method for row in browsers} == {"GET", "POST"}


def test_nothing_but_the_wrapper_commits(portal: Flask) -> None:
    for endpoint, view in portal.view_functions.items():
        source = textwrap.dedent(inspect.getsource(inspect.unwrap(view)))
        calls = {
            node.func.attr
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert "commit" not in calls, f"{endpoint}: leave the commit to @writes()"
