"""The form of a line. What is typed on it is judged by the rules, not refused here."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Form, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from portal.claims.computing import part_text
from portal.claims.legs import KEYS, has_leg, leg_texts
from portal.claims.models import Claim, Line, Split
from portal.claims.pricing import computed_of
from portal.claims.typed_lines import (
    LENGTHS,
    OTHER_CURRENCY,
    TypedLine,
    TypedPart,
    part_name,
)
from portal.core.money import format_plain
from portal.forms.base import AtMost, choices
from portal.people.models import Project
from portal.policy.rules import MILEAGE, Policy
from portal.web.i18n import named
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext as _l

CODE = {"maxlength": 20, "autocomplete": "off", "autocapitalize": "characters", "class": "letters"}
MOMENT = {"placeholder": "2026-03-31 08:05", "autocomplete": "off"}
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
    merchant = StringField(_l("Merchant"), [AtMost(LENGTHS["merchant"])])
    city = StringField(_l("City"), [AtMost(LENGTHS["city"])])
    nights = StringField(
        _l("Nights"),
        [AtMost(LENGTHS["nights"])],
        render_kw={"inputmode": "numeric", "class": "num"},
    )
    origin = StringField(_l("Leaves from"), [AtMost(LENGTHS["origin"])])
    left_at = StringField(_l("Departure time"), [AtMost(LENGTHS["left_at"])], render_kw=MOMENT)
    destination = StringField(_l("Arrives in"), [AtMost(LENGTHS["destination"])])
    arrived_at = StringField(_l("Arrival time"), [AtMost(LENGTHS["arrived_at"])], render_kw=MOMENT)
    transport_number = StringField(
        _l("Train or flight"), [AtMost(LENGTHS["transport_number"])], render_kw=CODE
    )
    attendees = TextAreaField(
        _l("Attendees"), [AtMost(LENGTHS["attendees"])], render_kw={"rows": 2}
    )
    cost_centre = StringField(_l("Cost centre"), [AtMost(LENGTHS["cost_centre"])])
    currency = SelectField(_l("Currency"), validate_choice=False)
    currency_code = StringField(
        _l("Code of the currency"), [AtMost(LENGTHS["currency_code"])], render_kw=CODE
    )
    quantity = StringField(_l("How many"), [AtMost(LENGTHS["quantity"])], render_kw=AMOUNT)
    unit_price = StringField(_l("Price of one"), [AtMost(LENGTHS["unit_price"])], render_kw=AMOUNT)
    ends_on = StringField(
        _l("Last day"),
        [AtMost(LENGTHS["ends_on"])],
        render_kw={"type": "date", "placeholder": "2026-03-31"},
    )
    project = SelectField(_l("Project"), validate_choice=False)
    reason = TextAreaField(_l("Explanation"), [AtMost(LENGTHS["reason"])], render_kw={"rows": 2})

    class Meta:
        locales = ("en",)

    def __init__(self, *args: Any, **values: Any):
        super().__init__(*args, **values)
        self.parts: dict[int, PartForm] = {}
        self.leg = [self[name] for name in KEYS]
        self.is_journey = False

    def typed(self, line_id: int) -> TypedLine:
        """What stands on the line now, as text."""
        parts = tuple(form.typed(number) for number, form in self.parts.items())
        return TypedLine(id=line_id, parts=parts, **_texts(self))

    def control(self, name: str) -> Any:
        """The control that a finding names, also one of a part; None when there is none."""
        for number, form in self.parts.items():
            if name == part_name(number):
                return form.part
        return self._fields.get(name)


class PartForm(Form):
    """A part of a line; field names begin with ``line-<id>-split-<id>-``."""

    part = StringField(_l("Share or amount"), [AtMost(LENGTHS["part"])], render_kw=AMOUNT)
    cost_centre = StringField(_l("Cost centre"), [AtMost(LENGTHS["cost_centre"])])
    project = SelectField(_l("Project"), validate_choice=False)

    class Meta:
        locales = ("en",)

    def typed(self, split_id: int) -> TypedPart:
        """What stands there now, as text."""
        return TypedPart(id=split_id, **_texts(self))


def _texts(form: Form) -> dict[str, str]:
    return {name: field.data or "" for name, field in form._fields.items()}


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


@dataclass(frozen=True)
class Offers:
    """What the lists of a line hold: currencies by code, the company's first, and projects."""

    currencies: Sequence[str]
    projects: Sequence[Project]

    def currency_choices(self, chosen: str) -> list[SelectChoice]:
        """The currencies that have a rate, the one that was chosen, and any other by its code."""
        codes = [*self.currencies, *({chosen} - {*self.currencies, ""})]
        return [*choices((code, code) for code in codes), SelectChoice(OTHER_CURRENCY, _("Other"))]

    def project_choices(self, chosen: int | None) -> list[SelectChoice]:
        """The projects in use; one that was closed meanwhile stays until another is chosen."""
        listed = [(str(each.id), named(each.name)) for each in self.projects]
        if chosen and str(chosen) not in dict(listed):
            listed.append((str(chosen), _("A project that is closed")))
        return choices([("", "–"), *listed])


