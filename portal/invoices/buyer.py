"""Whether an invoice is made out to one of the company's legal entities."""

from portal.invoices.keys import plain_name, plain_number
from portal.people.models import Company


def is_company(name: str, company: Company) -> bool:
    """Whether the buyer's name is the company's, however it is written."""
    own = {plain_name(company.name_zh), plain_name(company.name_en)} - {""}
    return plain_name(name) in own


def same_tax_id(read: str | None, own: str) -> bool | None:
    """Whether the buyer's tax number is the company's, None where one of them is not known."""
    if not read or not own:
        return None
    return plain_number(read).upper() == plain_number(own).upper()
