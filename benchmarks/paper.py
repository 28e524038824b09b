"""How long a claim takes to become a PDF, asked for as a browser would."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.visitor import Visitor


@dataclass(frozen=True)
class Paper:
    """Milliseconds: the very first, the middle of those after it, and one asked for again."""

    cold: float
    warm: float
    cached: float


def print_claims(visitor: Visitor, claims: Sequence[int]) -> Paper:
    """Print each claim once, and the last one again. The server has printed nothing before."""
    times = [_printed(visitor, claim) for claim in claims]
    # Each web process warms a renderer of its own; the connection may move between them.
    return Paper(times[0], statistics.median(times[2:]), _printed(visitor, claims[-1]))


def _printed(visitor: Visitor, claim: int) -> float:
    began = time.monotonic()
    answer = visitor.get(f"/claims/{claim}/paper.pdf")
    taken = (time.monotonic() - began) * 1000
    if not answer.body.startswith(b"%PDF"):
        raise RuntimeError(f"claim {claim} was not printed: {answer.status}")
    return taken
