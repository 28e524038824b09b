"""What can happen to the rules, the categories and the calendar.

They are one subject: categories are known by their codes, days by themselves.
"""

from portal.core.events import Subject

SUBJECT = Subject("policy", 0)

CATEGORY_CREATED = "category_created"
CATEGORY_CHANGED = "category_changed"
CALENDAR_DAY_ADDED = "calendar_day_added"
CALENDAR_DAY_REMOVED = "calendar_day_removed"
CALENDAR_FILLED = "calendar_filled"
DRAFT_STARTED = "policy_draft_started"
DRAFT_CHANGED = "policy_draft_changed"
DRAFT_PROPOSED = "policy_draft_proposed"
DRAFT_DISCARDED = "policy_draft_discarded"
PUBLISHED = "policy_published"

ALL = (
    CATEGORY_CREATED, CATEGORY_CHANGED,
    CALENDAR_DAY_ADDED, CALENDAR_DAY_REMOVED, CALENDAR_FILLED,
    DRAFT_STARTED, DRAFT_CHANGED, DRAFT_PROPOSED, DRAFT_DISCARDED, PUBLISHED,
)  # fmt: skip
