"""Guessing the category of a line from its invoices, and saying what the guess is made from.

A guess is shown as one until a person changes it or submits the claim with it.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from portal.claims.models import APPROVED, PAID, PAYING, Claim, Line
from portal.core.db import fetch
from portal.core.words import Words, words
from portal.invoices.models import Invoice
from portal.policy.rules import Category, plain

NAMES = Path(__file__).with_name("item_names.toml")
ITEM = re.compile(r"\s*[*＊]([^*＊]+)[*＊](.*)", re.S)
"""``*餐饮服务*工作餐``: the short name of the tax classification, and what was sold."""

FEWEST_BOOKED = 2
LOOKED_BACK = 100
"""Lines of one seller that are looked at, the newest first."""

_recent = (
    select(Line.id, Line.category)
    .join(Claim, Claim.id == Line.claim_id)
    .where(
        Line.merchant == bindparam("seller"),
        Claim.company_id == bindparam("company_id"),
        Claim.state.in_((APPROVED, PAYING, PAID)),
    )
    .order_by(Line.id.desc())
    .limit(LOOKED_BACK)
    .subquery()
)
BOOKED = (
    select(_recent.c.category, func.count())
    .group_by(_recent.c.category)
    .having(func.count() >= FEWEST_BOOKED)
    .order_by(func.count().desc(), func.max(_recent.c.id).desc())
)
"""What the newest lines of a seller were booked as, the most frequent first."""


@dataclass(frozen=True)
class Clue:
    """What speaks for one of some categories, the likeliest first."""

    categories: tuple[str, ...]
    because: Words


@dataclass(frozen=True)
class Entry:
    """A row of ``item_names.toml``."""

    name: str
    words: tuple[str, ...]
    categories: tuple[str, ...]

    def fits(self, name: str, text: str) -> bool:
        """Whether it speaks of an item of this short name, sold as ``text``."""
        return name == self.name and (not self.words or any(one in text for one in self.words))


def guess(
    session: Session, invoices: Sequence[Invoice], categories: Mapping[str, Category],
    company_id: int,
) -> str:  # fmt: skip
    """The code of the likeliest category in use, empty when nothing tells. One query at most.

    What the invoice itself says goes first; among the categories that this leaves, and where
    it says nothing, what the company booked before for the seller.
    """
    groups = {category.parent for category in categories.values() if category.active}
    usable = {code for code, one in categories.items() if one.active and code not in groups}
    clue = from_invoices(invoices)
    allowed = [code for code in clue.categories if code in usable] if clue else []
    if len(allowed) == 1:
        return allowed[0]
    seller = next((invoice.seller for invoice in invoices if invoice.seller), "")
    booked = [code for code in booked_before(session, seller, company_id) if code in usable]
    if allowed:
        return next((code for code in booked if code in allowed), allowed[0])
    named = from_seller(seller)
    rest = named.categories if named else ()
    return next((code for code in (*booked, *rest) if code in usable), "")


def explain(code: str, invoices: Sequence[Invoice]) -> Words:
    """What the guess ``code`` was made from."""
    seller = next((invoice.seller for invoice in invoices if invoice.seller), "")
    for clue in (from_invoices(invoices), from_seller(seller)):
        if clue is not None and code in clue.categories:
            return clue.because
    return words("guessed from what was booked before for this seller")


def booked_before(session: Session, seller: str, company_id: int) -> list[str]:
    """The categories that the company approved at least twice for a seller, the usual one first."""
    if not seller:
        return []
    return list(fetch(session, BOOKED, seller=seller, company_id=company_id).scalars())


def from_invoices(invoices: Sequence[Invoice]) -> Clue | None:
    """What the kind of an invoice and its items say; the items that cost most win."""
    kinds = _names()["kinds"]
    for invoice in invoices:
        if invoice.kind in kinds:
            return Clue(tuple(kinds[invoice.kind]), words("guessed from the kind of invoice"))
    found: Counter[tuple[str, ...]] = Counter()
    first: dict[tuple[str, ...], str] = {}
    for invoice in invoices:
        for item in invoice.items:
            entry = _entry(item["name"])
            if entry is not None:
                found[entry.categories] += max(item.get("amount") or 0, 1)
                first.setdefault(entry.categories, item["name"])
        if found:
            break
    if not found:
        return None
    likeliest = found.most_common(1)[0][0]
    return Clue(likeliest, words("guessed from the item “%(item)s”", item=first[likeliest][:40]))


def from_seller(seller: str) -> Clue | None:
    """What words in the name of the seller say."""
    name = plain(seller)
    for entry in _names()["sellers"]:
        if any(plain(one) in name for one in entry.words):
            return Clue(entry.categories, words("guessed from the name of the seller"))
    return None


def _entry(item: str) -> Entry | None:
    match = ITEM.match(item)
    if match is None:
        return None
    name, text = match[1].strip(), match[2]
    fitting = [entry for entry in _names()["items"] if entry.fits(name, text)]
    return max(fitting, key=lambda entry: bool(entry.words), default=None)


@cache
def _names() -> Mapping[str, Any]:
    read = tomllib.loads(NAMES.read_text(encoding="utf-8"))
    return {
        "kinds": read["kinds"],
        **{
            part: tuple(
                Entry(row.get("name", ""), tuple(row.get("words", ())), tuple(row["categories"]))
                for row in read[part]
            )
            for part in ("items", "sellers")
        },
    }
