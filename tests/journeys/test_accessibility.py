"""Every page of the demo company, for people who zoom, tab, listen or touch (WCAG 2.2 AA)."""

import shutil
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from portal import create_app, demo
from portal.core.db import begin_writing, db
from portal.people.passwords import hashed
from portal.settings import DEMO_PASSWORD, Settings
from portal.web import schema

from .engines.chromium import Chromium
from .sample_site import serving

pytestmark = pytest.mark.engines

NOBODY = "nobody"
PEOPLE = (NOBODY, "alice", "bob", "carol", "admin")
TODAY = date(2026, 11, 24)
VISITS = 6
"""How many pages of one endpoint each person opens, in search of something not seen before."""

HEIGHT = 720
DESK, ZOOMED, PHONE = 1280, 640, 320
"""Widths in CSS pixels: a desktop, the same at 200 % zoom, and the narrowest phone."""

NO_PAGE = {
    "assets.serve", "audit.export", "claims.export", "claims.paper", "claims.poll",
    "claims.reading", "claims.receipt", "claims.thumbnail", "health.alive", "health.ready",
    "oidc.back", "oidc.left", "oidc.start", "people.export", "policy.export", "prior.paper",
    "prior.poll", "scim.read",
}  # fmt: skip
"""What answers GET with something else than a page: files, pictures, parts of a page."""

NO_LINK = {
    "claims.submit", "demo.show", "people.check_import", "people.reactivate",
    "prior.submit", "rates.check_import", "session.new_password", "session.resume",
}  # fmt: skip
"""Pages that follow on a form or stand in a mail: the walk follows neither."""

STARTS = {NOBODY: ("/sign-in", "/verify", "/no-such-page"), "alice": ("/",)}

