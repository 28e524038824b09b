"""Forms about companies and projects. What is typed is judged by the rules."""

from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import Length

from portal.forms.base import PortalForm
from portal.forms.people import PLAIN
from portal.web.languages import lazy_gettext as _l


class CompanyForm(PortalForm):
    shown = HiddenField()
    name_zh = StringField(_l("Chinese name"), [Length(max=120)], render_kw={"maxlength": 120})
    name_en = StringField(_l("English name"), [Length(max=120)], render_kw={"maxlength": 120})
    code = StringField(_l("Code"), [Length(max=20)], render_kw={"maxlength": 20, **PLAIN})
    tax_id = StringField(_l("Tax number"), [Length(max=40)], render_kw={"maxlength": 40, **PLAIN})
    prefix = StringField(
        _l("Prefix of its numbers"), [Length(max=8)], render_kw={"maxlength": 8, **PLAIN}
    )
    bank_name = StringField(_l("Bank"), render_kw={"maxlength": 120})
    bank_account = StringField(_l("Account number"), render_kw={"maxlength": 40, **PLAIN})
    active = BooleanField(_l("In use"), default=True)

    def cells(self) -> dict[str, str]:
        """What is typed, as the rules take it."""
        return _cells(self, "code", "tax_id", "prefix", "bank_name", "bank_account")


class ProjectForm(PortalForm):
    shown = HiddenField()
    name_zh = StringField(_l("Chinese name"), [Length(max=120)], render_kw={"maxlength": 120})
    name_en = StringField(_l("English name"), [Length(max=120)], render_kw={"maxlength": 120})
    code = StringField(_l("Code"), [Length(max=40)], render_kw={"maxlength": 40, **PLAIN})
    owner = StringField(_l("Owner"), [Length(max=254)], render_kw={"maxlength": 254, **PLAIN})
    active = BooleanField(_l("In use"), default=True)

    def cells(self) -> dict[str, str]:
        """What is typed, as the rules take it."""
        return _cells(self, "code", "owner")


def _cells(form: PortalForm, *names: str) -> dict[str, str]:
    typed = {name: form._fields[name].data or "" for name in ("name_zh", "name_en", *names)}
    return {**typed, "active": "yes" if form._fields["active"].data else ""}
