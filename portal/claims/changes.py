"""What a claim said when it was sent, and what changed since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.claims.legs import leg_texts
from portal.claims.models import Claim, Line
from portal.core.money import format_plain

FIELDS = (
    "spent_on", "ends_on", "category", "purpose", "leg", "original", "rate", "quantity",
    "unit_price", "amount", "merchant", "city", "nights", "attendees", "cost_centre", "project",
    "parts", "reason", "receipts",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One difference. ``line`` is the line's place, None for the claim; the values are JSON.

    ``field`` is ``line`` when a whole line was added (``before`` None) or removed.
    """

    line: int | None
    field: str
    before: Any
    after: Any


def snapshot(claim: Claim) -> dict[str, Any]:
    """The claim as JSON data: what was submitted stays on record, whatever comes after."""
    names: dict[int, list[str]] = {}
    for receipt in claim.receipts:
        names.setdefault(receipt.line_id, []).append(f"{receipt.filename} {receipt.sha256[:8]}")
    return {
        "purpose": claim.purpose,
        "total": claim.total,
        "lines": [
            {
                "id": line.id,
                "spent_on": line.spent_on.isoformat() if line.spent_on else None,
                "category": line.category,
                "purpose": line.purpose,
                "amount": line.amount,
                "ends_on": line.ends_on.isoformat() if line.ends_on else None,
                "original": _foreign(line),
                "rate": str(line.rate) if line.rate is not None else None,
                "quantity": str(line.quantity) if line.quantity is not None else None,
                "unit_price": line.unit_price,
                "project": line.project_id,
                "parts": [[each.cost_centre, each.project_id, each.amount] for each in line.splits],
                "merchant": line.merchant,
                "city": line.city,
                "nights": line.nights,
                "leg": [text for text in leg_texts(line.leg).values() if text],
                "attendees": line.attendees,
                "cost_centre": line.cost_centre,
                "reason": line.reason,
                "receipts": sorted(names.get(line.id, [])),
            }
            for line in claim.lines
        ],
    }


def _foreign(line: Line) -> str:
    """The sum in the currency of the line, when it was turned into the claim's."""
    if line.rate is None or line.original is None:
        return ""
    return f"{line.currency} {format_plain(line.original, line.currency)}"


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """The differences between two snapshots, claim first, then line by line."""
    if before["purpose"] != after["purpose"]:
        yield Change(None, "purpose", before["purpose"], after["purpose"])
    if before["total"] != after["total"]:
        yield Change(None, "total", before["total"], after["total"])
    old = {line["id"]: line for line in before["lines"]}
    new_ids = {line["id"] for line in after["lines"]}
    for place, line in enumerate(after["lines"], start=1):
        was = old.get(line["id"])
        if was is None:
            yield Change(place, "line", None, line)
            continue
        for field in FIELDS:
            # What was sent before there were currencies says nothing of them.
            if field in was and was[field] != line[field]:
                yield Change(place, field, was[field], line[field])
    for place, line in enumerate(before["lines"], start=1):
        if line["id"] not in new_ids:
            yield Change(place, "line", line, None)
