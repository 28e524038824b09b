"""Forms for signing in and choosing a password."""

from wtforms import BooleanField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired

from portal.forms.base import AtMost, PortalForm
from portal.web.languages import lazy_gettext as _l

REQUIRED = InputRequired(_l("This is needed."))


class SignInForm(PortalForm):
    name = StringField(
        _l("E-mail or employee number"),
        [REQUIRED, AtMost(254)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"),
        [REQUIRED, AtMost(200)],
        render_kw={"autocomplete": "current-password"},
    )
    shared = BooleanField(_l("This is a shared computer"))
    next = HiddenField()
    kept = HiddenField()


class ForgottenForm(PortalForm):
    name = StringField(
        _l("E-mail or employee number"),
        [REQUIRED, AtMost(254)],
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
    )


class NewPasswordForm(PortalForm):
    password = PasswordField(
        _l("New password"),
        [REQUIRED, AtMost(200)],
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(PortalForm):
    old_password = PasswordField(
        _l("Current password"),
        [REQUIRED, AtMost(200)],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        _l("New password"),
        [REQUIRED, AtMost(200)],
        render_kw={"autocomplete": "new-password"},
    )
