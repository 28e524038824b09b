"""Batches: every Friday what was approved, closed on the Monday after."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchmarks.books import Books
from benchmarks.company import Company
from benchmarks.loading import Sink, moment
from portal.claims import events
from portal.claims.models import BATCH_CLOSED, BATCH_OPEN, PAYMENT_PAID, PAYMENT_PENDING
from portal.claims.payment import MOST_IN_BATCH

FRIDAY = 4
BANK_TAKES = timedelta(days=2, hours=19)


@dataclass
class Batch:
    """A batch while it is filled."""

    id: int
    at: datetime
    claims: list[tuple[int, int]] = field(default_factory=list)

    @property
    def closed(self) -> datetime:
        """When the bank has paid."""
        return self.at + BANK_TAKES

    @property
    def reference(self) -> str:
        """The bank's reference."""
        return f"CMB{self.closed:%Y%m%d}-{self.id:05d}"


class Paydays:
    """The batches, in the order of their days."""

    def __init__(self, sink: Sink, books: Books, company: Company, now: datetime):
        self.sink, self.books, self.company, self.now = sink, books, company, now
        self.open: dict[datetime, list[Batch]] = {}
        self.begun = 0

    def enter(
        self, claim_id: int, amount: int, approved: datetime
    ) -> tuple[Batch, datetime | None, datetime | None]:
        """The batch of a claim, and when that started and was paid, None while in the future."""
        day = friday_after(approved)
        batches = self.open.setdefault(day, [])
        if not batches or len(batches[-1].claims) >= MOST_IN_BATCH:
            self.begun += day <= self.now
            batches.append(Batch(self.begun, day))
        batch = batches[-1]
        batch.claims.append((claim_id, amount))
        started = day if day <= self.now else None
        return batch, started, batch.closed if batch.closed <= self.now else None

    def pay_until(self, at: datetime) -> None:
        """Write the batches of the days before ``at``."""
        for day in [day for day in self.open if day <= at]:
            for batch in self.open.pop(day):
                self._write(batch)

    def _write(self, batch: Batch) -> None:
        payer = self.company.reviewers[0]
        closed = batch.closed if batch.closed <= self.now else None
        about = ("batch", batch.id)
        exported = min(batch.at + timedelta(minutes=25), self.now)
        self.sink.add(
            "batches", id=batch.id, state=BATCH_CLOSED if closed else BATCH_OPEN,
            version=2 if closed else 1, created_by_id=payer, created_at=moment(batch.at),
            exported_at=moment(exported), closed_at=moment(closed),
            paid_on=closed.date().isoformat() if closed else None,
            reference=batch.reference if closed else "", company_id=1,
        )  # fmt: skip
        for claim_id, amount in batch.claims:
            self.sink.add(
                "payments", id=self.sink.next_id("payments"), batch_id=batch.id,
                claim_id=claim_id, amount=amount,
                state=PAYMENT_PAID if closed else PAYMENT_PENDING, reason="",
                payee="", bank_name="", bank_account="",
            )  # fmt: skip
        for kind, moment_, data in self._told(batch):
            self.books.note(moment_, kind, about, payer, data)

    def _told(self, batch: Batch) -> Iterator[tuple[str, datetime, dict[str, object]]]:
        yield events.BATCH_MADE, batch.at, {"claims": [claim_id for claim_id, _ in batch.claims]}
        yield events.BATCH_EXPORTED, batch.at + timedelta(minutes=25), {}
        yield events.BATCH_CLOSED, batch.closed, {
            "reference": batch.reference, "failed": 0,
            "paid_on": batch.closed.date().isoformat(),
        }  # fmt: skip


def friday_after(approved: datetime) -> datetime:
    """The next Friday at 15:00 in Shanghai."""
    days = (FRIDAY - approved.weekday()) % 7
    friday = (approved + timedelta(days=days)).replace(hour=7, minute=0, second=0, microsecond=0)
    return friday if friday > approved else friday + timedelta(days=7)
