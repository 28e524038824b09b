"""Forms about invoices and who may claim them."""

from datetime import date
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField

from portal.claims.invoice_queries import InvoiceFilter
from portal.claims.models import DRAFT, WITHDRAWN
from portal.core.days import parse_day
from portal.core.errors import Invalid
from portal.core.money import parse_amount
from portal.forms.base import PortalForm, choices
from portal.invoices.checking import LONGEST_NOTE, ByHand
from portal.invoices.registry import LONGEST_REASON
from portal.web.i18n import say
from portal.web.labels import CHECK_OUTCOMES, CLAIM_STATES
from portal.web.languages import lazy_gettext as _l

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
STATES = [pair for pair in CLAIM_STATES.items() if pair[0] not in (DRAFT, WITHDRAWN)]


class InvoiceFilterForm(PortalForm):
    """What the list of invoices is narrowed to, as a shareable address."""

    number = StringField(_l("Invoice number"), render_kw={"maxlength": 60, **PLAIN})
    seller = StringField(_l("Seller"), render_kw={"maxlength": 100, "autocomplete": "off"})
    day = StringField(_l("Date"), render_kw={"type": "date", "placeholder": "2026-03-31"})
    amount = StringField(_l("Total"), render_kw={"inputmode": "decimal", "class": "num", **PLAIN})
    state = SelectField(
        _l("State of the claim"), choices=choices([("", _l("All")), *STATES]), validate_choice=False
    )

    class Meta(PortalForm.Meta):
        csrf = False

    def wanted(self, before: int | None) -> InvoiceFilter:
        """The filter; a day or an amount that is none is said at its field and left out."""
        return InvoiceFilter(
            number=(self.number.data or "").strip()[:60],
            seller=(self.seller.data or "").strip()[:100],
            day=self._parsed(self.day, parse_day),
            amount=self._parsed(self.amount, parse_amount),
            state=self.state.data or "",
            before=before,
        )

    def _parsed(self, field: Any, parse: Any) -> Any:
        typed = (field.data or "").strip()
        try:
            parsed: date | int | None = parse(typed) if typed else None
        except Invalid as refusal:
            field.errors = [say(refusal.words)]
            return None
        return parsed


class CheckForm(PortalForm):
    """What somebody saw on the tax platform."""

    outcome = RadioField(
        _l("What the tax platform says"),
        choices=choices(CHECK_OUTCOMES.items()),
        validate_choice=False,
    )
    note = StringField(_l("Note"), render_kw={"maxlength": LONGEST_NOTE, "autocomplete": "off"})

    def by_hand(self) -> ByHand:
        """What is typed, as the rules take it."""
        return ByHand(self.outcome.data or "", self.note.data or "")


class AllowForm(PortalForm):
    """Why one person may claim an invoice once more."""

    person = HiddenField()
    reason = TextAreaField(_l("Reason"), render_kw={"rows": 3, "maxlength": LONGEST_REASON})
