"""What is known of a rule before any company has decided about it."""

from dataclasses import dataclass

from portal.core.words import Words
from portal.policy.rules import BLOCKS, NEEDS_REASON, OFF, WARNS

FREE = (BLOCKS, NEEDS_REASON, WARNS, OFF)
FIXED = (BLOCKS,)
BY_AMOUNT = (BLOCKS, NEEDS_REASON, WARNS)


@dataclass(frozen=True)
class Rule:
    """A rule by the id that findings carry.

    ``says`` and ``mend`` are the sentences of a finding unless the company wrote its own;
    ``parameters`` names the values that any wording may use. ``article`` explains it in the
    help center unless the company chose another. ``field`` is the control to mend it at.
    ``choices`` are the severities that the company may choose from: a single one is fixed,
    because what it asks for is needed to pay at all.
    """

    id: str
    group: str
    title: Words
    says: Words
    mend: Words
    severity: str
    article: str
    field: str
    parameters: tuple[str, ...] = ()
    choices: tuple[str, ...] = FREE
    worded: bool = True

    @property
    def fixed(self) -> bool:
        """Whether the company cannot choose how severe it is."""
        return self.choices in (FIXED, BY_AMOUNT)
