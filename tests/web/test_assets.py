"""Static files: hashed, compressed, kept for a year, and small."""

import gzip
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask

from tests.browser import Visitor

STATIC = Path(__file__).parents[2] / "portal" / "static"


def addresses(visitor: Visitor) -> list[str]:
    """What the sign-in page loads."""
    visitor.go("/sign-in")
    found = [
        node.attributes.get(name) or ""
        for selector, name in (("link[href]", "href"), ("script[src]", "src"), ("img[src]", "src"))
        for node in visitor.find(selector)
    ]
    return sorted(set(found))


def test_they_are_named_by_their_content_and_kept_for_a_year(visitor: Visitor) -> None:
    for address in addresses(visitor):
        assert re.fullmatch(r"/static/[\w/-]+\.[0-9a-f]{12}\.(css|js|svg|png)", address)
        answer = visitor.client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [("br, gzip", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress), ("", None, bytes)],
)
def test_they_are_sent_as_the_browser_likes_them(
    visitor: Visitor, accepted: str, encoding: str | None, unpack: object
) -> None:
    [sheet] = [address for address in addresses(visitor) if address.endswith(".css")]
    answer = visitor.client.get(sheet, headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
    plain = visitor.client.get(sheet, headers={"Accept-Encoding": "identity"}).data
    assert unpack(answer.data) == plain  # type: ignore[operator]
    assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("name", ["css/base.css", "../settings.py", "js/portal.js", ""])
def test_other_names_do_not_exist(visitor: Visitor, name: str) -> None:
    assert visitor.client.get(f"/static/{name}").status_code == 404


def test_the_own_style_sheets_are_small() -> None:
    # paper.css is the printed claim's; no browser loads it.
    own = sum(
        path.stat().st_size for path in (STATIC / "css").glob("*.css") if path.stem != "paper"
    )
    assert own < 25 * 1024, f"{own} bytes of CSS; fewer than 25 KB were promised"


def test_the_own_scripts_are_small() -> None:
    lines = (STATIC / "js" / "portal.js").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 60


def test_a_first_visit_of_the_claim_list_is_light(alice: Visitor) -> None:
    asked = {"Accept-Encoding": "br, gzip"}
    page = alice.client.get("/claims/", headers=asked)
    loaded = [alice.client.get(address, headers=asked) for address in addresses(alice)]
    size = sum(len(answer.data) + 300 for answer in [page, *loaded])
    assert 1 + len(loaded) <= 6
    assert size <= 60 * 1024, f"{size} bytes over the wire"


def test_nothing_is_loaded_from_elsewhere(app: Flask) -> None:
    for path in STATIC.rglob("*.css"):
        sheet = path.read_text(encoding="utf-8")
        assert not re.search(r"@import|url\(\s*['\"]?(https?:)?//", sheet), path.name
