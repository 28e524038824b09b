"""Whatever happens to claims, in whatever order: no invoice is held twice, no paid one is freed."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.claims import access, drafting, payment, workflow
from portal.claims.models import PAID, Batch, Claim, Payment
from portal.core.clock import day, now
from portal.core.errors import NotAllowed, Refusal
from portal.invoices.models import InvoiceAllowance, InvoiceHold
from tests.claims.stories import ZONE, person, seen, waits_for
from tests.invoices.holders import KEY, OTHER, allow, claim_with, give_back, submit, withdraw
from tests.invoices.samples import DIGITAL

OWNERS = ("alice", "alice", "dan", "dan")
INVOICES = ((DIGITAL,), (DIGITAL, OTHER), (DIGITAL,), (OTHER,))
LIVE = ("submitted", "returned", "approved", "paying", "paid")


@dataclass
class Company:
    """Four claims of two people over two invoices, and what was seen of those paid."""

    session: Session
    claims: list[int]
    paid: dict[int, set[tuple[str, int]]] = field(default_factory=dict)

    def claim(self, place: int) -> Claim:
        found = self.session.get(Claim, self.claims[place])
        if found is None:
            raise NotAllowed(workflow.CHANGED)
        return found

    def submit(self, place: int) -> None:
        submit(self.session, self.claim(place))

    def withdraw(self, place: int) -> None:
        withdraw(self.session, self.claim(place), OWNERS[place])

    def return_(self, place: int) -> None:
        give_back(self.session, self.claim(place), self._approver(place))

    def reject(self, place: int) -> None:
        looked = seen(self.session, self.claim(place).id, self._approver(place))
        workflow.reject(self.session, looked, "No", shown=looked.claim.version, at=now())

    def approve(self, place: int) -> None:
        looked = seen(self.session, self.claim(place).id, self._approver(place))
        workflow.approve(self.session, looked, shown=looked.claim.version, at=now())

    def _approver(self, place: int) -> str:
        return next(iter(waits_for(self.session, self.claim(place))), "bob")

    def go_on(self, place: int) -> None:
        """What usually comes next for the claim."""
        usual: dict[str, Callable[[Company, int], None]] = {
            "submitted": Company.approve, "approved": Company.start_payment,
            "paying": Company.close_payment,
        }  # fmt: skip
        usual.get(self.claim(place).state, Company.submit)(self, place)

    def take_off(self, place: int) -> None:
        """Take the last invoice off a claim that its claimant may edit."""
        claim = self.claim(place)
        if not access.may_edit(seen(self.session, claim.id, OWNERS[place])):
            raise NotAllowed(workflow.NOT_YOURS)
        claim.receipts.pop()

    def delete(self, place: int) -> None:
        looked = seen(self.session, self.claim(place).id, OWNERS[place])
        if not access.may_delete(looked):
            raise NotAllowed(workflow.NOT_YOURS)
        drafting.delete(self.session, looked.claim, shown=looked.claim.version, at=now())

    def allow(self, place: int) -> None:
        allow(self.session, OWNERS[place], key=(KEY, OTHER.number)[place % 2])

    def start_payment(self, place: int) -> None:
        heidi = person(self.session, "heidi").id
        payment.start_batch(self.session, [self.claim(place).id], by=heidi, at=now())

    def close_payment(self, place: int) -> None:
        self._close(place, failed=False)

    def fail_payment(self, place: int) -> None:
        self._close(place, failed=True)

    def _close(self, place: int, *, failed: bool) -> None:
        self.session.flush()
        of_claim = Payment.claim_id == self.claim(place).id, Payment.state == "pending"
        found = self.session.scalars(select(Payment).where(*of_claim)).one_or_none()
        if found is None:
            raise NotAllowed(workflow.NOT_YOURS)
        batch, at = self.session.get_one(Batch, found.batch_id), now()
        payment.close_batch(
            self.session, batch, day(at, ZONE), "B-1", {found.id: "closed"} if failed else {},
            shown=batch.version, by=person(self.session, "heidi").id, at=at, today=day(at, ZONE),
        )  # fmt: skip

    def check(self) -> None:
        """What must hold at every moment."""
        self.session.flush()
        self.session.expire_all()
        held: dict[int, set[tuple[str, int]]] = {}
        for hold in self.session.scalars(select(InvoiceHold)):
            held.setdefault(hold.claim_id, set()).add((hold.key, hold.share))
        claims = self.session.scalars(select(Claim)).all()
        live: Counter[str] = Counter()
        for claim in claims:
            keys = {r.invoice.key for r in claim.receipts if r.invoice and r.invoice.key}
            wanted = keys if claim.state in LIVE else set()
            mine = held.pop(claim.id, set())
            have = {key for key, _share in mine}
            fits = wanted <= have if claim.state == "returned" else wanted == have
            assert fits, f"a claim that is {claim.state} holds {have}, not {wanted}"
            live.update(have)
            if claim.state == PAID:
                assert self.paid.setdefault(claim.id, mine) == mine, "a paid claim lost an invoice"
        assert not held, f"held for claims that are gone: {held}"
        assert self.paid.keys() <= {claim.id for claim in claims if claim.state == PAID}
        self._check_shares(live, {claim.id: claim.claimant_id for claim in claims})

    def _check_shares(self, live: Counter[str], owners: dict[int, int]) -> None:
        allowed = {
            (each.key, each.share): each.person_id
            for each in self.session.scalars(select(InvoiceAllowance))
        }
        for key, count in live.items():
            most = 1 + sum(1 for allowed_key, _share in allowed if allowed_key == key)
            assert count <= most, f"{count} live claims have {key}; {most} may"
        for hold in self.session.scalars(select(InvoiceHold).where(InvoiceHold.share > 0)):
            assert allowed[hold.key, hold.share] == owners[hold.claim_id], "another's allowance"


ACTIONS: list[Callable[[Company, int], None]] = [
    Company.submit, Company.withdraw, Company.return_, Company.reject, Company.take_off,
    Company.fail_payment, Company.delete, Company.allow,
]  # fmt: skip
OFTEN = ACTIONS + 2 * len(ACTIONS) * [Company.go_on]
STEPS = st.lists(st.tuples(st.sampled_from(OFTEN), st.integers(0, 3)), min_size=10, max_size=40)


def happens(company: Company, action: Callable[[Company, int], None], place: int) -> bool:
    """One thing as a request would do it: wholly, or refused and not at all."""
    doing = company.session.begin_nested()
    try:
        action(company, place)
        doing.commit()
    except Refusal:
        doing.rollback()
        return False
    finally:
        company.session.expire_all()
    return True


def test_no_order_of_events_holds_an_invoice_twice_or_frees_a_paid_one(session: Session) -> None:
    claims = [
        claim_with(session, name, *samples, file=str(place)).id
        for place, (name, samples) in enumerate(zip(OWNERS, INVOICES, strict=True))
    ]
    paid: dict[int, set[tuple[str, int]]] = {}

    @settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def in_any_order(steps: list[tuple[Callable[[Company, int], None], int]]) -> None:
        example = session.begin_nested()
        company = Company(session, claims)
        try:
            for action, place in steps:
                happens(company, action, place)
                company.check()
            paid.update(company.paid)
        finally:
            example.rollback()
            session.expire_all()

    in_any_order()
    assert paid, "no order that was tried came to a payment"


def test_the_whole_way_to_the_money_and_past_it(session: Session) -> None:
    claims = [
        claim_with(session, name, *samples, file=str(place)).id
        for place, (name, samples) in enumerate(zip(OWNERS, INVOICES, strict=True))
    ]
    company = Company(session, claims)
    way = [Company.submit, Company.approve, Company.approve, Company.start_payment]
    for action in (*way, Company.fail_payment, Company.start_payment, Company.close_payment):
        assert happens(company, action, 0), f"{action.__name__} is refused"
        company.check()
    for action in (*ACTIONS, Company.approve, Company.start_payment, Company.close_payment):
        if action is not Company.allow:
            assert not happens(company, action, 0), f"{action.__name__} undoes what is paid"
            company.check()
    assert not happens(company, Company.submit, 2)
    assert happens(company, Company.allow, 2)
    assert happens(company, Company.submit, 2)
    company.check()
