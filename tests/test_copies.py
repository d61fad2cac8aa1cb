"""What a passage may contain, its copy on another page shows whole and valid."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import pairwise
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from conftest import MakeProject, Project

PAGE = "topics/deep/whole"
# What is not the passage's text: our links, permalinks, numbers, comparisons inside it.
APART = (
    ".section-compare-links, .headerlink, .caption-number, .eqno, .section-compare, script, style"
)


@pytest.fixture
def built(built_once: MakeProject) -> Project:
    return built_once(root="copies")


def text_of(tags: list[Tag]) -> str:
    """The text of some elements without white space and what stands apart."""
    text = ""
    for tag in tags:
        for apart in tag.select(APART):
            apart.extract()
        text += tag.get_text()
    return re.sub(r"\s+", "", re.sub(r"(Fig\.|Table|Listing)\s\d+\s", "", text))


def copies(page: BeautifulSoup, report: str) -> list[Tag]:
    [cell] = page.select(f'.section-compare-cell[data-report="{report}"]')
    return cell.select(".section-compare-passage")


def links(tags: list[Tag], page: str) -> list[str]:
    """Where links lead, in order, relative to the output's root."""
    found = [str(a["href"]) for tag in tags for a in tag.select("a[href]:not(.headerlink)")]
    return [
        link
        if urlsplit(link).scheme
        else normpath(join(dirname(page), urlsplit(link).path) if urlsplit(link).path else page)
        + f"#{urlsplit(link).fragment}"
        for link in found
    ]


def originals(page: BeautifulSoup) -> list[Tag]:
    """The full report's passages, its own links and the comparison in it taken out."""
    found = [page.select_one(f"section#{name}") for name in ("nested", "lists", "things")]
    found.append(page.select_one("section#not-recursing"))
    tags = [tag for tag in found if tag]
    for tag in tags:
        for apart in tag.select(".section-compare-links, .section-compare, aside.footnote-list"):
            apart.extract()
    return tags


def test_catalogs_build_without_a_warning(built_once: MakeProject) -> None:
    built_once(root="copies", builder="gettext")


# What the comparison on PAGE says, in this order, in whatever a builder puts between.
WORDS = """
    Nested Text with stress code a footnote second unit Deeper See Outside place web file Deepest
    Text below it Lists first second a bullet another Term Its definition Things A caption with
    A titled table Inline A listing print A note with A card The card Tab one Tab two
    Not recursing the same topic A note outside with
    A report in reStructuredText Cited section A claim The end widget A thing
    A note given later"""
SUFFIXES = {"latex": "tex", "text": "txt", "man": "1", "texinfo": "texi", "xml": "xml",
            "dirhtml": "html", "singlehtml": "html", "epub": "xhtml"}  # fmt: skip


@pytest.mark.parametrize("builder", SUFFIXES)
def test_text_is_whole_and_in_order(built_once: MakeProject, builder: str) -> None:
    """Without a warning."""
    project = built_once(root="copies", builder=builder)
    written = (project.output / builder).rglob(f"*.{SUFFIXES[builder]}")
    pages = [path.read_text(encoding="utf-8") for path in written]
    [page] = [page for page in pages if "Side by side" in page and "A claim" in page]
    text = re.sub(r"<[^>]*>|\\[a-zA-Z]+\{|@w?\{|[{}*]|\\f.|\s", "", page)
    places = [match.end() for match in re.finditer("Sidebyside", text)]
    misses = [first_missing(text, place) for place in places]
    assert None in misses, misses


def first_missing(text: str, place: int) -> str | None:
    """The first of WORDS that does not come in its turn from a place on."""
    for word in WORDS.split():
        place = text.find(word, place)
        if place < 0:
            return word
    return None


SINGLE = {
    "conf.py": 'extensions = ["myst_parser", "section_compare"]\nnumfig = True\n'
    'myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence"]\n'
    'html_theme = "basic"\n',
    "index.md": "# 目录\n\n[首页](index.md)\n\n```{toctree}\n:numbered:\n\na/one\ntwo\naims\n"
    "ends\n```\n\n:::{section-coverage}\n:::\n\n:::{section-phrases}\n:::\n",
    "a/one.md": "---\nreport: one\n---\n\n# 甲\n\n{.topic-aims}\n## 目标\n\n"
    "同一句话同一句话。[^1] {ref}`远处 <far>`、[首页](../index.md)\n\n"
    "[^1]: 注一。\n\n{.topic-ends}\n甲的结果。\n\n"
    "```{toctree}\nnested\n```\n",
    "a/nested.md": "---\nreport: nested\n---\n\n# 丙\n\n{.topic-ends}\n丙的结果。\n",
    "two.md": "---\nreport: two\n---\n\n# 乙\n\n{.topic-aims}\n## 目标\n\n"
    "同一句话同一句话。[^1]\n\n[^1]: 注二。\n\n(far)=\n## 远\n\n{.topic-ends}\n乙的结果。\n",
    "aims.md": "---\ntopic: aims\n---\n\n# 目标\n\n:::{section-compare}\n:::\n",
    "ends.md": "---\ntopic: ends\n---\n\n# 结果\n\n:::{section-compare}\n:::\n",
    "lone.md": "---\norphan: true\n---\n\n# 独\n\n:::{section-compare} aims ends\n:::\n",
}