AXE = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run({runOnly: tags, resultTypes: ["violations"]});
  return found.violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id}, ${rule.help}: ${node.html.slice(0, 120)}`));
}"""

TOO_WIDE = """() => {
  const {clientWidth, scrollWidth} = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const wide = [...document.body.querySelectorAll("*")].filter(
    element => !element.closest(".scroll") && element.getBoundingClientRect().right > clientWidth);
  const culprit = wide.length ? wide.pop().outerHTML.slice(0, 120) : "the page";
  return [`${scrollWidth} px wide where ${clientWidth} px are: ${culprit}`];
}"""

# A link inside a sentence or a cell of figures is as high as its line; every other control is a
# target for a finger. A control is one with its label, and with what ::before adds around it.
TOO_LOW = """() => {
  const inline = "p:not(.row-main) > a:not(.button), dd a, td:not(.main-cell) a, .prose a, "
    + ".sub a, .field .help, .summary a, .receipts a, .line-files a, details a, .sr, .skip";
  const height = element => Math.max(
    element.getBoundingClientRect().height,
    parseFloat(getComputedStyle(element, "::before").height) || 0,
    ...[...(element.labels || [])].map(label => label.getBoundingClientRect().height));
  return [...document.querySelectorAll("a, button, input, select, textarea, summary")]
    .filter(element => element.getClientRects().length && !element.matches(inline))
    .filter(element => Math.round(height(element)) < 44)
    .map(element => `${Math.round(height(element))} px: ${element.outerHTML.slice(0, 120)}`);
}"""

# Where one may go from here without changing anything: links, and forms that ask with GET.
WAYS_ON = """() => [
  ...[...document.querySelectorAll("a[href]")].map(link => link.href.split("#")[0]),
  ...[...document.querySelectorAll("form[method=get]")].map(form => {
    const query = new URLSearchParams(new FormData(form));
    form.querySelectorAll("[type=checkbox]").forEach(box => query.append(box.name, box.value));
    return `${form.action.split("?")[0]}?${query}`;
  })]"""

# What a page is made of: pages of one endpoint with the same pieces look alike.
PIECES = """() => [...document.body.querySelectorAll("[class]")].flatMap(
  element => [...element.classList])"""

# What the tab key has to come to; of the radio buttons of one question it takes one.
UNMET = """() => [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]):not([type=radio]), select, textarea, summary")]
  .filter(element => element.tabIndex >= 0 && element.checkVisibility())
  .filter(element => !("met" in element.dataset))
  .map(element => element.outerHTML.slice(0, 120))"""

FOCUSED = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  element.dataset.met = "";
  const box = element.getBoundingClientRect();
  const seen = [4, box.height / 2, box.height - 4].some(down => {
    const there = document.elementFromPoint(box.x + box.width / 2, box.y + down);
    return there && (element.contains(there) || there.contains(element));
  });
  return {
    html: element.outerHTML.slice(0, 120),
    // The parts of a date show by themselves which one has the focus.
    marked: getComputedStyle(element).outlineStyle !== "none" || element.type === "date",
    seen,
  };
}"""


@dataclass
class Walk:
    """What was met on a walk through the portal in one language."""

    pieces: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A portal of its own with the demo company, which has a page of every kind."""
    folder: Path = tmp_path_factory.mktemp("demo")
    app = create_app(Settings(secret_key="only for a walk " * 2, instance_dir=str(folder)))
    schema.migrate(app)
    with app.app_context():
        begin_writing(db.session())
        store, password = app.extensions["store"], hashed(DEMO_PASSWORD)
        demo.load(db.session(), store, today=TODAY, password_hash=password)
        db.session.commit()
    return app


@pytest.fixture(scope="module")
def address(company: Flask) -> Iterator[str]:
    with serving(company) as base_url:
        yield base_url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if reason := Chromium.available():
        pytest.skip(reason)
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])


@pytest.fixture(scope="module", params=["en", "zh"])
def walk(request: pytest.FixtureRequest, browser: Browser, address: str, company: Flask) -> Walk:
    """Go wherever links lead, and look at each page that shows something new."""
    walked = Walk()
    for name in PEOPLE:
        page = signed_in(browser, address, name, request.param)
        follow_links(page, address, name, company.url_map.bind(""), walked)
        page.context.close()
    return walked


def signed_in(browser: Browser, address: str, name: str, language: str) -> Page:
    """A page of a new browser, which its person reads in ``language``."""
    page = browser.new_page(locale=language, viewport={"width": DESK, "height": HEIGHT})
    go(page, f"{address}/sign-in")
    if name != NOBODY:
        page.fill("#name", name)
        page.fill("#password", DEMO_PASSWORD)
        with page.expect_navigation():
            page.click("#sign-in .button")
    if not (page.get_attribute("html", "lang") or "").startswith(language):
        with page.expect_navigation():
            page.click("button[name=language]")
    return page


def go(page: Page, url: str) -> None:
    answer = page.goto(url)
    broke = answer is None or answer.status >= 500
    assert not broke, f"{url}: {page.inner_text('body')}"


def follow_links(page: Page, address: str, name: str, urls: MapAdapter, walked: Walk) -> None:
    """Walk from page to page as one person; a few of each endpoint are enough."""
    ahead = deque(address + start for start in STARTS.get(name, ("/",)))
    known, visits = set(ahead), Counter[str]()
    while ahead:
        path = urlsplit(url := ahead.popleft()).path
        try:
            endpoint, _ = urls.match(path, method="GET")
        except HTTPException:
            endpoint = "errors.error"
        if endpoint in NO_PAGE or visits[endpoint] >= VISITS:
            continue
        visits[endpoint] += 1
        go(page, url)
        for way in page.evaluate(WAYS_ON):
            if way.startswith(f"{address}/") and way not in known:
                known.add(way)
                ahead.append(way)
        pieces = set(page.evaluate(PIECES))
        if not pieces <= walked.pieces[endpoint]:
            walked.pieces[endpoint] |= pieces
            look_at(page, f"{name} at {path}", walked)


def look_at(page: Page, where: str, walked: Walk) -> None:
    """Note what is wrong with the page at each width; it is left at the first."""

    def note(check: str, script: str) -> None:
        walked.faults[check] += [f"{where}: {fault}" for fault in page.evaluate(script)]

    page.evaluate(AXE_SCRIPT)
    note("axe", AXE)
    note("low", TOO_LOW)
    for width in (ZOOMED, PHONE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        note("wide", TOO_WIDE)
        note("low", TOO_LOW)
    note("axe", AXE)
    page.set_viewport_size({"width": DESK, "height": HEIGHT})


def told(faults: list[str]) -> str:
    return f"{len(faults)} faults:\n" + "\n".join(sorted(set(faults)))


def test_every_page_is_walked(walk: Walk, company: Flask) -> None:
    pages = {
        rule.endpoint for rule in company.url_map.iter_rules() if "GET" in (rule.methods or ())
    }
    missed = pages - walk.pieces.keys() - NO_PAGE - NO_LINK
    assert not missed, f"no link leads the cast to {sorted(missed)}"


def test_axe_finds_nothing(walk: Walk) -> None:
    assert not walk.faults["axe"], told(walk.faults["axe"])


def test_no_page_scrolls_sideways_on_a_phone_or_zoomed(walk: Walk) -> None:
    assert not walk.faults["wide"], told(walk.faults["wide"])


def test_every_control_is_large_enough_for_a_finger(walk: Walk) -> None:
    assert not walk.faults["low"], told(walk.faults["low"])


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize(
    ("name", "start", "link"),
    [
        ("alice", "/claims/?state=draft", ".main-cell a"),
        ("bob", "/approvals/", ".main-cell a"),
        ("carol", "/payments/", None),
    ],
    ids=["the claim form", "a decision", "a payment"],
)
def test_the_keyboard_reaches_everything_in_sight(
    browser: Browser, address: str, name: str, start: str, link: str | None, width: int
) -> None:
    page = signed_in(browser, address, name, "en")
    go(page, address + start)
    if link:
        with page.expect_navigation():
            page.click(link)
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.keyboard.press("Tab")
    while focused := page.evaluate(FOCUSED):
        assert focused["marked"], f"nothing shows that the focus is on {focused['html']}"
        assert focused["seen"], f"something hides the focused {focused['html']}"
        page.keyboard.press("Tab")
    assert not (unmet := page.evaluate(UNMET)), f"the tab key never came to {unmet}"
    page.context.close()


def test_a_refused_form_leads_to_what_is_wrong(browser: Browser, address: str) -> None:
    page = signed_in(browser, address, NOBODY, "en")
    page.click("#sign-in .button")
    walked = Walk()
    look_at(page, "sign-in without a name", walked)
    for faults in walked.faults.values():
        assert not faults, told(faults)
    page.click("#error-summary a")
    assert page.evaluate("() => document.activeElement.id") == "name"
    assert page.get_attribute("#name", "aria-invalid") == "true"
    described = page.get_attribute("#name", "aria-describedby") or ""
    assert page.inner_text(f"#{described.split()[-1]}").startswith("Error:")
    page.context.close()
