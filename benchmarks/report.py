"""The results as tables that read well in a terminal and in Markdown."""

import os
import platform
import sqlite3
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version

from benchmarks.command import Memory
from benchmarks.decisions import Decisions
from benchmarks.intake import Intake
from benchmarks.once import Once
from benchmarks.paper import Paper
from benchmarks.queries import Asked
from benchmarks.reading import Reading
from benchmarks.registry import Registry
from benchmarks.speed import Speed
from benchmarks.visit import Visit

MOST_QUERIES, MOST_SLOWER = 8, 1.3
GOAL_DECISIONS, GOAL_MEMORY, GOAL_PAPER, GOAL_START = 200, 250, 150, 5
GOAL_REQUESTS, GOAL_KIB = 6, 60
GOAL_REGISTRY = 5
GOAL_SLOWER = 1.5
GOAL_DATA, GOAL_PHOTO, GOAL_MIXED, GOAL_HOSTILE = 100, 500, 20, 2


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table whose columns line up."""
    cells = [list(heads), *map(list, rows)]
    widths = [max(_width(row[at]) for row in cells) for at in range(len(heads))]
    lines = [
        "| " + " | ".join(
            cell + " " * (width - _width(cell)) if at == 0 else " " * (width - _width(cell)) + cell
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ) + " |"
        for row in cells
    ]  # fmt: skip
    rule = [
        ("-" * width if at == 0 else "-" * (width - 1) + ":") for at, width in enumerate(widths)
    ]
    lines.insert(1, "| " + " | ".join(rule) + " |")
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def machine() -> str:
    """The machine in general terms, and the versions that matter."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    parts = [f"{name} {version(name)}" for name in ("flask", "sqlalchemy", "gunicorn")]
    return (
        f"{os.cpu_count()} cores shared with the load generator, {memory:.0f} GB of memory, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {', '.join(parts)}."
    )


def met(value: float, goal: float, *, at_least: bool) -> str:
    """The goal, and whether it was met."""
    good = value >= goal if at_least else value <= goal
    return f"{'≥' if at_least else '≤'} {goal:g} {'met' if good else 'MISSED'}"


def speeds(found: Sequence[Speed], asked: Mapping[str, Asked]) -> str:
    """Throughput, waiting times and cost of each page at each size."""
    sizes = sorted(found[0].sizes)
    heads = ["page", "floor/s"]
    for claims in sizes:
        heads += [f"{claims:,} claims: req/s", "p50 ms", "p95 ms"]
    heads += ["of floor", "of floor's CPU", "goal", "more claims", "queries"]
    return table(heads, [_speed_row(each, sizes, asked[each.page.name]) for each in found])


def _speed_row(speed: Speed, sizes: Sequence[int], asked: Asked) -> list[str]:
    row = [speed.page.name, f"{speed.floor.per_second:,.0f}"]
    for claims in sizes:
        load = speed.sizes[claims]
        row += [f"{load.per_second:,.0f}", f"{load.p50:.1f}", f"{load.p95:.1f}"]
    failed = sum(load.failed for load in speed.sizes.values())
    goal = met(speed.of_floor, speed.page.goal, at_least=True) if speed.page.goal else ""
    slower = "" if len(sizes) == 1 else f"× {speed.slower:.2f}, CPU × {speed.dearer:.2f}"
    return [
        *row, f"{speed.of_floor:.2f}", f"{speed.cost_of_floor:.2f}",
        f"{failed} FAILED" if failed else goal, slower, str(asked.queries),
    ]  # fmt: skip


def limits(found: Sequence[Speed], asked: Mapping[str, Asked]) -> list[str]:
    """Sentences about what is over a limit of queries or of growth, and what scans."""
    said = []
    for speed in found:
        name = speed.page.name
        if speed.page.goal and asked[name].queries > MOST_QUERIES:
            said.append(f"{name}: {asked[name].queries} queries, at most {MOST_QUERIES} wanted.")
        if speed.slower > MOST_SLOWER:
            said.append(f"{name}: × {speed.slower:.2f} slower (CPU × {speed.dearer:.2f}), "
                        f"at most {MOST_SLOWER} wanted.")  # fmt: skip
        said += [f"{name} reads a whole table: {scan}" for scan in asked[name].scans]
    return said or ["No page makes too many queries, slows down with more claims, or scans."]