def line_form(
    line: Line, policy: Policy, offers: Offers, formdata: MultiDict[str, str] | None = None
) -> LineForm:
    """The form of a stored line, or of what was just typed into it."""
    other = line.typed.get("currency_code")
    stored = {
        "currency": line.currency if other is None else OTHER_CURRENCY,
        "currency_code": other or "",
        "quantity": line.typed.get("quantity") or quantity_text(line.quantity),
        "unit_price": line.typed.get("unit_price") or amount_text(line.unit_price, line.currency),
        "ends_on": line.typed.get("ends_on") or _text(line.ends_on),
        "project": _text(line.project_id),
        "spent_on": line.typed.get("spent_on") or _text(line.spent_on),
        "amount": line.typed.get("amount") or amount_text(line.original, line.currency),
        "nights": line.typed.get("nights") or _text(line.nights),
        "category": line.category,
        "purpose": line.purpose,
        "merchant": line.merchant,
        "city": line.city,
        "attendees": line.attendees,
        "cost_centre": line.cost_centre,
        "reason": line.reason,
        **{name: line.typed.get(name) or text for name, text in leg_texts(line.leg).items()},
    }
    form = LineForm(formdata, prefix=f"line-{line.id}-", data=stored)
    form.category.choices = category_choices(policy)
    form.is_journey = has_leg(line.category, policy) or any(field.data for field in form.leg)
    if computed_of(line, policy) == MILEAGE:
        form.quantity.label.text = _("Kilometres")
    form.currency.choices = offers.currency_choices(line.currency)
    form.project.choices = offers.project_choices(line.project_id)
    form.parts = {split.id: _part_form(line, split, offers, formdata) for split in line.splits}
    for name in line.typed.keys() & {"spent_on", "ends_on"}:
        # A date control shows nothing of a text that is no date.
        form._fields[name].render_kw = {"type": "text"}
    return form


def _part_form(
    line: Line, split: Split, offers: Offers, formdata: MultiDict[str, str] | None
) -> PartForm:
    unread = line.typed.get(part_name(split.id))
    stored = {
        "part": unread or part_text(split.share, split.amount, "CNY"),
        "cost_centre": split.cost_centre,
        "project": _text(split.project_id),
    }
    form = PartForm(formdata, prefix=f"line-{line.id}-split-{split.id}-", data=stored)
    form.project.choices = offers.project_choices(split.project_id)
    return form


def typed_lines(claim: Claim, formdata: MultiDict[str, str]) -> list[TypedLine]:
    """What was typed into each of the claim's lines that the page had."""
    found = []
    for line in claim.lines:
        form = LineForm(formdata, prefix=f"line-{line.id}-")
        form.parts = {
            split.id: PartForm(formdata, prefix=f"line-{line.id}-split-{split.id}-")
            for split in line.splits
            if f"line-{line.id}-split-{split.id}-part" in formdata
        }
        if form.amount.name in formdata:
            found.append(form.typed(line.id))
    return found


def amount_text(minor: int | None, currency: str = "CNY") -> str:
    """An amount as it is typed."""
    return "" if minor is None else format_plain(minor, currency).replace(",", "")


def quantity_text(quantity: Decimal | None) -> str:
    """A number of kilometres or pieces as it is typed."""
    return "" if quantity is None else format(quantity, "f")


def _text(value: object) -> str:
    return "" if value is None else str(value)
