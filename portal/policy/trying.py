"""What a draft would say about a claim that the rules in force judge otherwise. Nothing is kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from portal.policy.findings import ClaimFacts, Finding
from portal.policy.problems import problems
from portal.policy.rules import Policy

APPEARS, VANISHES, CHANGES, STAYS = "appears", "vanishes", "changes", "stays"


@dataclass(frozen=True)
class Tried:
    """A finding by the rules in force (``before``) and by the draft (``after``)."""

    line: int | None
    before: Finding | None
    after: Finding | None

    @property
    def kind(self) -> str:
        """Whether it appears, vanishes, changes or stays."""
        if self.before is None:
            return APPEARS
        if self.after is None:
            return VANISHES
        return STAYS if self.before == self.after else CHANGES


def try_on(claim: ClaimFacts, before: Policy, after: Policy) -> list[Tried]:
    """Every finding under either policy, in the order of the lines."""
    old, new = _by_place(problems(claim, before)), _by_place(problems(claim, after))
    order = [None, *(line.id for line in claim.lines)]
    places = sorted(dict.fromkeys((*old, *new)), key=lambda place: order.index(place[0]))
    return [Tried(place[0], old.get(place), new.get(place)) for place in places]


def different(tried: Iterable[Tried]) -> list[Tried]:
    """Those that the draft would change."""
    return [one for one in tried if one.kind != STAYS]


def covering(before: Policy, after: Policy) -> Policy:
    """A policy with the limits of both: claims are read once for either."""
    return replace(after, limits=(*before.limits, *after.limits))


def _by_place(findings: Iterable[Finding]) -> dict[tuple[int | None, str, int], Finding]:
    """Findings by line and rule; several of one rule on a line by their turn."""
    found: dict[tuple[int | None, str, int], Finding] = {}
    for finding in findings:
        turn = sum(1 for line, rule, _turn in found if (line, rule) == (finding.line, finding.rule))
        found[finding.line, finding.rule, turn] = finding
    return found


def tally(results: Iterable[list[Tried]]) -> Iterator[tuple[str, str, int]]:
    """How often each rule would appear, vanish or change, most often first."""
    counts: dict[tuple[str, str], int] = {}
    for tried in results:
        for one in different(tried):
            finding = one.after or one.before
            assert finding is not None
            key = (finding.rule, one.kind)
            counts[key] = counts.get(key, 0) + 1
    for (rule, kind), count in sorted(counts.items(), key=lambda item: -item[1]):
        yield rule, kind, count
