"""Forms for paying claims in batches."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request
from wtforms import BooleanField, Form, HiddenField, StringField

from portal.core.words import words
from portal.forms.base import AtMost, PortalForm, Translations
from portal.forms.session import REQUIRED
from portal.web.i18n import say
from portal.web.languages import lazy_gettext as _l


class StartForm(PortalForm):
    """The button that puts claims into a batch; they travel as ``claim=<id>``."""


class BatchForm(PortalForm):
    """A button that acts on a batch as it was shown."""

    version = HiddenField()


class OutcomeForm(Form):
    """What became of one payment; field names begin with ``payment-<id>-``."""

    failed = BooleanField(_l("Failed"))
    reason = StringField(_l("Reason"), [AtMost(200)], render_kw={"autocomplete": "off"})

    class Meta:
        def get_translations(self, form: Any) -> Any:
            return Translations()

    def validate(self, extra_validators: Any = None) -> bool:
        """Tick and reason belong together."""
        good = super().validate(extra_validators)
        reason = (self.reason.data or "").strip()
        if bool(self.failed.data) == bool(reason):
            return good
        self.reason.errors = [say(NOT_TICKED if reason else NO_REASON)]
        return False


NO_REASON = words("Say why the payment failed, such as “account closed”.")
NOT_TICKED = words("There is a reason, but “Failed” is not ticked. Tick it, or empty the reason.")


class CloseForm(PortalForm):
    """The bank's answer to a batch; ``outcomes`` has a form for each of its payments."""

    version = HiddenField()
    paid_on = StringField(
        _l("Paid on"), [REQUIRED], render_kw={"type": "date", "placeholder": "2026-03-31"}
    )
    reference = StringField(
        _l("Reference"), [REQUIRED, AtMost(80)],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip

    def __init__(self, payment_ids: Iterable[int], **values: Any):
        super().__init__(**values)
        sent = request.form if self.is_submitted() else None
        self.outcomes = {
            number: OutcomeForm(sent, prefix=f"payment-{number}-") for number in payment_ids
        }

    def validate(self, extra_validators: Any = None) -> bool:
        """Every field of the batch and of its payments, so that all errors show at once."""
        good = [super().validate(extra_validators)]
        return all(good + [outcome.validate() for outcome in self.outcomes.values()])

    @property
    def failed(self) -> Mapping[int, str]:
        """The failed payments with the bank's reasons."""
        return {
            number: outcome.reason.data or ""
            for number, outcome in self.outcomes.items()
            if outcome.failed.data
        }

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Every error with the id of its control, those of payments last."""
        found = super().summary
        for outcome in self.outcomes.values():
            found += [(outcome.reason.id, str(error)) for error in outcome.reason.errors]
        return found
