"""Forms around a claim."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from portal.approvals.conversation import LONGEST_REMARK
from portal.claims.templates import LONGEST_NAME
from portal.claims.typed_lines import LENGTHS
from portal.forms.base import AtMost, PortalForm, text_at
from portal.forms.claim_lines import LineForm
from portal.prior.models import PriorRequest
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext as _l


class ClaimForm(PortalForm):
    version = HiddenField()
    purpose = StringField(_l("What it is for"), [AtMost(LENGTHS["purpose"])])
    trip = SelectField(_l("Trip request"), validate_choice=False)

    def offer(self, trips: Iterable[PriorRequest], chosen: PriorRequest | None) -> None:
        """Fill the list of trips; the one that was chosen stays although it is closed by now."""
        listed = {trip.id: trip for trip in (*trips, *([chosen] if chosen else []))}
        self.trip.choices = [SelectChoice("", _("No trip"))] + [
            SelectChoice(str(trip.id), f"{trip.number} {trip.purpose}") for trip in listed.values()
        ]

    @property
    def trip_id(self) -> int | None:
        """The trip on the page; None for none, and for what is no number."""
        text = self.trip.data or ""
        return int(text) if text.isdecimal() and len(text) < 19 else None

    def control(self, name: str) -> Any:
        """The control that a finding names; None when there is none."""
        return self._fields.get(name)


def too_long(form: ClaimForm, lines: Mapping[int, LineForm]) -> list[tuple[str, str]]:
    """Texts that have no room where they are stored, each with the id of its control.

    The fields then say so themselves, too.
    """
    found = []
    if not form.purpose.validate(form):
        found.append((form.purpose.id, text_at(form.purpose.label.text, form.purpose.errors[0])))
    for place, line in enumerate(lines.values(), start=1):
        line.validate()
        for part in line.parts.values():
            part.validate()
        for field in (*line, *(field for part in line.parts.values() for field in part)):
            text = " ".join(text_at(field.label.text, error) for error in field.errors)
            if text:
                found.append((field.id, _("Line %(place)s: %(text)s", place=place, text=text)))
    return found


class ActionForm(PortalForm):
    """A button that acts on a claim as it was shown."""

    version = HiddenField()

    @property
    def shown(self) -> int:
        """The version on the page; 0, which nothing has, when it was tampered with."""
        text = str(self.version.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else 0


class CommentForm(PortalForm):
    comment = TextAreaField(
        _l("Comment"), [AtMost(LONGEST_REMARK)], id="say-text", render_kw={"rows": 3}
    )


class TemplateForm(PortalForm):
    name = StringField(_l("Name of the template"), [AtMost(LONGEST_NAME)])
