"""Forms about people and departments. What is typed is judged by the rules, all at once."""

from collections.abc import Mapping
from typing import Any

from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.errors import Invalid
from portal.forms.base import AtMost, PortalForm, choices
from portal.people.departments import Branch
from portal.people.directory import Incorrect
from portal.people.directory_fields import LONGEST
from portal.web.i18n import named
from portal.web.labels import GRADES, ROLES
from portal.web.languages import LANGUAGES
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext as _l

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class Checkboxes(SelectMultipleField):
    """Several choices, each a checkbox."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def department_choices(tree: list[Branch], first: str) -> list[tuple[str, str]]:
    """Departments for a list, indented as they stand; ``first`` is what choosing none means."""
    return [("", first), *((b.code, "\u3000" * b.depth + named(b.name)) for b in tree)]


class PersonForm(PortalForm):
    """Everything that is known of a person; the names are the columns of an import."""

    shown = HiddenField()
    name = StringField(_l("Name"), [AtMost(LONGEST["name"])], render_kw={"autocomplete": "off"})
    number = StringField(_l("Employee number"), [AtMost(LONGEST["number"])], render_kw=PLAIN)
    email = StringField(
        _l("E-mail"), [AtMost(LONGEST["email"])], render_kw={"inputmode": "email", **PLAIN}
    )
    department = SelectField(_l("Department"), validate_choice=False)
    manager = StringField(_l("Line manager"), [AtMost(LONGEST["manager"])], render_kw=PLAIN)
    grade = SelectField(_l("Grade"), choices=choices(GRADES.items()), validate_choice=False)
    hired_on = StringField(_l("Hired on"), render_kw={"type": "date", "placeholder": "2026-03-31"})
    # Not called language: the button that switches the page's language is.
    language = RadioField(
        _l("Language"),
        choices=choices(LANGUAGES.items()),
        default="zh",
        validate_choice=False,
        name="spoken",
    )
    roles = Checkboxes(_l("Roles"), choices=choices(ROLES.items()), validate_choice=False)
    bank_name = StringField(_l("Bank"), [AtMost(LONGEST["bank_name"])])
    bank_account = StringField(
        _l("Account number"), [AtMost(LONGEST["bank_account"])], render_kw=PLAIN
    )

    @classmethod
    def showing(cls, cells: Mapping[str, str], shown: str = "") -> "PersonForm":
        """The form of what is known."""
        return cls(formdata=None, shown=shown, **{**cells, "roles": cells["roles"].split()})

    def cells(self) -> dict[str, str]:
        """What is typed, as the rules take it."""
        typed = {name: self._fields[name].data or "" for name in CELLS}
        return {**typed, "roles": " ".join(self.roles.data or [])}

    def refuse(self, refusal: Invalid) -> None:
        """Show each problem at its field."""
        if not isinstance(refusal, Incorrect):
            super().refuse(refusal)
            return
        for problem in refusal.problems:
            super().refuse(Invalid(problem.says, problem.column))
        if self.hired_on.errors:
            # A date control shows nothing of a text that is no date.
            self.hired_on.render_kw = {"type": "text"}


CELLS = (
    "number", "email", "name", "department", "manager", "grade", "language", "hired_on",
    "bank_name", "bank_account",
)  # fmt: skip


class PeopleFilterForm(PortalForm):
    """What the list of people is narrowed to, as a shareable address."""

    text = StringField(_l("Name, number or e-mail"))
    department = SelectField(_l("Department"), validate_choice=False)
    role = SelectField(
        _l("Role"), choices=choices([("", _l("All")), *ROLES.items()]), validate_choice=False
    )
    state = SelectField(
        _l("State"),
        choices=choices(
            [("working", _l("Working here")), ("left", _l("Left")), ("all", _l("All"))]
        ),
        default="working",
        validate_choice=False,
    )

    class Meta(PortalForm.Meta):
        csrf = False

    def offer(self, tree: list[Branch]) -> None:
        """Fill the list of departments."""
        self.department.choices = department_choices(tree, _("All"))


class ImportForm(PortalForm):
    file = FileField(_l("People as CSV"))


class ConfirmForm(PortalForm):
    """A button that does what its page names."""


class DepartmentForm(PortalForm):
    shown = HiddenField()
    name_zh = StringField(_l("Chinese name"), [AtMost(120)])
    name_en = StringField(_l("English name"), [AtMost(120)])
    code = StringField(_l("Code"), [AtMost(40)], render_kw=PLAIN)
    parent = SelectField(_l("Belongs to"), validate_choice=False)
    company = SelectField(_l("Company"), validate_choice=False)
    head = StringField(_l("Head"), [AtMost(254)], render_kw=PLAIN)
    cost_centre = StringField(_l("Cost centre"), [AtMost(40)], render_kw=PLAIN)

    def cells(self) -> dict[str, Any]:
        """What is typed, as the rules take it."""
        names = ("code", "name_zh", "name_en", "parent", "head", "cost_centre", "company")
        return {name: self._fields[name].data or "" for name in names}
