"""What can happen to a person or a department. Data names fields, never what is in them."""

PERSON_CREATED = "person_created"
PERSON_CHANGED = "person_changed"
PERSON_DEACTIVATED = "person_deactivated"
PERSON_REACTIVATED = "person_reactivated"
PERSON_INVITED = "person_invited"
PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an event
DEPARTMENT_CREATED = "department_created"
DEPARTMENT_CHANGED = "department_changed"

ALL = (
    PERSON_CREATED,
    PERSON_CHANGED,
    PERSON_DEACTIVATED,
    PERSON_REACTIVATED,
    PERSON_INVITED,
    PASSWORD_CHANGED,
    DEPARTMENT_CREATED,
    DEPARTMENT_CHANGED,
)

BANK_ACCOUNT_CHANGED = "bank_account_changed"
"""The kind of the notice that tells a person so; the event is a ``person_changed``."""
