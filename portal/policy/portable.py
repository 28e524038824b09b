"""The rules as one file that people read, compare and edit: TOML, amounts as they are written.

What is written comes back unchanged. A file that is read is hostile until it was checked: its
size is bounded, and every fault is named with the line it stands on.
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import tomli_w

from portal.core.errors import Invalid
from portal.core.money import parse_amount
from portal.core.words import Words, words
from portal.policy.checking import Fault, faults
from portal.policy.document import EMPTY, Place, Rules, complete

MOST_BYTES = 256 * 1024
DEEPEST = 8
LONGEST_LINE, MOST_DOTS, MOST_OPEN = 60_000, 500, 100
BRACKETS = re.compile(r"[\[\]{}]")

HEAD = """\
# The company's expense rules, as the portal exports and imports them.
# Amounts are in yuan, written in quotes: "450.00". Grades are staff, manager and director,
# city tiers are 1, 2 and so on; "*" stands for every grade or every tier.
# Categories are named by their codes; what each needs stands in the portal, not here.
"""
COMMENTS: Mapping[str, str] = {
    "receipt_above": "A receipt is needed above this amount. 0.00: always.",
    "oldest_days": "How many days after the expense it may be claimed.",
    "weekend_categories": "Expenses that are noted on Saturdays and Sundays.",
    "holiday_categories": "Expenses that are noted on holidays.",
    "tax_not_recovered": "Expenses whose tax the company does not recover.",
    "forbidden_merchants": "What may not stand in a merchant. whole: only as a word of its own.",
    "forbidden_words": "What may not stand in a purpose.",
    "receipts": "Categories with a receipt threshold of their own.",
    "totals": "The total of a claim above which it warns, needs a reason, or is blocked.",
    "limits": "The most an expense may cost: category, then per item, day, night, trip, month, "
    "year or head,\n# then city tier, then grade.",
    "cities": "The cities of each tier; all others belong to tier 3.",
    "computed": "What is paid for a kilometre, and for a day away from home.",
    "severity": "Rules that are stricter or milder than the portal makes them: "
    "blocks, needs_reason, warns, off.",
    "wording": "What rules say in the company's own words.",
    "articles": "Other help articles than the portal's own.",
}
ORDER = (
    "receipt_above", "oldest_days", "weekend_categories", "holiday_categories",
    "tax_not_recovered", "forbidden_merchants", "forbidden_words", "receipts", "totals", "limits",
    "cities", "computed", "severity", "wording", "articles",
)  # fmt: skip
"""Single values before tables: in TOML nothing can follow a table but another."""
AMOUNTS = ("receipt_above", "receipts", "totals", "limits", "computed")
NOT_READABLE = words("This is not the kind of value that belongs here.")


def write(rules: Mapping[str, Any]) -> str:
    """A document as a file."""
    document = complete(rules)
    written = _to_file(document)
    parts = [HEAD]
    for part in ORDER:
        if written[part] or not isinstance(written[part], dict):
            parts.append(f"# {COMMENTS[part]}\n{tomli_w.dumps({part: written[part]})}")
    return "\n".join(parts)


def _to_file(document: Rules) -> dict[str, Any]:
    limits: dict[str, dict[str, Any]] = {}
    for limit in document["limits"]:
        limits.setdefault(limit["category"], {})[limit["per"]] = limit["amounts"]
    written: dict[str, Any] = {**document, "limits": limits}
    for part in AMOUNTS:
        written[part] = _amounts(written[part])
    written["computed"] = {kind: rows for kind, rows in written["computed"].items() if rows}
    return written


def _amounts(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _amounts(below) for key, below in value.items()}
    return f"{value // 100}.{value % 100:02d}" if isinstance(value, int) else value


@dataclass(frozen=True)
class Problem:
    """A fault of a file: the line it stands on, None when it is the whole; the key; and why."""

    line: int | None
    key: str
    says: Words


class Unreadable(Invalid):
    """A file cannot become a draft; ``problems`` says why, in the order of its lines."""

    def __init__(self, problems: list[Problem]):
        super().__init__(words("The file has problems."), "file")
        self.problems = problems


def read(data: bytes, codes: Collection[str], articles: Collection[str]) -> Rules:
    """The document in a file. Raises ``Unreadable`` with every problem."""
    text = _text(data)
    parsed = _parsed(text)
    rules, found = _from_file(parsed)
    if not found:
        found = faults(rules, codes, articles)
    if found:
        lines = lines_of(text)
        raise Unreadable(sorted((_problem(one, lines) for one in found), key=_line))
    return complete(rules)


def read_sample(text: str) -> tuple[list[dict[str, Any]], Rules]:
    """The categories and the rules of the file that a new portal starts with."""
    parsed = tomllib.loads(text)
    rows: list[dict[str, Any]] = parsed.pop("categories")
    rules, found = _from_file(parsed)
    if found:
        raise ValueError(found)
    return rows, complete(rules)


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        says = words("The file is larger than %(most)s KB.", most=MOST_BYTES // 1024)
        raise Unreadable([Problem(None, "", says)])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        says = words("The file is not text in UTF-8.")
        raise Unreadable([Problem(None, "", says)]) from None


def _parsed(text: str) -> dict[str, Any]:
    try:
        _tame(text)
        parsed = tomllib.loads(text)
        _shallow(parsed)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        says = words("This is not TOML: %(why)s.", why=str(error)[:200].rstrip("."))
        raise Unreadable([Problem(None, "", says)]) from None
    return parsed


def _tame(text: str) -> None:
    """Raise ``ValueError`` for what would take the parser, which recurses, too deep."""
    if max(map(len, text.splitlines()), default=0) > LONGEST_LINE:
        raise ValueError("a line is too long")
    if any(line.count(".") > MOST_DOTS for line in text.splitlines()):
        raise ValueError("a key has too many parts")
    depth = 0
    for sign in BRACKETS.findall(text):
        depth = depth + 1 if sign in "[{" else max(depth - 1, 0)
        if depth > MOST_OPEN:
            raise ValueError("tables stand too deep in one another")


def _shallow(value: Any, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise ValueError("tables stand too deep in one another")
    for below in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        _shallow(below, depth + 1)


def _from_file(parsed: dict[str, Any]) -> tuple[Rules, list[Fault]]:
    """The document as far as its parts have the right shape, and what has not."""
    rules, found = dict(EMPTY), []
    for part, value in parsed.items():
        if part not in EMPTY:
            found.append(Fault((part,), words("The portal does not know this part.")))
            continue
        wrong = list(_misshapen((part,), value, SHAPES[part]))
        found += wrong
        if not wrong:
            rules[part] = _stored(part, value)
    return rules, found


SHAPES: Mapping[str, Any] = {
    "receipt_above": str,
    "oldest_days": int,
    "weekend_categories": [str],
    "holiday_categories": [str],
    "tax_not_recovered": [str],
    "forbidden_merchants": [{"text": str, "whole": bool}],
    "forbidden_words": [{"text": str, "whole": bool}],
    "receipts": {"*": str},
    "totals": {"*": str},
    "limits": {"*": {"*": {"*": {"*": str}}}},
    "cities": {"*": [str]},
    "computed": {"mileage": {"*": str}, "per_diem": {"*": {"*": str}}},
    "severity": {"*": str},
    "wording": {"*": {"says": {"zh": str, "en": str}, "mend": {"zh": str, "en": str}}},
    "articles": {"*": str},
}
"""The shape of each part in a file; ``*`` stands for every key."""


def _misshapen(place: Place, value: Any, shape: Any) -> Iterator[Fault]:
    if isinstance(shape, dict) and isinstance(value, dict):
        for key, below in value.items():
            wanted = shape.get("*", shape.get(key))
            if wanted is None:
                yield Fault((*place, key), words("The portal does not know this part."))
            else:
                yield from _misshapen((*place, key), below, wanted)
        if "text" in shape and "text" not in value:
            yield Fault(place, NOT_READABLE)
    elif isinstance(shape, list) and isinstance(value, list):
        for below in value:
            yield from _misshapen(place, below, shape[0])
    elif isinstance(shape, (dict, list)) or type(value) is not shape:
        yield Fault(place, NOT_READABLE)


def _stored(part: str, value: Any) -> Any:
    if part in AMOUNTS:
        value = _minor(value)
    if part == "limits":
        return [
            {"category": category, "per": per, "amounts": amounts}
            for category, pers in value.items()
            for per, amounts in pers.items()
        ]
    return {**EMPTY[part], **value} if part == "computed" else value


def _minor(value: Any) -> Any:
    return {k: _minor(v) for k, v in value.items()} if isinstance(value, dict) else minor(value)


def minor(text: str) -> int | str:
    """An amount as typed in minor units; what is none stays as it is, for ``faults`` to name."""
    if text.strip() in ("0", "0.00"):
        return 0
    try:
        return parse_amount(text)
    except Invalid:
        return text.strip()[:60]


def lines_of(text: str) -> dict[Place, int]:
    """Where each key of a file stands, by its path: the parser itself does not tell."""
    found: dict[Place, int] = {}
    table: Place = ()
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            table = _path(stripped) or table
            for length in range(1, len(table) + 1):
                found.setdefault(table[:length], number)
        elif "=" in stripped and not stripped.startswith("#"):
            key = _path(stripped.split("=", 1)[0] + " = 0")
            found.setdefault((*table, *key), number)
    return found


def _path(line: str) -> Place:
    """The keys in a line that opens a table or gives a value."""
    try:
        below: Any = tomllib.loads(line)
    except (tomllib.TOMLDecodeError, RecursionError):
        return ()
    path: list[str] = []
    while isinstance(below, (dict, list)) and below:
        if isinstance(below, list):
            below = below[0]
            continue
        key, below = next(iter(below.items()))
        path.append(key)
    return tuple(path)


def _problem(fault: Fault, lines: Mapping[Place, int]) -> Problem:
    nearest = (fault.place[:length] for length in range(len(fault.place), 0, -1))
    line = next((lines[place] for place in nearest if place in lines), None)
    return Problem(line, ".".join(fault.place), fault.says)


def _line(problem: Problem) -> int:
    return problem.line or 0
