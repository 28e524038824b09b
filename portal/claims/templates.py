"""Claims to start from again: what comes back every month."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.claims.drafting import content
from portal.claims.models import Claim, Template
from portal.core.errors import Invalid, Missing
from portal.core.text import fitting
from portal.core.words import words

LONGEST_NAME = 80


def keep_as_template(session: Session, claim: Claim, name: str, *, at: datetime) -> Template:
    """Keep a claim to start from again. Raises ``Invalid`` without a name or with a long one."""
    name = fitting(name, LONGEST_NAME, "name")
    if not name:
        raise Invalid(words("Give the template a name, such as “monthly phone bill”."), "name")
    template = Template(
        owner_id=claim.claimant_id, name=name, created_at=at, content=content(claim)
    )
    session.add(template)
    return template


def template_of(session: Session, template_id: int, owner_id: int) -> Template:
    """The owner's template. Raises ``Missing`` for anybody else's."""
    template = session.get(Template, template_id)
    if template is None or template.owner_id != owner_id:
        raise Missing(words("There is no such template."))
    return template


def templates_of(session: Session, owner_id: int) -> list[Template]:
    """The owner's templates by name."""
    found = select(Template).where(Template.owner_id == owner_id)
    return list(session.scalars(found.order_by(Template.name, Template.id)))
