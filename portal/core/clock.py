"""The one place that asks what time it is. Rules take the moment as an argument."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def day(moment: datetime, timezone: str) -> date:
    """The calendar day of ``moment`` where the company is."""
    return moment.astimezone(ZoneInfo(timezone)).date()
