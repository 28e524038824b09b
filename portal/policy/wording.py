"""A finding in the words of its rule: the portal's own, or the company's in both languages.

The company's texts name their values in braces, ``{limit}``, which nobody has to escape.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from portal.core.money import format_plain
from portal.core.words import Amount, Named, Value, Words
from portal.policy.catalogue import RULES
from portal.policy.findings import Finding
from portal.policy.rules import OFF, OwnWords, Policy

AS_IT_CAME = OwnWords()
PLACE = re.compile(r"\{(\w+)\}")
SENTENCE_PLACE = re.compile(r"%\((\w+)\)s")


def finds(
    policy: Policy, rule: str, *, line: int | None = None, field: str = "", reason: str = "",
    severity: str = "", says: Words | None = None, limit: int | None = None,
    excess: int | None = None, values: dict[str, Value] | None = None,
) -> Iterator[Finding]:  # fmt: skip
    """The finding of ``rule``, or nothing where the company switched the rule off.

    ``severity``, ``field`` and ``says`` replace those of the catalogue.
    """
    known, values = RULES[rule], values or {}
    chosen = severity or (known.severity if known.fixed else policy.severity.get(rule, ""))
    chosen = chosen or known.severity
    if chosen == OFF:
        return
    own = policy.wording.get(rule, AS_IT_CAME)
    yield Finding(
        rule,
        chosen,
        says or _worded(own.says, known.says, values),
        _worded(own.mend, known.mend, values),
        line,
        field or known.field,
        limit=limit,
        excess=excess,
        reason=reason,
    )


def _worded(own: Named | None, default: Words, values: dict[str, Value]) -> Words:
    if own is None:
        return Words(default.text, {n: values[n] for n in SENTENCE_PLACE.findall(default.text)})
    texts = {
        language: _filled(getattr(own, language), language, values) for language in ("zh", "en")
    }
    return Words("%(own)s", {"own": Named(**texts)})


def _filled(text: str, language: str, values: dict[str, Value]) -> str:
    return PLACE.sub(lambda found: _shown(values.get(found[1], found[0]), language), text)


def _shown(value: Any, language: str) -> str:
    if isinstance(value, Amount):
        return ("¥" if value.currency == "CNY" else f"{value.currency} ") + format_plain(
            value.minor
        )
    if isinstance(value, Named):
        return value.zh if language == "zh" else value.en
    return value.isoformat() if isinstance(value, date) else str(value)


def in_braces(text: str) -> str:
    """A sentence of the portal with its places as a company writes them."""
    return SENTENCE_PLACE.sub(r"{\1}", text)
