"""Who may do what with a claim, in each of its states."""

from datetime import UTC, datetime

import pytest

from portal.claims import access
from portal.claims.access import Seen
from portal.claims.models import STATES, Claim
from portal.people.roles import ROLES, Reader

AT = datetime(2026, 3, 2, tzinfo=UTC)
MINE, STRANGER = 1, 2
OF_CLAIMS = (
    access.may_see, access.may_edit, access.may_delete, access.may_withdraw, access.may_decide,
    access.may_copy, access.may_comment, access.may_print,
)  # fmt: skip


def seen(state: str, who: int, *roles: str, sent: bool | None = None, **more: object) -> Seen:
    was_sent = state != "draft" if sent is None else sent
    claim = Claim(claimant_id=MINE, state=state, submitted_at=AT if was_sent else None)
    reader = Reader(who, "n", "N", "n@example.com", 1, "staff", "en", frozenset(roles), 0, False)
    return Seen(claim, reader, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", STATES)
def test_a_stranger_may_nothing(state: str) -> None:
    stranger = seen(state, STRANGER, "support", "trainer", "admin")
    for rule in OF_CLAIMS:
        assert not rule(stranger), rule.__name__


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ROLES)
def test_only_finance_payers_and_auditors_see_what_was_sent_and_nobody_a_draft(
    state: str, role: str
) -> None:
    expected = role in ("finance", "payer", "auditor") and state != "draft"
    assert access.may_see(seen(state, STRANGER, role)) == expected


@pytest.mark.parametrize(
    ("rule", "states"),
    [
        (access.may_edit, {"draft", "returned", "withdrawn"}),
        (access.may_delete, {"draft"}),
        (access.may_withdraw, {"submitted"}),
        (access.may_see, set(STATES)),
        (access.may_copy, set(STATES)),
        (access.may_decide, set()),
    ],
)
def test_what_the_claimant_may_do_in_which_state(rule: object, states: set[str]) -> None:
    allowed = {state for state in STATES if rule(seen(state, MINE))}  # type: ignore[operator]
    assert allowed == states


@pytest.mark.parametrize("roles", [(), ROLES])
def test_no_one_decides_on_his_own_claim_whatever_he_is(roles: tuple[str, ...]) -> None:
    assert not access.may_decide(seen("submitted", MINE, *roles, step_id=4, involved=True))


@pytest.mark.parametrize("state", STATES)
def test_who_the_step_waits_for_decides_while_the_claim_is_on_its_way(state: str) -> None:
    assert access.may_decide(seen(state, STRANGER, step_id=4)) == (state == "submitted")


def test_who_decided_before_still_sees_the_claim_but_decides_no_more() -> None:
    before = seen("submitted", STRANGER, involved=True)
    assert access.may_see(before)
    assert not access.may_decide(before)


def test_auditors_read_all_and_change_nothing() -> None:
    auditor = seen("submitted", STRANGER, "auditor")
    assert access.may_see(auditor)
    assert not access.may_comment(auditor)
    assert not access.may_edit(auditor)
    assert not access.may_pay(auditor.reader)
