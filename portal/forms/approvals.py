"""Forms for deciding."""

from wtforms import TextAreaField
from wtforms.validators import Length

from portal.forms.base import PortalForm
from portal.forms.claims import ActionForm
from portal.web.languages import lazy_gettext as _l


class DecisionForm(ActionForm):
    """One decision on one claim; reasons for single lines are named ``reason-<line>``."""

    comment = TextAreaField(
        _l("Your remark"), [Length(max=2000)], render_kw={"rows": 2, "maxlength": 2000}
    )


class BulkForm(PortalForm):
    """Several approvals at once; what was chosen travels as ``claim=<id>:<version>``."""
