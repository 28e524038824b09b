"""Who decides, in what order, and why."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.approvals.flow import COMPANY_HEAD, DEPARTMENT_HEAD, LINE_MANAGER, DrawnFlow, DrawnStep
from portal.approvals.routing import Earlier, NobodyDecides, Plan, Subject, plan
from portal.core.words import Named

ALICE, BOB, CAROL, GRACE, ADMIN, OLGA = 1, 2, 3, 4, 5, 6
PEOPLE = (ALICE, BOB, CAROL, GRACE, ADMIN, OLGA)
SALES = 10


@dataclass
class Company:
    """Who is who, answered from memory."""

    manager: dict[int, int] = field(default_factory=lambda: {ALICE: BOB, BOB: GRACE, CAROL: GRACE})
    head: int | None = BOB
    chief: int | None = GRACE
    roles: dict[str, tuple[int, ...]] = field(
        default_factory=lambda: {"finance": (CAROL,), "admin": (ADMIN,)}
    )

    def manager_of(self, person_id: int) -> int | None:
        return self.manager.get(person_id)

    def head_of(self, department_id: int) -> int | None:
        return self.head

    def company_head(self) -> int | None:
        return self.chief

    def holders_of(self, role: str) -> Iterable[int]:
        return self.roles.get(role, ())


def step(number: int, decider: str, floor: int = 0) -> DrawnStep:
    return DrawnStep(number, Named(f"第{number}步", f"Step {number}"), decider, floor)


FLOW = DrawnFlow(
    id=1,
    steps=(
        step(1, LINE_MANAGER),
        step(2, DEPARTMENT_HEAD, 2_000_00),
        step(3, "role:finance"),
        step(4, COMPANY_HEAD, 20_000_00),
    ),
    fallback_role="admin",
    auto_below=300_00,
)


def route(plan: Plan) -> list[tuple[int, ...]]:
    """Those who still have to decide, step by step."""
    return [step.people for step in plan.needed]


def of(owner: int = ALICE, amount: int = 500_00, *, findings: bool = False) -> Subject:
    return Subject(owner, SALES, amount, findings)


@pytest.mark.parametrize(
    ("amount", "findings", "auto"),
    [(300_00, False, True), (300_01, False, False), (1, True, False), (1, False, True)],
)
def test_only_small_and_clean_ones_pass_without_a_human(
    amount: int, findings: bool, auto: bool
) -> None:
    planned = plan(of(amount=amount, findings=findings), FLOW, Company())
    assert (planned.auto is not None) == auto
    assert bool(planned.needed) != auto


def test_the_department_head_comes_in_above_his_floor() -> None:
    company = Company(head=OLGA)
    assert route(plan(of(amount=2_000_00), FLOW, company)) == [(BOB,), (CAROL,)]
    assert route(plan(of(amount=2_000_01), FLOW, company)) == [(BOB,), (OLGA,), (CAROL,)]


def test_a_step_without_a_floor_is_always_there() -> None:
    assert route(plan(of(amount=0, findings=True), FLOW, Company())) == [(BOB,), (CAROL,)]


def test_who_approves_an_earlier_step_is_not_asked_twice() -> None:
    planned = plan(of(amount=5_000_00), FLOW, Company(head=BOB))
    assert route(planned) == [(BOB,), (CAROL,)]
    assert "same person" in str(planned.steps[1].why)


def test_a_head_of_department_does_not_decide_on_his_own() -> None:
    planned = plan(of(BOB, 5_000_00), FLOW, Company(head=BOB))
    assert route(planned) == [(GRACE,), (CAROL,)]
    assert "their own" in str(planned.steps[1].why)


def test_the_head_of_the_company_is_approved_by_the_fallback() -> None:
    assert route(plan(of(GRACE, 30_000_00), FLOW, Company())) == [(ADMIN,), (BOB,), (CAROL,)]


def test_one_finance_person_is_approved_by_the_others() -> None:
    company = Company(roles={"finance": (CAROL, OLGA), "admin": (ADMIN,)})
    assert route(plan(of(CAROL), FLOW, company)) == [(GRACE,), (OLGA,)]


def test_a_step_for_which_nobody_is_found_falls_to_the_fallback_and_says_so() -> None:
    planned = plan(of(), FLOW, Company(roles={"admin": (ADMIN,)}))
    assert route(planned) == [(BOB,), (ADMIN,)]
    assert "fallback" in str(planned.steps[2].why)


def test_without_any_fallback_no_route_is_made_up() -> None:
    with pytest.raises(NobodyDecides):
        plan(of(), FLOW, Company(manager={}, roles={}))


def test_what_was_approved_before_a_return_stands_while_the_amount_does_not_grow() -> None:
    earlier = Earlier({1: BOB}, 500_00)
    assert route(plan(of(amount=500_00), FLOW, Company(), earlier)) == [(CAROL,)]
    assert route(plan(of(amount=500_01), FLOW, Company(), earlier)) == [(BOB,), (CAROL,)]


def test_a_returned_claim_that_became_small_is_still_looked_at() -> None:
    planned = plan(of(amount=200_00), FLOW, Company(), Earlier({1: BOB}, 500_00))
    assert planned.auto is None
    assert route(planned) == [(CAROL,)]


def test_lowering_the_amount_after_a_return_leaves_somebody_to_decide() -> None:
    earlier = Earlier({1: BOB, 3: CAROL}, 25_000_00)
    assert route(plan(of(amount=15_000_00), FLOW, Company(), earlier)) != []


some_person = st.sampled_from(PEOPLE)
nobody_or_one = st.one_of(st.none(), some_person)
deciders = st.sampled_from([LINE_MANAGER, DEPARTMENT_HEAD, COMPANY_HEAD, "role:finance"])
amounts = st.integers(1, 30_000_00)


@st.composite
def flows(draw: st.DrawFn) -> DrawnFlow:
    drawn = draw(st.lists(st.tuples(deciders, st.sampled_from([0, 2_000_00, 20_000_00])),
                          min_size=1, max_size=5))  # fmt: skip
    steps = tuple(step(n, decider, floor) for n, (decider, floor) in enumerate(drawn, start=1))
    return DrawnFlow(1, steps, "admin", draw(st.one_of(st.none(), st.integers(0, 500_00))))


companies = st.builds(
    Company,
    manager=st.dictionaries(some_person, some_person),
    head=nobody_or_one,
    chief=nobody_or_one,
    roles=st.fixed_dictionaries(
        {
            "finance": st.lists(some_person, max_size=3, unique=True).map(tuple),
            "admin": st.lists(some_person, min_size=2, max_size=3, unique=True).map(tuple),
        }
    ),
)
subjects = st.builds(Subject, some_person, st.just(SALES), amounts, st.booleans())
returned = st.one_of(
    st.none(), st.builds(Earlier, st.dictionaries(st.integers(1, 5), some_person), amounts)
)


@settings(max_examples=100, deadline=None)
@given(subjects, flows(), companies, returned)
def test_nobody_ever_decides_on_his_own_and_somebody_always_decides(
    subject: Subject, flow: DrawnFlow, company: Company, earlier: Earlier | None
) -> None:
    if earlier:
        others = {k: who for k, who in earlier.approved.items() if who != subject.owner_id}
        earlier = Earlier(others, earlier.amount)
    planned = plan(subject, flow, company, earlier)
    assert all(subject.owner_id not in step.people for step in planned.steps)
    assert bool(planned.needed) != (planned.auto is not None), planned
    assert all(step.people for step in planned.needed)


@settings(max_examples=50, deadline=None)
@given(subjects, flows(), companies)
def test_every_step_says_why_it_is_there_or_why_not(
    subject: Subject, flow: DrawnFlow, company: Company
) -> None:
    planned = plan(subject, flow, company)
    if planned.auto is None:
        assert [step.drawn for step in planned.steps] == list(flow.steps)
    for step_ in planned.steps:
        assert str(step_.why)
        assert step_.skipped != bool(step_.people)


@settings(max_examples=50, deadline=None)
@given(subjects, flows(), companies)
def test_the_same_subject_always_takes_the_same_route(
    subject: Subject, flow: DrawnFlow, company: Company
) -> None:
    assert plan(subject, flow, company) == plan(subject, flow, company)


@settings(max_examples=50, deadline=None)
@given(subjects, flows(), companies, st.integers(1, 20_000_00))
def test_a_larger_amount_never_needs_fewer_decisions(
    subject: Subject, flow: DrawnFlow, company: Company, more: int
) -> None:
    larger = Subject(subject.owner_id, SALES, subject.amount + more, subject.has_findings)
    fewer = {who for people in route(plan(subject, flow, company)) for who in people}
    assert len(plan(larger, flow, company).needed) >= len(plan(subject, flow, company).needed) or (
        fewer <= {who for people in route(plan(larger, flow, company)) for who in people}
    )
