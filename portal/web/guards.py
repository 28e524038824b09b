"""Who may call a view. Every route names its guard; one without is refused.

A stranger cannot tell a forbidden thing from a missing one: what somebody may not see
answers 404, and only what he sees but may not do answers 403.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, current_app, g, request
from flask_login import current_user

from portal.claims import access, queries
from portal.claims.access import Seen
from portal.core.db import db
from portal.core.errors import Missing, NotAllowed, Stale
from portal.core.words import words
from portal.people.roles import Reader
from portal.prior import access as prior_access
from portal.prior import queries as prior_queries
from portal.prior.models import SHELVES
from portal.prior.workflow import CHANGED as REQUEST_CHANGED
from portal.web.session import ask_to_sign_in

View = TypeVar("View", bound=Callable[..., Any])

NO_SUCH_PAGE = words("There is no such page. The address may be mistyped, or it is not for you.")
NOT_FOR_YOU = words("You can see this, but you cannot do that with it.")
CHANGED = words("This claim has changed since this page was shown.")


@dataclass(frozen=True)
class Guard:
    """What a route declares. ``rule`` names the object rule, for the table in the docs."""

    roles: frozenset[str] | None = None
    everybody: bool = False
    rule: str = ""

    def admits(self, reader: Reader | None) -> bool:
        """Whether this reader may call the view at all."""
        if self.everybody:
            return True
        if reader is None:
            return False
        return self.roles is None or not self.roles.isdisjoint(reader.roles)


def public(view: View) -> View:
    """Anybody, signed in or not."""
    return _guarded(view, Guard(everybody=True))


def signed_in(view: View) -> View:
    """Anybody who is signed in, about his own things."""
    return _guarded(view, Guard())


def directory(view: View) -> View:
    """The directory that provisions people, by its token, which the blueprint asks for."""
    return _guarded(view, Guard(everybody=True, rule="directory's token"))


def role(*roles: str) -> Callable[[View], View]:
    """Holders of one of ``roles``; for others the page does not exist."""
    return lambda view: _guarded(view, Guard(roles=frozenset(roles)))


def claim(rule: Callable[[Seen], bool]) -> Callable[[View], View]:
    """Readers to whom ``rule`` of ``claims.access`` allows it. The view gets ``seen``."""

    def guard(view: View) -> View:
        @wraps(view)
        def loaded(claim_id: int, **rest: Any) -> Any:
            seen = queries.seen_by(db.session(), claim_id, reader())
            if seen is None or not access.may_see(seen):
                raise Missing(NO_SUCH_PAGE)
            if not rule(seen):
                shown = request.form.get("version", type=int)
                if shown is not None and shown != seen.claim.version:
                    g.stale = seen.claim.subject
                    raise Stale(CHANGED)
                raise NotAllowed(NOT_FOR_YOU)
            g.stale = seen.claim.subject
            g.menu_entry = _menu_entry(seen)
            return view(seen=seen, **rest)

        return _guarded(cast(View, loaded), Guard(rule=f"claims.{rule.__name__}"))

    return guard


def prior(rule: Callable[[prior_access.Seen], bool]) -> Callable[[View], View]:
    """Readers to whom ``rule`` of ``prior.access`` allows it. The view gets ``seen``."""

    def guard(view: View) -> View:
        @wraps(view)
        def loaded(shelf: str, request_id: int, **rest: Any) -> Any:
            seen = prior_queries.seen_by(db.session(), request_id, reader())
            if seen is None or not prior_access.may_see(seen):
                raise Missing(NO_SUCH_PAGE)
            if seen.request.kind != SHELVES[shelf]:
                raise Missing(NO_SUCH_PAGE)
            if not rule(seen):
                shown = request.form.get("version", type=int)
                if shown is not None and shown != seen.request.version:
                    g.stale = seen.request.subject
                    raise Stale(REQUEST_CHANGED)
                raise NotAllowed(NOT_FOR_YOU)
            g.stale = seen.request.subject
            g.menu_entry = "prior.list" if seen.at_hand else "approvals.inbox"
            return view(seen=seen, **rest)

        return _guarded(cast(View, loaded), Guard(rule=f"prior.{rule.__name__}"))

    return guard


def _menu_entry(seen: Seen) -> str:
    """Under which entry of the menu the reader finds this claim."""
    if seen.at_hand:
        return "claims.list"
    return "approvals.inbox" if seen.involved else "claims.list_all"


def _guarded(view: View, guard: Guard) -> View:
    view.guard = guard  # type: ignore[attr-defined]
    return view


def guard_of(endpoint: str) -> Guard | None:
    """The guard of an endpoint, None when it declares none."""
    return getattr(current_app.view_functions[endpoint], "guard", None)


def reader() -> Reader:
    """The signed-in person, inside a guarded view."""
    return cast(Reader, reader_or_none())


def reader_or_none() -> Reader | None:
    """The signed-in person, None for a visitor."""
    if "reader" not in g:
        g.reader = current_user.reader if current_user.is_authenticated else None
    return cast(Reader | None, g.reader)


def enforce() -> Any:
    """Before each request: refuse views without a guard and readers it does not admit."""
    if request.endpoint is None:
        return None
    guard = guard_of(request.endpoint)
    if guard is None:
        current_app.logger.error("view without a guard: %s", request.endpoint)
        abort(404)
    if guard.everybody:
        return None
    someone = reader_or_none()
    if someone is None:
        return ask_to_sign_in()
    if guard.admits(someone):
        return None
    raise Missing(NO_SUCH_PAGE)
