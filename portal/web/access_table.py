"""Who may do what, read from the guards that the routes declare: the table in docs/access.md."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

from flask import Flask

from portal.claims import access
from portal.prior import access as prior
from portal.web.guards import Guard

PUBLIC, SIGNED_IN, NOBODY = "anybody", "signed in", "nobody"
DIRECTORY = "directory's token"
NOT_METHODS = {"HEAD", "OPTIONS"}

HEAD = """# Who may do what

Made from the guards of the routes by `portal access-table`; a test compares both. Whoever is not
signed in is sent to the sign-in page. What somebody may not see answers 404, as if it did not
exist; what he sees but may not do answers 403, and 409 when that changed since he saw it.

Approver is not a role: the route of each claim says who decides on it.
"""

RULES = """
## Rules about one claim

`claims.may_see` is asked before each of the others. A decision is open to all who may see the
claim, and asks `claims.may_decide` when it is made: who comes too late is told what happened.
"""

PRIOR_RULES = """
## Rules about one trip request or advance

`prior.may_see` is asked before each of the others, as with claims.
"""

ROUTES = """
## Pages and actions

“Changes” marks what is committed when it succeeds.
"""


@dataclass(frozen=True)
class Row:
    """One address with one method. ``who`` is a role list, a rule or one of the words above."""

    endpoint: str
    method: str
    address: str
    who: str
    changes: bool


def rows(app: Flask) -> list[Row]:
    """Every route of the portal, by endpoint, address and method."""
    found = [
        Row(rule.endpoint, method, rule.rule, _who(view), getattr(view, "writes", False))
        for rule in app.url_map.iter_rules()
        for view in (app.view_functions[rule.endpoint],)
        for method in (rule.methods or set()) - NOT_METHODS
    ]
    return sorted(found, key=lambda row: (row.endpoint, row.address, row.method))


def _who(view: object) -> str:
    guard: Guard | None = getattr(view, "guard", None)
    if guard is None:
        return NOBODY
    if guard.rule:
        return guard.rule
    if guard.everybody:
        return PUBLIC
    return ", ".join(sorted(guard.roles)) if guard.roles is not None else SIGNED_IN


def access_table(app: Flask) -> str:
    """The document: what each rule about a claim says, then every route with its guard."""
    return "\n".join(
        [
            HEAD + RULES,
            *_rules(access, "claims"),
            PRIOR_RULES,
            *_rules(prior, "prior"),
            ROUTES,
            *_routes(app),
            "",
        ]
    )


def _rules(feature: ModuleType, name_of_it: str) -> Iterator[str]:
    yield "| rule | who |"
    yield "|---|---|"
    for name, rule in inspect.getmembers(feature, inspect.isfunction):
        if name.startswith("may_"):
            who = " ".join((inspect.getdoc(rule) or "").split())
            yield f"| `{name_of_it}.{name}` | {who} |"


def _routes(app: Flask) -> Iterator[str]:
    yield "| endpoint | method | address | who | changes |"
    yield "|---|---|---|---|---|"
    for row in rows(app):
        changes = "yes" if row.changes else ""
        address = row.address.replace("|", "\\|")
        yield f"| {row.endpoint} | {row.method} | `{address}` | {row.who} | {changes} |"
