import pytest

from portal.core.errors import Invalid
from portal.core.text import fitting, typed


def test_signs_that_nobody_types_are_dropped_and_lines_end_as_browsers_count_them() -> None:
    assert typed("Pa\x00per\r\nfor\tall\x7f") == "Paper\nfor\tall"


def test_a_text_that_is_too_long_is_refused_with_the_limit_and_its_length() -> None:
    assert fitting(" 三个字 ", 3) == "三个字"
    with pytest.raises(Invalid, match="4 of at most 3 characters") as refused:
        fitting("四个字了", 3, "purpose")
    assert refused.value.field == "purpose"
