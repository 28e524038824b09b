"""The stamp by which every process notices that categories or calendar changed."""

from datetime import datetime
from secrets import token_hex

from sqlalchemy.orm import Session

from portal.core.db import dialect_of, upsert
from portal.policy import editions
from portal.policy.models import PolicyStamp


def renew_stamp(session: Session, at: datetime) -> None:
    """Note that categories or calendar changed in this transaction, and keep a copy of them."""
    stamp = token_hex(16)
    insert = upsert(dialect_of(session), PolicyStamp).values(id=1, stamp=stamp)
    changed = {"stamp": insert.excluded.stamp}
    session.flush()
    session.execute(insert.on_conflict_do_update(index_elements=["id"], set_=changed))
    editions.keep(session, stamp, at)
