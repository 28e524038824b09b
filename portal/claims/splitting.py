"""Parting a line among cost centres and projects. The caller has taken the claim's version."""

from sqlalchemy.orm import Session

from portal.claims.computing import WHOLE, next_part, part_amounts
from portal.claims.models import Claim, Line, Split
from portal.claims.pricing import parts_of
from portal.claims.typed_lines import part_name
from portal.core.errors import NotNow
from portal.core.words import words

MOST_PARTS = 20


def add_part(session: Session, claim: Claim, line_id: int) -> Line | None:
    """One part more of a line; the first time two halves, the first where the line was booked.

    The line; None when the claim has no such line. Raises ``NotNow`` when there are enough.
    """
    line = next((each for each in claim.lines if each.id == line_id), None)
    if line is None:
        return None
    if len(line.splits) >= MOST_PARTS:
        raise NotNow(words("A line has at most %(most)s parts.", most=MOST_PARTS))
    if not line.splits:
        first = Split(
            position=1, share=WHOLE // 2, cost_centre=line.cost_centre, project_id=line.project_id
        )
        line.splits[:] = [first, Split(position=2, share=WHOLE // 2)]
    else:
        more = next_part(line.amount, parts_of(line))
        position = max(split.position for split in line.splits) + 1
        line.splits.append(Split(position=position, share=more.share or None, amount=more.amount))
    _share_out(line)
    session.flush()
    return line


def remove_part(session: Session, claim: Claim, split_id: int) -> Line | None:
    """Take a part off its line; with a single part left, the line is booked there as a whole."""
    line = next((one for one in claim.lines if any(s.id == split_id for s in one.splits)), None)
    if line is None:
        return None
    left = [split for split in line.splits if split.id != split_id]
    gone = [split for split in line.splits if split not in left]
    if len(left) == 1:
        line.cost_centre, line.project_id = left[0].cost_centre, left[0].project_id
        left, gone = [], list(line.splits)
    names = {part_name(split.id) for split in gone}
    line.splits[:] = left
    line.typed = {name: text for name, text in line.typed.items() if name not in names}
    _share_out(line)
    session.flush()
    return line


def _share_out(line: Line) -> None:
    for split, amount in zip(line.splits, part_amounts(line.amount, parts_of(line)), strict=True):
        split.amount = amount
