import re
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from portal.core.errors import Missing
from portal.kb.articles import LANGUAGES, Article, BadArticle, Library, load
from portal.policy.catalogue import RULES
from portal.policy.portable import read_sample
from portal.policy.queries import SAMPLE

ROOT = Path(__file__).parents[2]
CONTENT = ROOT / "kb_content"

FRONT = "---\ntitle: A title\nsummary: A summary.\norder: {order}\n{more}---\n"


@pytest.fixture(scope="module")
def shipped() -> Library:
    return load(CONTENT)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for language in LANGUAGES:
        (tmp_path / language).mkdir()
    return tmp_path


def write(root: Path, name: str, body: str = "Text.\n", order: int = 1, more: str = "") -> Path:
    """An article ``<language>/<section>/<slug>``, in a section that has its own file."""
    path = root / f"{name}.md"
    path.parent.mkdir(exist_ok=True)
    path.with_name("_section.md").write_text(FRONT.format(order=1, more=""), encoding="utf-8")
    path.write_text(FRONT.format(order=order, more=more) + body, encoding="utf-8")
    return path


def in_language(library: Library, language: str) -> list[Article]:
    return [article for part in library.sections(language) for article in part.articles]


# What we ship


def test_both_languages_have_the_same_articles_in_the_same_order(shipped: Library) -> None:
    zh, en = (
        [(part.slug, [article.slug for article in part.articles]) for part in parts]
        for parts in (shipped.sections("zh"), shipped.sections("en"))
    )
    assert zh == en
    assert [name for name, _ in en] == ["claiming", "policy", "approving", "account"]
    assert not any(shipped.get(slug, code).fallback for code, slug in shipped.articles)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_article_has_a_title_and_a_summary_in_its_language(
    shipped: Library, language: str
) -> None:
    for article in in_language(shipped, language):
        for text in (article.title, article.summary):
            assert bool(re.search(r"[\u4e00-\u9fff]", text)) == (language == "zh"), article.slug


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_article_is_long_enough_to_help_and_short_enough_to_read(
    shipped: Library, language: str
) -> None:
    word, least, most = {"zh": (r"[\u4e00-\u9fff]", 400, 900), "en": (r"\S+", 250, 600)}[language]
    for article in in_language(shipped, language):
        count = len(re.findall(word, HTMLParser(article.html).text(separator=" ")))
        assert least <= count <= most, f"{language} {article.slug}: {count}"


def test_headings_descend_from_h2_without_gaps_and_can_be_linked_to(shipped: Library) -> None:
    for article in shipped.articles.values():
        page = HTMLParser(article.html)
        found = page.css("h1, h2, h3, h4, h5, h6")
        levels = [int(heading.tag[1]) for heading in found]
        assert levels, article.slug
        for above, level in zip([1, *levels], levels, strict=False):
            assert 2 <= level <= above + 1, article.slug
        ids = [heading.attributes.get("id") for heading in found]
        assert ids == [heading.id for heading in article.headings]
        assert len(set(ids)) == len(ids), article.slug


def test_every_link_leads_to_an_article(shipped: Library) -> None:
    slugs = {slug for _, slug in shipped.articles}
    targets = [
        link.attributes["href"]
        for article in shipped.articles.values()
        for link in HTMLParser(article.html).css("a")
    ]
    assert targets
    assert {target.removeprefix("/help/") for target in targets if target} <= slugs


def test_both_languages_link_the_same_articles(shipped: Library) -> None:
    for slug in {slug for _, slug in shipped.articles}:
        zh, en = (
            {link.attributes["href"] for link in HTMLParser(shipped.get(slug, code).html).css("a")}
            for code in LANGUAGES
        )
        assert zh == en, slug


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_explain_every_rule_in_the_same_article(
    shipped: Library, language: str
) -> None:
    for rule in RULES.values():
        assert rule.id in shipped.get(rule.article, language).rules


def test_a_rule_nobody_explains_has_no_article(shipped: Library) -> None:
    assert shipped.for_rule("full_moon") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_travel_standards_are_those_of_the_sample_policy(
    shipped: Library, language: str
) -> None:
    _categories, rules = read_sample(SAMPLE.read_text(encoding="utf-8"))
    limits = {limit["category"]: limit["amounts"] for limit in rules["limits"]}
    page = HTMLParser(shipped.get("travel-standards", language).html)
    _, lodging, meals, others = page.css("table")
    for category, table in (("lodging", lodging), ("meals", meals)):
        rows = [[cell.text() for cell in row.css(".num")] for row in table.css("tbody tr")]
        assert rows == [
            [f"¥{limits[category][tier][grade] // 100}" for tier in ("1", "2", "3")]
            for grade in ("staff", "manager", "director")
        ]
    assert [cell.text() for cell in others.css("td.num")] == [
        f"¥{limits[category]['*']['*'] // 100}" for category in ("telephone", "entertaining")
    ]
    for amount in limits["local_transport"]["*"].values():
        assert f"¥{amount // 100}" in page.text()


# What somebody may write


def test_markup_in_an_article_is_inert(root: Path) -> None:
    body = (
        '<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n<b onclick="x()">bold</b>\n\n'
        "[a](javascript:alert(1)) [b](data:text/html,hello) <javascript:alert(1)>\n\n"
        "## <i>Heading</i>\n\n|a|b|\n|:-|-:|\n|<u>1</u>|2|\n\n```html\n<iframe>\n```\n"
    )
    write(root, "en/basics/wild", body)
    article = load(root).get("wild", "en")
    page = HTMLParser(article.html)
    assert not page.css("script, img, b, i, u, iframe, a, [onclick], [onerror], [style]")
    assert "<script>alert(1)</script>" in page.text()
    assert article.headings[0].text == "<i>Heading</i>"


