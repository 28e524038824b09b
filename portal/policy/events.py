"""What can happen to a category. Its code stands in the data: categories have no number."""

CATEGORY_CREATED = "category_created"
CATEGORY_CHANGED = "category_changed"

ALL = (CATEGORY_CREATED, CATEGORY_CHANGED)
