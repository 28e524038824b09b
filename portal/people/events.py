"""What can happen to people, departments, companies and projects.

Data names fields, never what is in them.
"""

PERSON_CREATED = "person_created"
PERSON_CHANGED = "person_changed"
PERSON_DEACTIVATED = "person_deactivated"
PERSON_REACTIVATED = "person_reactivated"
PERSON_INVITED = "person_invited"
PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an event
DEPARTMENT_CREATED = "department_created"
DEPARTMENT_CHANGED = "department_changed"
COMPANY_CREATED = "company_created"
COMPANY_CHANGED = "company_changed"
PROJECT_CREATED = "project_created"
PROJECT_CHANGED = "project_changed"
IDENTITY_LINKED = "identity_linked"
IDENTITY_UNLINKED = "identity_unlinked"
DEPUTY_ALLOWED = "deputy_allowed"
DEPUTY_REVOKED = "deputy_revoked"

ALL = (
    PERSON_CREATED,
    PERSON_CHANGED,
    PERSON_DEACTIVATED,
    PERSON_REACTIVATED,
    PERSON_INVITED,
    PASSWORD_CHANGED,
    DEPARTMENT_CREATED,
    DEPARTMENT_CHANGED,
    COMPANY_CREATED,
    COMPANY_CHANGED,
    PROJECT_CREATED,
    PROJECT_CHANGED,
    IDENTITY_LINKED,
    IDENTITY_UNLINKED,
    DEPUTY_ALLOWED,
    DEPUTY_REVOKED,
)

BANK_ACCOUNT_CHANGED = "bank_account_changed"
"""The kind of the notice that tells a person so; the event is a ``person_changed``."""

MADE_DEPUTY = "made_deputy"
DEPUTY_NO_MORE = "deputy_no_more"
"""The notices to the deputy; the person's own are named like the events."""
