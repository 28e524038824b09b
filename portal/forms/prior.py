"""Forms around trip requests and advances. What is typed is judged by the rules, not here."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length

from portal.forms.base import choices
from portal.forms.claim_lines import AMOUNT, amount_text
from portal.forms.claims import ActionForm
from portal.people.models import Project
from portal.prior.drafting import PARSED, Typed
from portal.prior.models import PriorRequest
from portal.web.i18n import named
from portal.web.languages import lazy_gettext as _l

DAY = {"type": "date", "placeholder": "2026-03-31"}
NOTHING = ("", "–")


class PriorForm(ActionForm):
    """What a trip and an advance have in common."""

    purpose = StringField(_l("Purpose"), [Length(max=200)], render_kw={"maxlength": 200})
    amount = StringField(_l("Amount"), render_kw=AMOUNT)
    ends_on = StringField(_l("To be settled by"), render_kw=DAY)
    project_id = SelectField(_l("Project"), validate_choice=False)
    remarks = TextAreaField(
        _l("Remarks"), [Length(max=2000)], render_kw={"rows": 3, "maxlength": 2000}
    )

    def fill(self, request: PriorRequest) -> None:
        """Show what is stored, or was typed and could not be understood."""
        self.version.data = str(request.version)
        for name, field in self._fields.items():
            if name in PARSED:
                value = getattr(request, name)
                shown = amount_text(value) if name == "amount" else str(value or "")
                field.data = request.typed.get(name) or shown
            elif name not in ("version", "form_key", "csrf_token"):
                field.data = str(getattr(request, name) or "")
        self.show_text()

    def show_text(self) -> None:
        """A date control shows nothing of a text that is no date: then it is one for text."""
        for name in ("starts_on", "ends_on"):
            field = self._fields.get(name)
            if field is not None and field.data and not _is_iso(field.data):
                field.render_kw = {**DAY, "type": "text"}

    def offer(self, projects: Iterable[Project], trips: Iterable[PriorRequest]) -> None:
        """Fill the lists."""
        listed = [(str(each.id), f"{each.code} {named(each.name)}") for each in projects]
        self.project_id.choices = choices([NOTHING, *listed])
        if "trip_id" in self._fields:
            kept = [(str(each.id), f"{each.number} {each.purpose}") for each in trips]
            self._fields["trip_id"].choices = choices([NOTHING, *kept])

    @property
    def typed(self) -> Typed:
        """What stands in the form, as text."""
        texts: dict[str, Any] = {
            name: str(field.data or "")
            for name, field in self._fields.items()
            if name in Typed.__dataclass_fields__
        }
        project_id, trip_id = (_id(texts.pop(name, "")) for name in ("project_id", "trip_id"))
        return replace(Typed(**texts), project_id=project_id, trip_id=trip_id)


class TripForm(PriorForm):
    amount = StringField(_l("Budget"), render_kw=AMOUNT)
    starts_on = StringField(_l("First day"), render_kw=DAY)
    ends_on = StringField(_l("Last day"), render_kw=DAY)
    cities = StringField(_l("Cities"), [Length(max=200)], render_kw={"maxlength": 200})


class AdvanceForm(PriorForm):
    trip_id = SelectField(_l("For the trip"), validate_choice=False)


class RepayForm(ActionForm):
    """Cash that somebody returned."""

    amount = StringField(_l("Amount"), render_kw=AMOUNT)
    on = StringField(_l("Returned on"), render_kw=DAY)
    reference = StringField(
        _l("Reference"), [Length(max=80)], render_kw={"maxlength": 80, "autocomplete": "off"}
    )


FORMS = {"trip": TripForm, "advance": AdvanceForm}


def _id(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _is_iso(text: str) -> bool:
    parts = text.split("-")
    return [len(part) for part in parts] == [4, 2, 2] and all(part.isdecimal() for part in parts)
