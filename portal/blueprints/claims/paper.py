"""The claim on paper."""

from portal.blueprints.claims import blueprint

__all__ = ["blueprint"]
