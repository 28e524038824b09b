"""What all forms share: text that is too long is refused where it was typed, and kept there."""

import pytest

from tests.browser import Visitor

FORMS = [
    ("bank", "/account/bank", "bank_name", 120, {"password": "x"}),
    ("person", "/people/new", "name", 120, {}),
    ("department", "/people/departments/new", "cost_centre", 40, {}),
    ("category", "/policy/categories/new", "name_en", 80, {}),
]


@pytest.mark.parametrize(("form", "path", "field", "most", "more"), FORMS)
def test_text_that_is_too_long_is_refused_at_the_field_and_kept(
    admin: Visitor, form: str, path: str, field: str, most: int, more: dict[str, str]
) -> None:
    long = "x" * (most + 3)
    admin.go(path).send(form, **more, **{field: long})
    assert admin.status == 422
    [error] = admin.find(f"#{field}-error")
    assert f"This is too long: {most + 3} of at most {most} characters." in error.text()
    [control] = admin.find(f"#{field}")
    assert control.attributes["value"] == long
    assert control.attributes["maxlength"] == str(most), "the browser does not know the limit"
    assert admin.find(f"#error-summary a[href='#{field}']")


def test_blanks_around_a_text_do_not_count(admin: Visitor) -> None:
    admin.go("/people/departments/new").send("department", cost_centre=" " * 30 + "x" * 40)
    assert admin.find("#cost_centre-error") == []
