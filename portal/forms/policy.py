"""Forms around the rules. A draft is saved as it was typed; what no rule can use is its fault."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import NumberRange

from portal.core.days import parse_day
from portal.core.errors import Invalid
from portal.core.money import parse_amount
from portal.core.words import words
from portal.forms.base import AtMost, PortalForm, choices
from portal.people.models import GRADES as GRADE_CODES
from portal.policy.calendar import LONGEST_NAME
from portal.policy.drafts import LONGEST_NOTE
from portal.policy.editing import Typed
from portal.policy.findings import ClaimFacts, LineFacts
from portal.policy.rules import Category
from portal.web.i18n import named
from portal.web.labels import GRADES
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext as _l

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
AMOUNT = {"inputmode": "decimal", "autocomplete": "off", "class": "num"}
DAY = {"type": "date", "placeholder": "2026-03-31"}

COMPUTED = (
    ("", _l("Typed from the receipt")),
    ("mileage", _l("Kilometres × rate")),
    ("per_diem", _l("Days × allowance")),
    ("quantity", _l("Quantity × price")),
)


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
    needs_project = BooleanField(_l("Needs a project"))
    needs_merchant = BooleanField(_l("Needs the merchant"))
    computed = SelectField(
        _l("How the amount comes about"), choices=choices(COMPUTED), validate_choice=False
    )
    reimbursable = BooleanField(_l("Reimbursable"), default=True)
    active = BooleanField(_l("Offered for new expenses"), default=True)

    def typed(self) -> Typed:
        """What is typed, as the rules take it."""
        return Typed(**{name: self._fields[name].data for name in Typed.__dataclass_fields__})


class NewCategoryForm(CategoryForm):
    code = StringField(_l("Code"), [AtMost(40)], render_kw=PLAIN)


class DraftForm(PortalForm):
    """A button on the draft as it was shown."""

    version = HiddenField()

    @property
    def shown(self) -> int:
        """The version on the page; 0, which no draft has, when it was tampered with."""
        text = str(self.version.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else 0


class PublishForm(DraftForm):
    valid_from = StringField(_l("In force from"), render_kw=DAY)
    note = StringField(_l("Why the rules change"), [AtMost(LONGEST_NOTE)])


class RulesFileForm(PortalForm):
    file = FileField(_l("Rules as a file"))


class DayForm(PortalForm):
    """A day for the calendar."""

    day = StringField(_l("Day"), render_kw=DAY)
    works = SelectField(
        _l("What it is"), choices=choices([("", _l("Holiday")), ("y", _l("Working day"))])
    )
    name_zh = StringField(_l("Chinese name"), render_kw={"maxlength": LONGEST_NAME})
    name_en = StringField(_l("English name"), render_kw={"maxlength": LONGEST_NAME})


class SampleForm(PortalForm):
    """An expense to try the rules on, as a shareable address."""

    category = SelectField(_l("Category"), validate_choice=False)
    amount = StringField(_l("Amount"), render_kw=AMOUNT)
    grade = SelectField(_l("Grade"), choices=choices(GRADES.items()), validate_choice=False)
    city = StringField(_l("City"), render_kw={"maxlength": 60})
    nights = StringField(_l("Nights"), render_kw={"inputmode": "numeric", "class": "num"})
    spent_on = StringField(_l("Date"), render_kw=DAY)
    merchant = StringField(_l("Merchant"), render_kw={"maxlength": 200})
    purpose = StringField(_l("What for"), render_kw={"maxlength": 200})
    attendees = StringField(_l("Attendees"), render_kw={"maxlength": 2000})
    receipt = BooleanField(_l("With a receipt"))

    class Meta(PortalForm.Meta):
        csrf = False

    def offer(self, categories: Iterable[Category]) -> None:
        """Fill the list of categories."""
        self.category.choices = category_choices(categories)

    def facts(self, today: date) -> ClaimFacts | None:
        """The expense as the rules see it; None when a field has to be corrected."""
        grade = self.grade.data if self.grade.data in GRADE_CODES else GRADE_CODES[0]
        line = LineFacts(
            1,
            self._read("spent_on", parse_day) or today,
            self.category.data or "",
            self.purpose.data or _("Sample"),
            self._read("amount", parse_amount),
            city=self.city.data or "",
            nights=self._read("nights", _nights),
            attendees=self.attendees.data or "",
            receipts=int(bool(self.receipt.data)),
            merchant=self.merchant.data or "",
            project="–",
        )
        return None if self.errors_found else ClaimFacts(_("Sample"), grade, today, (line,))

    def _read(self, name: str, parse: Callable[[str], Any]) -> Any:
        text = (self._fields[name].data or "").strip()
        try:
            return parse(text) if text else None
        except Invalid as refusal:
            self.refuse(Invalid(refusal.words, name))
            return None

    @property
    def errors_found(self) -> bool:
        """Whether a field has to be corrected."""
        return any(field.errors for field in self)


def _nights(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:4]) <= 366:
        raise Invalid(words("Nights are a whole number, such as 2."))
    return int(text[:4])


def category_choices(categories: Iterable[Category], first: str = "–") -> list[SelectChoice]:
    """Categories for a list; the first choice is none."""
    listed = [SelectChoice("", first)]
    return listed + [SelectChoice(one.code, named(one.name)) for one in categories]
