"""The form of a category."""

from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import NumberRange

from portal.forms.base import AtMost, PortalForm
from portal.policy.editing import Typed
from portal.web.languages import lazy_gettext as _l

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class CategoryForm(PortalForm):
    """A category; the names of the fields are those of ``Typed``."""

    shown = HiddenField()
    name_zh = StringField(_l("Chinese name"), [AtMost(80)])
    name_en = StringField(_l("English name"), [AtMost(80)])
    parent = SelectField(_l("Belongs to"), validate_choice=False)
    accounting_code = StringField(_l("Accounting code"), [AtMost(40)], render_kw=PLAIN)
    position = IntegerField(
        _l("Place in the list"),
        [NumberRange(0, 9999)],
        render_kw={"inputmode": "numeric", "class": "num"},
    )
    needs_city = BooleanField(_l("Needs a city"))
    needs_nights = BooleanField(_l("Needs the number of nights"))
    needs_attendees = BooleanField(_l("Needs the attendees"))
    reimbursable = BooleanField(_l("Reimbursable"), default=True)
    active = BooleanField(_l("Offered for new expenses"), default=True)

    def typed(self) -> Typed:
        """What is typed, as the rules take it."""
        return Typed(**{name: self._fields[name].data for name in Typed.__dataclass_fields__})


class NewCategoryForm(CategoryForm):
    code = StringField(_l("Code"), [AtMost(40)], render_kw=PLAIN)
