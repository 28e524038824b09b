"""Forms about exchange rates. What is typed is judged by the rules."""

from flask_wtf.file import FileField
from wtforms import StringField

from portal.forms.base import AtMost, PortalForm
from portal.forms.claim_lines import AMOUNT, CODE
from portal.rates.editing import LONGEST_SOURCE
from portal.web.languages import lazy_gettext as _l


class RateForm(PortalForm):
    currency = StringField(_l("Currency"), [AtMost(20)], render_kw=CODE)
    on = StringField(
        _l("From"), [AtMost(60)], render_kw={"type": "date", "placeholder": "2026-03-31"}
    )
    rate = StringField(_l("Rate"), [AtMost(60)], render_kw=AMOUNT)
    source = StringField(_l("Where it is from"), [AtMost(LONGEST_SOURCE)])


class ImportRatesForm(PortalForm):
    file = FileField(_l("Rates as CSV"))


class ConfirmForm(PortalForm):
    """A button that does what its page names."""