def facts(
    visit: Visit, memory: Memory, starts: tuple[float, float], paper: Paper, decided: Decisions
) -> str:
    """Everything that is one number, with its goal."""
    first, second = starts
    together = sum(memory.others)
    kib = visit.size / 1024
    rows = [
        ("first visit of the claim list, requests", f"{visit.requests}",
         met(visit.requests, GOAL_REQUESTS, at_least=False)),
        ("the same, KiB over the wire", f"{kib:.1f}", met(kib, GOAL_KIB, at_least=False)),
        ("PDF of one page, warm, ms", f"{paper.warm:.0f}",
         met(paper.warm, GOAL_PAPER, at_least=False)),
        ("PDF, the very first, ms", f"{paper.cold:.0f}", ""),
        ("PDF, unchanged claim, ms", f"{paper.cached:.0f}", ""),
        ("second start of portal run, s", f"{second:.1f}",
         met(second, GOAL_START, at_least=False)),
        ("first start with the demo company, s", f"{first:.1f}", ""),
        ("two web processes and the worker, MB", f"{together:.0f}",
         met(together, GOAL_MEMORY, at_least=False)),
        ("the process above them, MB", f"{memory.master:.0f}", ""),
        ("decisions acknowledged a second", f"{decided.per_second:.0f}",
         met(decided.per_second, GOAL_DECISIONS, at_least=True)),
        ("a decision, p50 and p95, ms", f"{decided.p50:.0f} and {decided.p95:.0f}", ""),
    ]  # fmt: skip
    return table(["what", "measured", "goal"], rows)


def reading(found: Reading) -> str:
    """What it takes to read invoices, with its goals."""
    rows = [
        (what, f"{value:.0f}" if unit == "ms" else f"{value:.1f}", unit,
         met(value, goal, at_least=False) if goal else "")
        for what, value, unit, goal in (
            ("an XML", found.xml, "ms", GOAL_DATA),
            ("an OFD", found.ofd, "ms", GOAL_DATA),
            ("the code in a photo of 12 megapixels", found.photo, "ms", GOAL_PHOTO),
            ("a PDF with text and code", found.pdf, "ms", GOAL_PHOTO),
            ("30 mixed files, from upload on", found.mixed, "s", GOAL_MIXED),
            ("a hostile PDF, until it is given up", found.hostile, "s", GOAL_HOSTILE),
            ("starting the reader", found.start, "ms", 0),
        )
    ]  # fmt: skip
    return table(["reading invoices", "measured", "unit", "goal"], rows)


def intake(found: Intake) -> str:
    """A sentence about handing in many files at once."""
    return (
        f"30 mixed files through the form: the page answered after {found.answered:.1f} s, all "
        f"lines were there after {found.arrived:.1f} s "
        f"({met(found.arrived, GOAL_MIXED, at_least=False)}); somebody else's list took "
        f"{found.alone:.0f} ms at p95 before and {found.beside:.0f} ms meanwhile, "
        f"{found.slower:.2f} × ({met(found.slower, GOAL_SLOWER, at_least=False)})."
    )


def registry(found: Registry) -> str:
    """What asking for an invoice and holding it take."""
    rows = [
        (took.what, f"{took.p50:.2f}", f"{took.p95:.2f}",
         met(took.p95, GOAL_REGISTRY, at_least=False) if took.has_goal else "")
        for took in found.took
    ]  # fmt: skip
    what = f"{found.invoices:,} invoices, {found.kind}"
    return table([what, "p50 ms", "p95 ms", "goal of p95"], rows)


def decisions(decided: Decisions, fifty: Sequence[Once]) -> list[str]:
    """Sentences about acknowledged decisions and about doing things fifty times at once."""
    agree = "as many" if decided.counted == decided.acknowledged else "NOT AS MANY"
    said = [
        f"{decided.acknowledged} decisions were acknowledged and {decided.refused} refused; the "
        f"log holds {decided.counted} of them, {agree}. The client took "
        f"{decided.client_share:.0%} of one core."
    ]
    for each in fifty:
        answers = ", ".join(f"{count} × {status}" for status, count in each.answers.items())
        good = "once" if each.happened == 1 else f"{each.happened} TIMES"
        said.append(f"50 at once, {each.what}: it happened {good}; answers {answers}.")
    return said
