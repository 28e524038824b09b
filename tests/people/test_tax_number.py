import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.core.errors import Invalid
from portal.people.tax_number import SIGNS, check, is_unified, plain


@pytest.mark.parametrize("number", ["91350100M000100Y43", "91110000600037341L"])
def test_codes_in_public_use_are_right(number: str) -> None:
    check(number)
    assert is_unified(number)


@given(some.integers(0, 16), some.sampled_from(SIGNS))
def test_one_mistyped_sign_is_found(place: int, sign: str) -> None:
    right = "91350100M000100Y43"
    typed = right[:place] + sign + right[place + 1 :]
    assert is_unified(typed) == (typed == right)


@given(some.integers(0, 15))
def test_two_signs_that_changed_places_are_found(place: int) -> None:
    right = "91350100M000100Y43"
    typed = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    assert is_unified(typed) == (typed == right)


@pytest.mark.parametrize("number", ["1" * 14, "1" * 21, "91350100-M000100Y4", "九" * 18])
def test_what_is_no_tax_number_is_refused(number: str) -> None:
    with pytest.raises(Invalid):
        check(plain(number))