def test_links_between_articles_and_to_the_outside(root: Path) -> None:
    write(
        root,
        "en/basics/start",
        "[same](next.md) [other](../rules/why.md) [out](https://a.example/x)",
    )
    write(root, "en/basics/next")
    write(root, "en/rules/why", "[back](../basics/start.md)")
    library = load(root, address="/portal/help/")
    links = HTMLParser(library.get("start", "en").html).css("a")
    assert [link.attributes["href"] for link in links] == [
        "/portal/help/next",
        "/portal/help/why",
        "https://a.example/x",
    ]


def test_numbers_in_a_table_stand_right_without_inline_style(root: Path) -> None:
    write(root, "en/basics/table", "|what|¥|\n|---|---:|\n|Taxi|64|\n")
    page = HTMLParser(load(root).get("table", "en").html)
    assert [cell.text() for cell in page.css(".scroll > table .num")] == ["¥", "64"]
    assert [cell.attributes.get("scope") for cell in page.css("th")] == ["col", "col"]
    assert not page.css("[style]")


def test_headings_with_the_same_words_keep_apart(root: Path) -> None:
    write(root, "zh/basics/twice", "## 例子\n\n## 例子\n\n## Main: part 1\n")
    ids = [heading.id for heading in load(root).get("twice", "zh").headings]
    assert ids == ["part-例子", "part-例子-again", "part-main-part-1"]


def test_an_article_missing_in_one_language_is_shown_in_the_other(root: Path) -> None:
    write(root, "en/basics/only", more="rules: weekend\n")
    write(root, "zh/basics/both", order=2)
    write(root, "en/basics/both", order=2)
    library = load(root)
    article = library.get("only", "zh")
    assert (article.language, article.fallback) == ("en", True)
    assert not library.get("only", "en").fallback
    listed = [(each.slug, each.fallback) for each in library.sections("zh")[0].articles]
    assert listed == [("only", True), ("both", False)]
    assert library.for_rule("weekend") == "only"


def test_a_section_missing_in_one_language_is_listed_with_its_other_name(root: Path) -> None:
    write(root, "en/basics/only")
    assert [part.title for part in load(root).sections("zh")] == ["A title"]


def test_an_unknown_article_is_missing(root: Path) -> None:
    write(root, "en/basics/start")
    with pytest.raises(Missing):
        load(root).get("../basics/start", "en")


def test_a_file_from_a_windows_editor_is_read(root: Path) -> None:
    path = write(root, "zh/basics/start", "## 标题\n\n正文\n")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    article = load(root).get("start", "zh")
    assert (article.title, article.headings[0].text) == ("A title", "标题")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("Hello", 1, "first line"),
        ("---\ntitle: A\n", 1, "no second ---"),
        ("---\ntitle: A\nsummary\n---\n", 3, "key: value"),
        ("---\ntitle: A\ntitle: B\n---\n", 3, "given twice"),
        ("---\ntitle: A\nauthor: B\n---\n", 3, "author is unknown"),
        ("---\ntitle: A\norder: ²\n---\n", 3, "whole number"),
        ("---\ntitle: A\norder: 1\n---\n", 4, "summary is missing"),
        (FRONT.format(order=1, more="rules: one,,two\n"), 1, "not the name of a rule"),
        (FRONT.format(order=1, more="") + "\nOK\n\n[x](nowhere.md)\n", 9, "nowhere.md"),
        (FRONT.format(order=1, more="") + "|a|\n|-|\n|[x](/claims)|\n", 8, "/claims"),
        (FRONT.format(order=1, more="") + "# Top\n", 6, "level 1"),
        (FRONT.format(order=1, more="") + "## Top\n\n#### Deep\n", 8, "level 4"),
        (FRONT.format(order=1, more="") + "![x](https://a.example/x.png)\n", 6, "pictures"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_line(
    root: Path, text: str, line: int, says: str
) -> None:
    path = write(root, "en/basics/bad")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadArticle, match=re.escape(says)) as refused:
        load(root)
    assert str(refused.value).startswith(f"{path}:{line}: ")


def test_a_file_in_another_encoding_is_named_with_its_line(root: Path) -> None:
    path = write(root, "zh/basics/old")
    path.write_bytes("---\ntitle: 标题\n".encode("gbk"))
    with pytest.raises(BadArticle, match=re.escape(f"{path}:2: not UTF-8")):
        load(root)


def test_a_section_without_its_file_is_refused(root: Path) -> None:
    write(root, "en/basics/start").with_name("_section.md").unlink()
    with pytest.raises(BadArticle, match=r"_section\.md:1: this file is missing"):
        load(root)


@pytest.mark.parametrize("name", ["en/basics/Upper", "en/basics/two--hyphens", "en/Big/small"])
def test_names_that_make_no_clean_address_are_refused(root: Path, name: str) -> None:
    write(root, name)
    with pytest.raises(BadArticle, match="single hyphens"):
        load(root)


def test_one_address_belongs_to_one_section(root: Path) -> None:
    write(root, "zh/basics/same")
    write(root, "en/rules/same")
    with pytest.raises(BadArticle, match="same is also in basics"):
        load(root)


def test_one_rule_is_explained_in_one_place(root: Path) -> None:
    write(root, "en/basics/first", more="rules: weekend\n")
    write(root, "en/basics/second", more="rules: weekend\n")
    with pytest.raises(BadArticle, match="weekend is already explained by first"):
        load(root)
