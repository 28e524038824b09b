"""Events in the order in which they happened, sealed into the chain, and who was told."""

import heapq
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from benchmarks.loading import Sink, as_json, moment
from portal.core.events import START, seal
from portal.core.jobs import ORDINARY

UNREAD = timedelta(days=2)
JOBS_KEPT = timedelta(days=30)


class Books:
    """What happened is noted as it is invented, and written once nothing can come before it."""

    def __init__(self, sink: Sink, now: datetime):
        self.sink, self.now = sink, now
        self.ahead: list[tuple[datetime, int, dict[str, Any]]] = []
        self.noted = 0
        self.last_seal = START
        self.beats: Counter[int] = Counter()

    def note(
        self, at: datetime, kind: str, about: tuple[str, int], by: int | None,
        data: dict[str, Any], *, told: Iterable[int] = (), saying: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """An event; ``told`` get a notice of the same kind with the data ``saying``."""
        if at > self.now:
            return
        self.noted += 1
        happened = {
            "at": at, "kind": kind, "subject_kind": about[0], "subject_id": about[1],
            "actor_id": by, "for_id": None, "data": data, "told": told, "saying": saying,
        }  # fmt: skip
        heapq.heappush(self.ahead, (at, self.noted, happened))

    def write_until(self, at: datetime) -> None:
        """Write everything that happened before ``at``."""
        while self.ahead and self.ahead[0][0] <= at:
            self._write(heapq.heappop(self.ahead)[2])

    def _write(self, row: dict[str, Any]) -> None:
        told, saying = row.pop("told"), row.pop("saying")
        row["id"] = self.sink.next_id("events")
        self.last_seal = seal(self.last_seal, row)
        at = row["at"]
        row |= {"at": moment(at), "data": as_json(row["data"]), "seal": self.last_seal}
        self.sink.add("events", **row)
        for person in told:
            self._tell(person, row, at, as_json(saying))

    def _tell(self, person: int, row: dict[str, Any], at: datetime, saying: str) -> None:
        notice = self.sink.next_id("notices")
        written = row["at"]
        self.beats[person] += 1
        self.sink.add(
            "notices", id=notice, person_id=person, kind=row["kind"],
            subject_kind=row["subject_kind"], subject_id=row["subject_id"], data=saying,
            at=written, read_at=written if self.now - at > UNREAD else None, mailed_at=written,
        )  # fmt: skip
        if self.now - at < JOBS_KEPT:
            self.sink.add(
                "jobs", id=self.sink.next_id("jobs"), kind="mail_notice",
                rank=ORDINARY, data=as_json({"notice_id": notice}), due_at=written, attempts=1,
                done_at=written,
            )  # fmt: skip

    def close(self) -> None:
        """Write the rest, the end of the chain and everybody's beat."""
        self.write_until(self.now)
        for person, count in sorted(self.beats.items()):
            self.sink.add("beats", person_id=person, count=count)
