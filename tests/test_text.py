"""The proof: the pages give the source back, character by character, and read without its damage.

``tests/data/source-reports.txt`` is the source as it came, of the reports it has: a contributor
may add a part that begins with the report's number (``篇6：``). ``damage.json`` beside it lists
what is certainly wrong in it (``quote``) and how it should read (``correction``).
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from conftest import HERE, ROOT, OpenPage, Project
from docutils import nodes
from emendation.nodes import emendation, emendation_list
from printed import squeeze
from sphinx.environment import BuildEnvironment

SOURCE = (HERE / "data" / "source-reports.txt").read_text(encoding="utf-8")
HEADING = r"(?m)^篇\d+："


def parts() -> dict[str, str]:
    """Each report that has a part in the source, by its number, and that part's heading."""
    headings = re.findall(HEADING, SOURCE)
    numbers = {
        path.stem: re.search(r"(?m)^number: (\d+)$", path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "reports").glob("*.md"))
    }
    found = {name: f"篇{number[1]}：" for name, number in numbers.items() if number}
    return {name: heading for name, heading in found.items() if heading in headings}


PARTS = parts()
DAMAGE = json.loads((HERE / "data" / "damage.json").read_text(encoding="utf-8"))
# What stands on a report's page and is not its text.
APART = (
    ".headerlink, .report-name, .section-compare-links, .emendation-list, .emendation-tools, "
    ".excerpts-bar, .emendation-tip"
)


def source_of(name: str) -> str:
    """A report's part of the source text without white space."""
    starts = [match.start() for match in re.finditer(HEADING, SOURCE)]
    bounds = zip(starts, [*starts[1:], None], strict=True)
    [part] = [SOURCE[a:b] for a, b in bounds if SOURCE.startswith(PARTS[name], a)]
    return squeeze(part)


def assert_same(name: str, found: str) -> None:
    """What was found is the report's source, or the first difference and its place is told."""
    expected = source_of(name)
    if found != expected:
        pairs = zip(found, expected, strict=False)
        shorter = min(len(found), len(expected))
        place = next((n for n, (a, b) in enumerate(pairs) if a != b), shorter)
        start = max(place - 10, 0)
        pytest.fail(
            f"{name} differs from its source at character {place}: "
            f"found {found[start : place + 20]!r}, source {expected[start : place + 20]!r}"
        )


def doctree_of(env: BuildEnvironment, name: str) -> nodes.document:
    doctree = env.get_doctree(f"reports/{name}")
    for apart in list(doctree.findall(emendation_list)):  # its note is not the report's text
        apart.parent.remove(apart)
    return doctree


def readings(node: nodes.Node) -> list[str]:
    """The reading text of each title and paragraph."""
    blocks = node.findall(lambda part: isinstance(part, nodes.title | nodes.paragraph))
    return [squeeze(block.astext()) for block in blocks]


def test_every_part_has_its_report() -> None:
    """None of the source is left out; a report whose source is not here needs no part."""
    assert sorted(PARTS.values()) == sorted(re.findall(HEADING, SOURCE))


def left_sides(document: nodes.document) -> str:
    """A page's text with what its source has for each emendation."""
    text = ""
    for node in document.findall():
        if isinstance(node, emendation):
            text += node["source"]
        elif isinstance(node, nodes.Text) and not isinstance(node.parent, emendation):
            text += node.astext()
    return text


@pytest.mark.parametrize("name", PARTS)
def test_every_left_side_gives_the_source(site_env: BuildEnvironment, name: str) -> None:
    assert_same(name, squeeze(left_sides(doctree_of(site_env, name))))


@pytest.mark.parametrize("name", PARTS)
def test_the_page_in_source_view_is_the_source(site: Project, name: str) -> None:
    article = site.page(f"reports/{name}").find("article")
    assert article is not None
    for apart in article.select(f"{APART}, .emendation > ins"):
        apart.decompose()
    assert_same(name, squeeze(article.get_text()))


@pytest.mark.parametrize("name", PARTS)
def test_a_browser_shows_the_source(open_page: OpenPage, name: str) -> None:
    page = open_page(f"reports/{name}.html")
    switch = page.locator(".emendation-switch button[value=source]")
    if switch.count():  # a report without emendations has no need of one
        switch.click()
    else:
        assert not page.locator(".emendation").count()
    text = page.evaluate(
        """apart => {
            for (const node of document.querySelectorAll(apart)) node.remove();
            return document.querySelector("article").innerText;
        }""",
        ", ".join(f"article {selector.strip()}" for selector in APART.split(",")),
    )
    assert_same(name, squeeze(text))


@pytest.mark.parametrize("entry", DAMAGE, ids=[entry["id"] for entry in DAMAGE])
def test_the_reading_is_free_of_damage(site_env: BuildEnvironment, entry: dict[str, Any]) -> None:
    blocks = readings(doctree_of(site_env, entry["report"]))
    quote, correction = squeeze(entry["quote"]), squeeze(entry["correction"])
    if quote == correction:  # a cut: now it stands in one paragraph
        assert any(quote in block for block in blocks)
    elif quote in correction:  # something was missing at its edge
        assert correction in "".join(blocks)
    else:
        assert quote not in "".join(blocks)


def test_known_damage_is_gone_everywhere(site: Project) -> None:
    """Also from titles, navigation, comparisons and the search index."""
    damage = [" and 不足", "年终总结(3篇)", "存在的缺乏", "学问竞赛", "两仪"]
    for path in sorted((site.output / "html").rglob("*.html")):
        page = site.page(str(path.relative_to(site.output / "html").with_suffix("")))
        for source in page.select(".emendation > del, .emendation-list"):
            source.decompose()
        text = page.get_text()
        assert [word for word in damage if word in text] == [], path
    index = site.output / "html" / "_static" / "section_search_index.js"
    assert "存在的缺乏" not in index.read_text(encoding="utf-8")
