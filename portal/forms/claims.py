"""Forms around a claim. What is typed on a line is judged by the rules, not refused here."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Form, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from portal.claims.drafting import LENGTHS, LONGEST_NAME, TypedLine
from portal.claims.models import Claim, Line
from portal.claims.workflow import LONGEST_REMARK
from portal.forms.base import AtMost, PortalForm, text_at
from portal.policy.rules import Policy
from portal.web.i18n import named
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext as _l

AMOUNT = {"inputmode": "decimal", "autocomplete": "off", "class": "num"}


class LineForm(Form):
    """One expense as typed; field names begin with ``line-<id>-``."""

    spent_on = StringField(
        _l("Date"),
        [AtMost(LENGTHS["spent_on"])],
        render_kw={"type": "date", "placeholder": "2026-03-31"},
    )
    category = SelectField(_l("Category"), validate_choice=False)
    amount = StringField(_l("Amount"), [AtMost(LENGTHS["amount"])], render_kw=AMOUNT)
    purpose = StringField(_l("What for"), [AtMost(LENGTHS["purpose"])])
    city = StringField(_l("City"), [AtMost(LENGTHS["city"])])
    nights = StringField(
        _l("Nights"),
        [AtMost(LENGTHS["nights"])],
        render_kw={"inputmode": "numeric", "class": "num"},
    )
    attendees = TextAreaField(
        _l("Attendees"), [AtMost(LENGTHS["attendees"])], render_kw={"rows": 2}
    )
    cost_centre = StringField(_l("Cost centre"), [AtMost(LENGTHS["cost_centre"])])
    reason = TextAreaField(_l("Explanation"), [AtMost(LENGTHS["reason"])], render_kw={"rows": 2})

    class Meta:
        locales = ("en",)

    def typed(self, line_id: int) -> TypedLine:
        """What stands on the line now, as text."""
        return TypedLine(
            id=line_id, **{name: field.data or "" for name, field in self.typed_fields}
        )

    @property
    def typed_fields(self) -> list[tuple[str, Any]]:
        """The fields by name."""
        return [
            (name, self._fields[name]) for name in TypedLine.__dataclass_fields__ if name != "id"
        ]


class ClaimForm(PortalForm):
    version = HiddenField()
    purpose = StringField(_l("What it is for"), [AtMost(LENGTHS["purpose"])])


def category_choices(policy: Policy) -> list[SelectChoice]:
    """Categories for a list: those without children first, the others under their parents."""
    usable = [category for category in policy.categories.values() if category.active]
    parents = {category.parent for category in usable}
    listed = [SelectChoice("", "–")]
    for category in usable:
        if category.code in parents:
            continue
        above = policy.categories.get(category.parent or "")
        group = named(above.name) if above else None
        listed.append(SelectChoice(category.code, named(category.name), optgroup=group))
    return sorted(listed, key=lambda choice: choice.optgroup is not None)


def line_form(line: Line, policy: Policy, formdata: MultiDict[str, str] | None = None) -> LineForm:
    """The form of a stored line, or of what was just typed into it."""
    stored = {
        "spent_on": line.typed.get("spent_on") or _text(line.spent_on),
        "amount": line.typed.get("amount") or amount_text(line.amount),
        "nights": line.typed.get("nights") or _text(line.nights),
        "category": line.category,
        "purpose": line.purpose,
        "city": line.city,
        "attendees": line.attendees,
        "cost_centre": line.cost_centre,
        "reason": line.reason,
    }
    form = LineForm(formdata, prefix=f"line-{line.id}-", data=stored)
    form.category.choices = category_choices(policy)
    if "spent_on" in line.typed:
        # A date control shows nothing of a text that is no date.
        form.spent_on.render_kw = {"type": "text"}
    return form


def typed_lines(claim: Claim, formdata: MultiDict[str, str]) -> list[TypedLine]:
    """What was typed into each of the claim's lines that the page had."""
    return [
        LineForm(formdata, prefix=f"line-{line.id}-").typed(line.id)
        for line in claim.lines
        if f"line-{line.id}-amount" in formdata
    ]


def too_long(form: ClaimForm, lines: Mapping[int, LineForm]) -> list[tuple[str, str]]:
    """Texts that have no room where they are stored, each with the id of its control.

    The fields then say so themselves, too.
    """
    found = []
    if not form.purpose.validate(form):
        found.append((form.purpose.id, text_at(form.purpose.label.text, form.purpose.errors[0])))
    for place, line in enumerate(lines.values(), start=1):
        line.validate()
        for field in line:
            text = " ".join(text_at(field.label.text, error) for error in field.errors)
            if text:
                found.append((field.id, _("Line %(place)s: %(text)s", place=place, text=text)))
    return found


def amount_text(minor: int | None) -> str:
    """An amount as it is typed."""
    return "" if minor is None else f"{minor // 100}.{minor % 100:02d}"


def _text(value: object) -> str:
    return "" if value is None else str(value)


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
