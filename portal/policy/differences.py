"""What differs between two versions of the rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.core.words import Named, Words
from portal.policy.document import EMPTY, Place, flat
from portal.policy.places import in_words, value_words


@dataclass(frozen=True)
class Difference:
    """One value that differs: where, and what it was and is. None: it is not there."""

    place: Place
    what: tuple[Words, ...]
    before: Words | None
    after: Words | None


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], categories: Mapping[str, Named]
) -> list[Difference]:
    """Every single difference between two documents, in the order of their parts."""
    old, new = flat(before), flat(after)
    return [
        Difference(
            place,
            tuple(in_words(place, categories)),
            value_words(place, old.get(place)),
            value_words(place, new.get(place)),
        )
        for place in _in_order(old, new)
        if old.get(place) != new.get(place)
    ]


def _in_order(old: Mapping[Place, Any], new: Mapping[Place, Any]) -> Iterator[Place]:
    parts = list(EMPTY)
    # What went stands where it stood, beside what came to the same part.
    places = dict.fromkeys((*old, *new))
    yield from sorted(places, key=lambda place: parts.index(place[0]))


def changed_parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names of the parts in which two documents differ."""
    return list(dict.fromkeys(one.place[0] for one in differences(before, after, {})))
