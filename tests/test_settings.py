"""Settings come from the environment, and say what is wrong with it."""

import pytest

from portal.settings import BadSettings, from_environment


@pytest.mark.parametrize(("text", "given"), [("yes", True), ("No", False), ("", False)])
def test_a_switch_is_yes_or_no(text: str, given: bool) -> None:
    assert from_environment({"PORTAL_OCR": text}).ocr is given


def test_a_switch_that_is_neither_is_refused() -> None:
    with pytest.raises(BadSettings, match="PORTAL_OCR must be yes or no"):
        from_environment({"PORTAL_OCR": "1"})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"PORTAL_OIDC_ONLY": "yes"}, "PORTAL_OIDC_ONLY needs PORTAL_OIDC_ISSUER"),
        ({"PORTAL_OIDC_ISSUER": "https://id.example.com"}, "needs PORTAL_OIDC_CLIENT_ID"),
        ({"PORTAL_SCIM_TOKEN": "short"}, "PORTAL_SCIM_TOKEN must be at least 32"),
    ],
)
def test_half_a_way_to_sign_in_is_refused(given: dict[str, str], says: str) -> None:
    with pytest.raises(BadSettings, match=says):
        from_environment(given)