def test_on_a_single_page_each_link_leads_to_its_own_place(make_project: MakeProject) -> None:
    project = make_project(SINGLE)
    project.build("singlehtml")
    page = project.page("index", "singlehtml")
    by_id: dict[str, list[Tag]] = {}
    for tag in page.select("[id]"):
        by_id.setdefault(str(tag["id"]), []).append(tag)
    twice = {name for name, tags in by_id.items() if len(tags) > 1}
    assert all(re.fullmatch(r"id\d+|footnote-.*", name) for name in twice), twice  # Sphinx's
    sphinx_s = ".headerlink, .footnote-reference, [role=doc-backlink]"
    links = page.select(f"[role=main] a:not({sphinx_s})")
    hrefs = [str(link["href"]) for link in links]
    assert [href for href in hrefs if href[1:] not in by_id] == []
    assert [href for href in hrefs if href[1:] in twice] == []
    for topic, report, words in [
        ("aims", "one", "目标同一句话"),
        ("aims", "two", "目标同一句话"),
        ("ends", "one", "甲的结果"),
        ("ends", "two", "乙的结果"),
        ("ends", "nested", "丙的结果"),
    ]:
        [cell] = page.select(f'.section-compare-cell[data-topic="{topic}"][data-report="{report}"]')
        [back] = page.select(f'.section-compare-links a[href="#{cell["id"]}"]')
        assert back.get_text() == {"aims": "目标", "ends": "结果"}[topic]
        link = cell.select_one(".section-compare-name a")
        assert link
        [target] = by_id[str(link["href"])[1:]]
        if target.name == "span" and not target.get_text():
            assert target.parent
            target = target.parent
        assert words in re.sub(r"\s|[0-9.]", "", target.get_text())
    numbers = [tag.get_text() for tag in page.select("h2 .section-number, h3 .section-number")]
    assert "2.1. " in numbers


def test_inner_blocks_are_copied_alone(built: Project) -> None:
    passages = built.page("topics/parts").select(".section-compare-passage")
    assert [passage.get_text(" ", strip=True) for passage in passages] == [
        "Second item’s paragraph.",
        "A bullet of a marked list. Marked again inside.",
        "A definition’s paragraph.",
        "A cell’s paragraph.",
    ]


def test_passages_stand_in_the_report_s_order(make_project: MakeProject) -> None:
    """Also where some are sections and one is a run in an unmarked section between them."""
    mark = "{.topic-parts}"
    body = f"{mark}\n## A\n\nOne.\n\n## B\n\n[Two.]{mark}\n\n{mark}\n## C\n\nThree.\n"
    project = make_project(root="copies")
    project.write("reports/plain.md", f"---\nreport: parts-2\n---\n\n# A plain page\n\n{body}")
    project.edit("reports/full.md", "(plain.md#a-far-section)", "(plain.md#a)")
    project.build()
    cell = project.page("topics/parts").select_one('[data-report="parts-2"]')
    assert cell is not None
    texts = [
        passage.get_text(" ", strip=True) for passage in cell.select(".section-compare-passage")
    ]
    assert texts == ["A One.", "Two.", "C Three."]


def test_text_is_the_passages(built: Project) -> None:
    page = built.page(PAGE)
    for note in page.select(".section-compare-note"):
        note.extract()
    assert text_of(copies(page, "full")) == text_of(originals(built.page("reports/full")))


def test_footnotes_come_along(built: Project) -> None:
    page = built.page(PAGE)
    notes = [note.get_text().strip() for note in page.select(".section-compare-note")]
    assert notes == [
        "[1] A note outside with A plain page.",
        "[1] A note given later, see A plain page.",
    ]


def test_links_lead_where_the_originals_do(built: Project) -> None:
    page = built.page(PAGE)
    for note in page.select(".section-compare-note"):
        note.extract()
    found = links(copies(page, "full"), f"{PAGE}.html")
    assert found == links(originals(built.page("reports/full")), "reports/full.html")
    assert len(found) > 12


