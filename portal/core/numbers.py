"""Numbers of documents, such as ``BX2026-000007``: one sequence for each beginning."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.db import Base, dialect_of, upsert


class Counter(Base):
    """The last number given out, by what the numbers begin with."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]


def next_number(session: Session, begins: str) -> str:
    """The next number that begins with ``begins``, which holds company, kind and year."""
    value = session.scalar(
        upsert(dialect_of(session), Counter)
        .values(name=begins, value=1)
        .on_conflict_do_update(index_elements=["name"], set_={"value": Counter.value + 1})
        .returning(Counter.value)
    )
    return f"{begins}-{value:06d}"
