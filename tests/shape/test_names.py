"""One name for one thing: endpoint, template and test; event and template; fragment and id."""

import re
from pathlib import Path

import pytest
from flask import Flask

from portal.claims import events
from portal.prior import events as prior
from portal.web.access_table import rows

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "portal" / "templates"
PAGE = re.compile(r"""render_template\(\s*["']([a-z]+)/([a-z_]+)\.html["']""")

WITHOUT_ENDPOINT = {
    "errors/error": "one page for every refusal",
    "claims/list_all": "drawn by the page function that both lists share",
    "claims/print": "becomes the PDF of claims.paper",
    "prior/print": "becomes the PDF of prior.paper",
}
"""Whole pages that are not named after an endpoint, and why."""

TESTED_TOGETHER = {
    # endpoint's name: the test file that tells its story
    "approvals": {"inbox": "inbox", "decide": "decide", "confirm": "several"},
    "claims": {
        "delete": "draft", "submit": "submit", "withdraw": "submit", "template": "repeat",
        "templates": "repeat", "list_all": "list",
    },
    "prior": {
        "delete": "edit", "withdraw": "submit", "close": "submit", "repay": "owed",
    },
}  # fmt: skip


def test_every_event_of_a_claim_has_its_words() -> None:
    folder = TEMPLATES / "claims" / "events"
    have = {path.stem.removeprefix("_") for path in folder.glob("_*.html")}
    assert have == set(events.ALL), "one file each in templates/claims/events"


def test_every_event_of_a_request_has_its_words() -> None:
    folder = TEMPLATES / "prior" / "events"
    have = {path.stem.removeprefix("_") for path in folder.glob("_*.html")}
    named = {
        value for name, value in vars(prior).items()
        if name.isupper() and isinstance(value, str) and value.startswith("prior_")
    }  # fmt: skip
    assert have == named == set(prior.ALL), "one file each in templates/prior/events"


def test_every_event_that_is_named_is_in_the_list_of_all() -> None:
    named = {
        value for name, value in vars(events).items()
        if name.isupper() and isinstance(value, str) and value.startswith("claim_")
    }  # fmt: skip
    assert named == set(events.ALL)


def endpoints(app: Flask) -> set[str]:
    """Endpoints by their page: ``claims.edit_post`` belongs to ``claims.edit``."""
    return {row.endpoint.removesuffix("_post") for row in rows(app)}


def test_every_page_is_named_after_its_endpoint(portal: Flask) -> None:
    known = endpoints(portal)
    for path in sorted(TEMPLATES.glob("*/[!_]*.html")):
        folder, name = path.parent.name, path.stem
        if folder in ("layouts", "ui", "mail") or f"{folder}/{name}" in WITHOUT_ENDPOINT:
            continue
        fits = {f"{folder}.{name}", f"{folder}.{name}_"}
        assert fits & known, f"{folder}/{name}.html: rename it after the endpoint that shows it"


def test_every_template_that_a_view_names_is_there() -> None:
    for path in sorted((ROOT / "portal").rglob("*.py")):
        for folder, name in PAGE.findall(path.read_text(encoding="utf-8")):
            assert (TEMPLATES / folder / f"{name}.html").exists(), f"{path.name}: {folder}/{name}"


@pytest.mark.parametrize("feature", ["approvals", "claims", "home", "prior", "session"])
def test_every_page_of_the_journey_has_its_test_file(portal: Flask, feature: str) -> None:
    for path in sorted((TEMPLATES / feature).glob("[!_]*.html")):
        if f"{feature}/{path.stem}" in WITHOUT_ENDPOINT:
            continue
        name = TESTED_TOGETHER.get(feature, {}).get(path.stem, path.stem)
        wanted = ROOT / "tests" / "blueprints" / feature / f"test_{name}.py"
        assert wanted.exists(), f"{feature}/{path.name} has no {wanted.relative_to(ROOT)}"


def test_a_fragment_is_named_after_its_root() -> None:
    for path in sorted(TEMPLATES.rglob("_*.html")):
        if path.parent.name == "events":
            continue
        markup = re.sub(r"{#.*?#}|{%.*?%}", "", path.read_text(encoding="utf-8"), flags=re.S)
        root = re.match(r"\s*<\w+[^>]*?\sid=\"([^\"]+)\"", markup)
        if root is None or "{{" in root[1]:
            continue
        stem = path.stem.removeprefix("_").replace("_", "-")
        singular = path.parent.name.removesuffix("s")
        allowed = {stem, f"{path.parent.name}-{stem}", f"{singular}-{stem}"}
        assert root[1] in allowed, f"{path.name}: its root has id={root[1]!r}, not {allowed}"


def test_what_is_included_is_a_fragment() -> None:
    for path in sorted(TEMPLATES.rglob("*.html")):
        for name in re.findall(r"{% include \"([^\"]+)\"", path.read_text(encoding="utf-8")):
            assert name.split("/")[-1].startswith("_"), f"{path.name} includes the page {name}"
