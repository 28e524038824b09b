"""``make bench``: everything in one run. ``BENCH=quick`` stays at 10,000 claims and SQLite."""

import os
import shutil
import time
from collections.abc import Sequence
from contextlib import ExitStack

from benchmarks import (
    command,
    databases,
    decisions,
    intake,
    once,
    paper,
    queries,
    reading,
    registry,
    report,
    speed,
    visit,
)
from benchmarks.data import CACHE, Size
from benchmarks.databases import Measured
from benchmarks.pages import facts, signed_in, without_receipts
from benchmarks.server import gunicorn

SMALL, LARGE = 10_000, 1_000_000
QUICK = os.environ.get("BENCH") == "quick"
SECONDS, ROUNDS = (1, 2) if QUICK else (2, 3)
APPROVERS, EACH = 64, 20
PRINTED = 12


def main() -> None:
    """Measure every database that is here, and print what was found."""
    began = time.monotonic()
    print(f"# Benchmarks\n\n{report.machine()}")
    print(f"Load from {'wrk' if shutil.which('wrk') else 'threads of our own'}, 16 connections, "
          f"each page in turns with its floor, {ROUNDS} rounds of {SECONDS} s.\n")  # fmt: skip
    print(f"{report.reading(reading.read_invoices())}\n", flush=True)
    starts = command.starts()
    sizes = [Size(SMALL)] if QUICK else [Size(SMALL), Size(LARGE)]
    run([databases.sqlite(size) for size in sizes], starts)
    invoices = SMALL if QUICK else registry.LARGE
    print(f"\n{report.registry(registry.on_sqlite(invoices))}", flush=True)
    if databases.programs() is None:
        print("\nPostgreSQL's programs are not on this machine: not measured.")
    elif not QUICK:
        with databases.postgresql_server(CACHE.absolute() / "postgresql") as server:
            run([databases.postgresql(size, server) for size in sizes], starts)
            print(f"\n{report.registry(registry.on_postgresql(invoices, server))}", flush=True)
    print(f"\nAll this took {time.monotonic() - began:.0f} s, data included.")


def run(measured: Sequence[Measured], starts: tuple[float, float]) -> None:
    """Measure one kind of database at all sizes, and print it."""
    largest = measured[-1]
    print(f"\n## {largest.kind}\n")
    for each in measured:
        print(f"- {each.size.people:,} people and {each.size.claims:,} claims, "
              f"made in {each.made_in:.0f} s")  # fmt: skip
    asked = queries.count(largest)
    found = speed.measure(measured, SECONDS, ROUNDS)
    print(f"\n{report.speeds(found, asked)}\n", flush=True)
    print("\n".join(f"- {line}" for line in report.limits(found, asked)), flush=True)
    with ExitStack() as stack:
        server = stack.enter_context(gunicorn("wsgi:app", databases.environment(largest.settings)))
        with speed.database_of(largest) as session:
            known, bare = facts(session), without_receipts(session, PRINTED)
        first = visit.first_visit(server.port, signed_in(server.port, "alice"), "/claims/")
        printed = paper.print_claims(signed_in(server.port, "carol"), bare)
        decided = decisions.decide(server, largest, APPROVERS, EACH)
        fifty = once.fifty_times(server, largest, known.drafts, known.writer)
        arrived = intake.hand_in(server, largest)
    taken = command.memory(largest)
    print(f"\n{report.facts(first, taken, starts, printed, decided)}\n")
    print("\n".join(f"- {line}" for line in report.decisions(decided, fifty)), flush=True)
    print(f"- {report.intake(arrived)}", flush=True)


if __name__ == "__main__":
    main()
