"""Forms for deciding."""

from wtforms import TextAreaField

from portal.approvals.conversation import LONGEST_REMARK
from portal.forms.base import AtMost, PortalForm
from portal.forms.claims import ActionForm
from portal.web.languages import lazy_gettext as _l


class DecisionForm(ActionForm):
    """One decision on one claim; reasons for single lines are named ``reason-<line>``."""

    comment = TextAreaField(_l("Your remark"), [AtMost(LONGEST_REMARK)], render_kw={"rows": 2})


class BulkForm(PortalForm):
    """Several approvals at once; what was chosen travels as ``claim=<id>:<version>``,
    or ``request=…``."""
