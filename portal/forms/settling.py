"""The form that sends a claim, and on it what the claim settles of the claimant's advances."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from wtforms import Form, HiddenField, StringField

from portal.claims.choosing import Offer, check_choice
from portal.claims.models import Claim
from portal.core.errors import Invalid
from portal.core.money import LONGEST_TYPED, parse_amount
from portal.forms.base import AtMost, Translations, text_at
from portal.forms.claim_lines import AMOUNT, amount_text
from portal.forms.claims import ActionForm
from portal.web.i18n import say
from portal.web.kept_forms import kept_fields
from portal.web.languages import gettext as _


class SettleForm(Form):
    """How much of one advance the claim settles: as typed, and in minor units."""

    amount = StringField(validators=[AtMost(LONGEST_TYPED)], render_kw=AMOUNT)

    class Meta:
        def get_translations(self, form: Any) -> Any:
            return Translations()

    def __init__(self, offer: Offer, sent: Any):
        prefix = f"settle-{offer.advance.id}-"
        self.offer, self.minor = offer, offer.amount
        super().__init__(sent, prefix=prefix, amount=amount_text(offer.amount, self.currency))
        self.amount.label.text = _("Amount that settles %(number)s", number=offer.advance.number)

    @property
    def currency(self) -> str:
        """The currency of the advance, which is the claim's."""
        return self.offer.advance.currency

    def validate(self, extra_validators: Any = None) -> bool:
        """Read the amount; nothing typed is nothing settled."""
        good = super().validate(extra_validators)
        text = (self.amount.data or "").strip()
        try:
            self.minor = parse_amount(text, self.currency, zero=True) if good and text else 0
        except Invalid as refusal:
            self.amount.errors = [say(refusal.words)]
            return False
        return good


class SubmitForm(ActionForm):
    """The button that sends a claim, with the total and the amounts that stand above it."""

    total = HiddenField()

    def __init__(self, claim: Claim, offers: Sequence[Offer], **values: Any):
        super().__init__(**values)
        sent = request.form if self.is_submitted() else kept_fields() or request.args
        self.claim, self.offers = claim, offers
        self.settles = {each.advance.id: SettleForm(each, sent) for each in offers}

    @property
    def wanted(self) -> Mapping[int, int]:
        """How much of which advance was asked for; what was not on the page is left alone."""
        return {
            advance_id: form.minor
            for advance_id, form in self.settles.items()
            if form.amount.raw_data or not self.is_submitted()
        }

    @property
    def typed(self) -> Mapping[str, Any]:
        """The amounts as typed, by the names of their controls."""
        return {form.amount.name: form.amount.data or "" for form in self.settles.values()}

    @property
    def to_pay(self) -> int:
        """What is left of the claim to pay, in minor units of its currency."""
        return self.claim.total - sum(self.wanted.values())

    def can_settle(self) -> bool:
        """Read the amounts: whether the claim can settle them. If not, the fields say why."""
        read = [form.validate() for form in self.settles.values()]
        if not all(read):
            return False
        try:
            check_choice(self.claim, self.offers, self.wanted)
        except Invalid as refusal:
            self.refuse(refusal)
            return False
        return True

    def refuse(self, refusal: Invalid) -> None:
        """Show a refusal at the amount it is about."""
        for form in self.settles.values():
            if refusal.field == form.amount.name:
                form.amount.errors = [say(refusal.words)]
                return
        super().refuse(refusal)

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Every error with the id of its control."""
        return super().summary + [
            (form.amount.id, text_at(form.amount.label.text, error))
            for form in self.settles.values()
            for error in form.amount.errors
        ]