@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_links_resolve(built_once: MakeProject, builder: str) -> None:
    project = built_once(root="copies", builder=builder)
    name = f"{PAGE}/index" if builder == "dirhtml" else PAGE
    page = project.page(name, builder)
    targets = [t for t in links(page.select(".section-compare"), f"{name}.html") if "://" not in t]
    ids = cache(lambda file: {tag["id"] for tag in project.page(file, builder).select("[id]")})
    for target in targets:
        path, _, anchor = target.partition("#")
        file = project.output / builder / unquote(path)
        file = file / "index.html" if file.is_dir() else file
        assert file.is_file(), target
        if anchor:
            other = str(file.relative_to(project.output / builder))[:-5]
            assert unquote(anchor) in ids(other), target
    assert targets


@pytest.mark.parametrize("name", [PAGE, "reports/full", "reports/second"])
def test_no_id_twice(built: Project, name: str) -> None:
    ids = Counter(tag["id"] for tag in built.page(name).select("[id]"))
    assert [id_ for id_, times in ids.items() if times > 1] == []


def test_no_id_twice_where_a_passage_is_shown_twice(make_project: MakeProject) -> None:
    project = make_project(root="copies")
    again = ":::{section-compare} whole\n:reports: full\n:::\n"
    project.write(f"{PAGE}.md", f"---\ntopic: whole\n---\n\n# Twice\n\n{again}\n{again}")
    project.build()
    page = project.page(PAGE)
    assert len(page.select(".section-compare")) == 2
    ids = Counter(tag["id"] for tag in page.select("[id]"))
    assert [id_ for id_, times in ids.items() if times > 1] == []


def test_no_input_or_label_shared(built: Project) -> None:
    """Tabs are radio buttons: each copy's must be a group of its own."""
    page = built.page("reports/full")
    for label in page.select("label[for]"):
        assert page.find(id=str(label["for"]))
    page = built.page(PAGE)
    labels = page.select(".section-compare label[for]")
    assert labels
    for label in labels:
        assert page.find(id=str(label["for"]))


def test_no_entry_twice(built_once: MakeProject) -> None:
    project = built_once(root="copies", builder="latex")
    tex = (project.output / "latex" / "copies.tex").read_text(encoding="utf-8")
    labels = Counter(re.findall(r"\\label\{(.*?)\}", tex))
    assert [label for label, times in labels.items() if times > 1] == []
    assert tex.count(r"\index{claims") == 1
    targets = set(re.findall(r"\\hyperref\[(.*?)\]", tex))
    assert {target.replace(r"\detokenize{", "").rstrip("}") for target in targets} <= {
        label.replace(r"\detokenize{", "").rstrip("}") for label in labels
    }


def test_headings_fit_the_outline(built: Project) -> None:
    page = built.page(PAGE)
    levels = [
        int(str(tag["aria-level"]) if tag.has_attr("aria-level") else tag.name[1])
        for tag in page.select("div.body :is(h1, h2, h3, h4, h5, h6, p.rubric)")
    ]
    assert levels[:5] == [1, 2, 3, 4, 5]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_titles_stay_out_of_contents(built: Project) -> None:
    contents = built.page("index").select_one(".toctree-wrapper")
    assert contents is not None
    assert contents.get_text().count("Nested") == 1
    assert not [a for a in built.page(PAGE).select(".sphinxsidebar a") if "Nested" in a.get_text()]


def test_comparison_inside_does_not_recurse(built: Project) -> None:
    assert len(built.page(PAGE).select(".section-compare")) == 1
    assert len(built.page("reports/full").select(".section-compare")) == 1


def test_no_id_twice_where_ids_read_the_same_when_joined(make_project: MakeProject) -> None:
    """Topic ``a`` of report ``b-c`` and topic ``a-b`` of report ``c``."""
    project = make_project(root="copies")
    for name, topic in (("one", "a"), ("two", "a-b")):
        project.write(f"topics/{name}.md", f"---\ntopic: {topic}\norphan: 1\n---\n\n# Topic\n")
    for name in ("b-c", "c"):
        text = "# R\n\n[One]{.topic-a} [two]{.topic-a-b}\n\n## Compare 1 a b c\n"
        project.write(f"reports/{name}.md", f"---\nreport: {name}\norphan: 1\n---\n\n{text}")
    text = "---\norphan: 1\n---\n\n# Both\n\n"
    text += ":::{section-compare} a a-b\n:reports: b-c c\n:::\n\n## Compare 1 a b c\n"
    project.write("both.md", text)
    project.build()
    ids = Counter(tag["id"] for tag in project.page("both").select("[id]"))
    assert [id_ for id_, times in ids.items() if times > 1] == []
