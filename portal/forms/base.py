"""What all forms share."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, Form, HiddenField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from portal.core.errors import Invalid
from portal.core.text import fitting
from portal.web.guards import reader_or_none
from portal.web.i18n import say
from portal.web.kept_forms import kept_fields, new_form_key
from portal.web.languages import gettext


def choices(pairs: Iterable[tuple[str, Any]]) -> list[Any]:
    """Values with their labels, for a list, radios or ticks."""
    return [SelectChoice(value, label) for value, label in pairs]


def text_at(label: Any, text: Any) -> str:
    """An error with the name of the field it is about."""
    return gettext("%(label)s: %(text)s", label=label, text=text)


class AtMost:
    """Refuses text that is too long for where it is stored; browsers are told the limit."""

    def __init__(self, most: int):
        self.most = most
        self.field_flags = {"maxlength": most}

    def __call__(self, form: Form, field: Field) -> None:
        try:
            fitting(field.data or "", self.most)
        except Invalid as refusal:
            raise ValidationError(say(refusal.words)) from None


class PortalForm(FlaskForm):
    """A form with CSRF token and one-time key, whose errors are in the reader's language."""

    form_key = HiddenField()

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            return kept_fields() or super().wrap_formdata(form, formdata)

        def get_translations(self, form: Any) -> Any:
            return Translations()

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        reader = reader_or_none()
        self.form_key.data = new_form_key(reader.id) if reader else ""

    def refuse(self, refusal: Invalid) -> None:
        """Show a refusal of the rules at the field it came from, else at the whole form."""
        field = self._fields.get(refusal.field or "")
        if field is None:
            self.form_errors.append(say(refusal.words))
        else:
            field.errors = [*field.errors, say(refusal.words)]

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Every error with the id of its control, for the summary above the form."""
        found = [(self.first_id, str(error)) for error in self.form_errors]
        for field in self:
            found += [(field.id, text_at(field.label.text, error)) for error in field.errors]
        return found

    @property
    def first_id(self) -> str:
        """The id of the first control that can be seen."""
        return next((f.id for f in self if getattr(f.widget, "input_type", "") != "hidden"), "main")


class Translations:
    """WTForms' own sentences, looked up in the portal's catalog."""

    def gettext(self, string: str) -> str:
        return str(gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(gettext(singular if n == 1 else plural))
