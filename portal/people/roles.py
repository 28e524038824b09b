"""What a person may be. Approver is not a role: it follows from each claim's route."""

from dataclasses import dataclass

FINANCE, PAYER, SUPPORT, TRAINER, AUDITOR, ADMIN = (
    "finance",
    "payer",
    "support",
    "trainer",
    "auditor",
    "admin",
)
ROLES = (FINANCE, PAYER, SUPPORT, TRAINER, AUDITOR, ADMIN)
"""Roles beyond employee, which everybody is."""


@dataclass(frozen=True)
class Reader:
    """The signed-in person as every page needs them: read once per request.

    ``waiting`` counts the steps that wait for them, ``unread`` their new notices, ``beat``
    grows with everything that happens to something they watch.
    """

    id: int
    number: str
    name: str
    email: str
    department_id: int
    grade: str
    language: str
    roles: frozenset[str]
    sign_in_id: int
    shared: bool
    waiting: int = 0
    unread: int = 0
    beat: int = 0

    def has(self, *roles: str) -> bool:
        """Whether the person holds at least one of ``roles``."""
        return not self.roles.isdisjoint(roles)
