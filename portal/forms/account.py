"""Forms about oneself."""

from wtforms import PasswordField, RadioField, StringField
from wtforms.validators import InputRequired

from portal.forms.base import AtMost, PortalForm, choices
from portal.web.labels import NOTICES_BY
from portal.web.languages import LANGUAGES
from portal.web.languages import lazy_gettext as _l


class WishesForm(PortalForm):
    # Not called language: the button that switches the page's language is.
    language = RadioField(_l("Language"), choices=choices(LANGUAGES.items()), name="spoken")
    notices_by = RadioField(_l("How notices reach me"), choices=choices(NOTICES_BY.items()))


class BankForm(PortalForm):
    bank_name = StringField(_l("Bank"), [AtMost(120)])
    bank_account = StringField(
        _l("Account number"),
        [AtMost(40)],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    password = PasswordField(
        _l("Your password"),
        [InputRequired(_l("This is needed.")), AtMost(200)],
        render_kw={"autocomplete": "current-password"},
    )


class SignInsForm(PortalForm):
    """Which sign-in to end travels as ``end=<id>``, or ``end=others``."""
