"""Help articles: Markdown files made into safe HTML, all of them once, at start.

A file is ``<language>/<section>/<slug>.md``. It begins with front matter between two lines
of ``---``: ``title``, ``summary``, ``order`` and, where the article explains findings of the
policy, ``rules``. Beside the articles, ``_section.md`` holds the section's own front matter.
Headings begin at ``##``, because the page that shows the article has the ``h1``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from posixpath import normpath

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from portal.core.errors import Missing
from portal.core.words import words

LANGUAGES = ("zh", "en")
SECTION_FILE = "_section.md"

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_RULE = re.compile(r"[a-z]+(_[a-z]+)*")
_OUTSIDE = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
_NEEDED = ("title", "summary", "order")

_TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "a", "strong", "em", "code", "pre"}
_TAGS |= {"blockquote", "hr", "br", "table", "thead", "tbody", "tr", "th", "td"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    **{heading: {"id"} for heading in ("h2", "h3", "h4")},
    "th": {"class", "scope"},
    "td": {"class"},
}

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


class BadArticle(Exception):
    """A help file cannot be used; the message begins with its path and line."""

    def __init__(self, path: Path, line: int, problem: str):
        super().__init__(f"{path}:{line}: {problem}")


@dataclass(frozen=True)
class Heading:
    """A heading inside an article: level 2 to 4, its ``id`` in the page, its plain text."""

    level: int
    id: str
    text: str


@dataclass(frozen=True)
class Article:
    """One help article in one language.

    ``html`` is sanitised and may be shown as it is; every other text is plain.
    ``fallback`` says that it was asked for in a language in which it does not exist.
    """

    language: str
    section: str
    slug: str
    title: str
    summary: str
    order: int
    rules: tuple[str, ...]
    html: str
    headings: tuple[Heading, ...]
    fallback: bool = False


@dataclass(frozen=True)
class Section:
    """A group of articles, with its name in one language."""

    slug: str
    title: str
    summary: str
    order: int
    articles: tuple[Article, ...] = ()


@dataclass(frozen=True)
class Library:
    """All articles, by (language, slug); made by ``load``."""

    articles: Mapping[tuple[str, str], Article]
    heads: Mapping[tuple[str, str], Section]
    rules: Mapping[str, str]

    def get(self, slug: str, language: str) -> Article:
        """The article, or the same one in another language with ``fallback`` set.

        Raises ``Missing`` when no language has it.
        """
        if found := self.articles.get((language, slug)):
            return found
        for other in LANGUAGES:
            if found := self.articles.get((other, slug)):
                return replace(found, fallback=True)
        raise Missing(words("There is no such help article. The list of articles may help."))

    def sections(self, language: str) -> tuple[Section, ...]:
        """Every section with every article, in the order their files give.

        What does not exist in ``language`` appears in another one.
        """
        by_section: dict[str, list[Article]] = {}
        for slug in sorted({slug for _, slug in self.articles}):
            article = self.get(slug, language)
            by_section.setdefault(article.section, []).append(article)
        sections = [
            replace(
                self._head(name, language),
                articles=tuple(sorted(articles, key=lambda article: article.order)),
            )
            for name, articles in by_section.items()
        ]
        return tuple(sorted(sections, key=lambda section: (section.order, section.slug)))

    def for_rule(self, rule: str) -> str | None:
        """The slug of the article that explains findings of ``rule``; None when none does."""
        return self.rules.get(rule)

    def _head(self, name: str, language: str) -> Section:
        found = (self.heads.get((code, name)) for code in (language, *LANGUAGES))
        return next(head for head in found if head)


@dataclass(frozen=True)
class _Source:
    """A file as written: where it is, its front matter, its Markdown."""

    path: Path
    language: str
    section: str
    slug: str
    front: Mapping[str, str]
    body: str


def load(root: Path, address: str = "/help/") -> Library:
    """Read every article below ``root``; links between articles begin with ``address``.

    Raises ``BadArticle`` for the first file that cannot be used: front matter that is
    incomplete or unknown, a link to an article that does not exist, a picture, headings
    out of order, a slug or rule that two articles claim. Raises ``OSError`` when the folder
    of a language cannot be read.
    """
    sources = [source for language in LANGUAGES for source in _sources(root, language)]
    sections: dict[str, str] = {}
    rules: dict[str, str] = {}
    for source in sources:
        if sections.setdefault(source.slug, source.section) != source.section:
            raise BadArticle(source.path, 1, f"{source.slug} is also in {sections[source.slug]}")
        for rule in _rules(source):
            if rules.setdefault(rule, source.slug) != source.slug:
                raise BadArticle(source.path, 1, f"{rule} is already explained by {rules[rule]}")
    targets = {f"{section}/{slug}.md": address + slug for slug, section in sections.items()}
    articles = {(source.language, source.slug): _article(source, targets) for source in sources}
    folders = {(source.language, source.section): source.path.parent for source in sources}
    heads = {key: _head(folder / SECTION_FILE) for key, folder in folders.items()}
    return Library(articles, heads, rules)


def _sources(root: Path, language: str) -> Iterator[_Source]:
    for folder in sorted(path for path in (root / language).iterdir() if path.is_dir()):
        for path in sorted(set(folder.glob("*.md")) - {folder / SECTION_FILE}):
            for name in (folder.name, path.stem):
                if not _NAME.fullmatch(name):
                    raise BadArticle(path, 1, f"{name}: use a-z, 0-9 and single hyphens")
            front, body = _read(path, (*_NEEDED, "rules"))
            yield _Source(path, language, folder.name, path.stem, front, body)


def _head(path: Path) -> Section:
    front, _ = _read(path, _NEEDED)
    return Section(path.parent.name, front["title"], front["summary"], int(front["order"]))


def _read(path: Path, keys: tuple[str, ...]) -> tuple[dict[str, str], str]:
    """Front matter and Markdown, which keeps the line numbers of the file."""
    try:
        # Windows editors put a byte order mark in front; -sig drops it.
        lines = path.read_bytes().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadArticle(path, line, "not UTF-8") from None
    except FileNotFoundError:
        raise BadArticle(path, 1, "this file is missing") from None
    if not lines or lines[0] != "---":
        raise BadArticle(path, 1, "the first line must be ---")
    if "---" not in lines[1:]:
        raise BadArticle(path, 1, "no second --- ends the front matter")
    end = lines.index("---", 1)
    front: dict[str, str] = {}
    for number, text in enumerate(lines[1:end], start=2):
        key, colon, value = (part.strip() for part in text.partition(":"))
        if not colon or not value:
            raise BadArticle(path, number, "expected: key: value")
        if key not in keys or key in front:
            raise BadArticle(path, number, f"{key} is unknown or given twice")
        if key == "order" and not (value.isascii() and value.isdigit()):
            raise BadArticle(path, number, "order must be a whole number")
        front[key] = value
    if missing := [key for key in _NEEDED if key not in front]:
        raise BadArticle(path, end + 1, f"{missing[0]} is missing above this line")
    return front, "\n" * (end + 1) + "\n".join(lines[end + 1 :])


def _rules(source: _Source) -> tuple[str, ...]:
    listed = source.front.get("rules", "")
    rules = tuple(rule.strip() for rule in listed.split(",")) if listed else ()
    for rule in rules:
        if not _RULE.fullmatch(rule):
            raise BadArticle(source.path, 1, f"{rule!r} is not the name of a rule")
    return rules


def _article(source: _Source, targets: Mapping[str, str]) -> Article:
    tokens = _markdown.parse(source.body)
    headings = tuple(_headings(source, tokens))
    line = 1
    for token in tokens:
        line = token.map[0] + 1 if token.map else line
        # The pages forbid inline style, which is how the parser aligns a column.
        if token.attrs.pop("style", None) == "text-align:right":
            token.attrs["class"] = "num"
        if token.type == "th_open":
            token.attrs["scope"] = "col"
        for child in token.children or []:
            if child.type == "image":
                raise BadArticle(source.path, line, "articles hold no pictures")
            if child.type == "link_open":
                child.attrs["href"] = _link(source, line, str(child.attrs["href"]), targets)
    return Article(
        language=source.language,
        section=source.section,
        slug=source.slug,
        title=source.front["title"],
        summary=source.front["summary"],
        order=int(source.front["order"]),
        rules=_rules(source),
        html=_safe_html(tokens),
        headings=headings,
    )


def _safe_html(tokens: list[Token]) -> str:
    html = nh3.clean(
        _markdown.renderer.render(tokens, _markdown.options, {}),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    # A wide table scrolls by itself on a small screen, and by keyboard too.
    html = html.replace("<table>", '<div class="scroll" tabindex="0"><table class="table">')
    return html.replace("</table>", "</table></div>")


def _headings(source: _Source, tokens: list[Token]) -> Iterator[Heading]:
    """The headings in order; gives each its ``id`` as it passes."""
    above = 1
    taken: set[str] = set()
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        level, line = int(opening.tag[1]), (opening.map or [0])[0] + 1
        if not 2 <= level <= min(above + 1, 4):
            raise BadArticle(source.path, line, f"a heading of level {level} cannot stand here")
        text = "".join(part.content for part in inline.children or [])
        # The prefix keeps a heading called "Main" apart from the page's own ids.
        anchor = "-".join(["part", *re.findall(r"\w+", text.lower())])
        while anchor in taken:
            anchor += "-again"
        taken.add(anchor)
        above = level
        opening.attrs["id"] = anchor
        yield Heading(level, anchor, text)


def _link(source: _Source, line: int, href: str, targets: Mapping[str, str]) -> str:
    if _OUTSIDE.match(href):
        return href
    target = targets.get(normpath(f"{source.section}/{href}"))
    if target is None:
        raise BadArticle(source.path, line, f"no article is at {href}")
    return target
