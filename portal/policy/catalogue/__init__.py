"""Every rule that can find something: the one registry that the engine, the editor, the help
links and the tests read."""

from collections.abc import Mapping

from portal.core.words import Words, words
from portal.policy.catalogue.filling import DATES, DETAILED, FILLING
from portal.policy.catalogue.money import MONEY
from portal.policy.catalogue.papers import INVOICES, TRAVEL
from portal.policy.catalogue.rule import Rule
from portal.policy.catalogue.spending import KINDS, LIMITS

__all__ = ["GROUPS", "RULES", "Rule", "in_groups"]

RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (*FILLING, *MONEY, *DETAILED, *DATES, *LIMITS, *KINDS, *INVOICES, *TRAVEL)
}

GROUPS: Mapping[str, Words] = {
    "limits": words("Limits and receipts"),
    "kinds": words("What is paid and what not"),
    "dates": words("Days"),
    "details": words("What single categories need"),
    "invoices": words("Invoices"),
    "trips": words("Trips"),
    "filling": words("What every claim needs"),
}
"""The groups in which rules are listed, in their order."""


def in_groups() -> list[tuple[Words, list[Rule]]]:
    """All rules under the headings of their groups."""
    return [
        (heading, [rule for rule in RULES.values() if rule.group == group])
        for group, heading in GROUPS.items()
    ]
