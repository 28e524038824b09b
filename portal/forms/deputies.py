"""The form that names a deputy."""

from wtforms import StringField

from portal.forms.base import PortalForm
from portal.forms.people import PLAIN
from portal.web.languages import lazy_gettext as _l


class DeputyForm(PortalForm):
    deputy = StringField(_l("Employee number or e-mail"), render_kw={"maxlength": 254, **PLAIN})
