"""Logs for the administrator: one JSON line an event, and never anybody's data."""

import logging
import sys
from typing import Any

import structlog

log = structlog.get_logger("portal")


def init() -> None:
    """Write to standard error, where the service manager collects it."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_to_stderr,
        cache_logger_on_first_use=False,
    )


def _to_stderr(*_names: Any) -> Any:
    return structlog.PrintLogger(sys.stderr)
