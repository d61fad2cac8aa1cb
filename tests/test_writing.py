"""The pages for the one who writes: an outline to fill in, patterns that stand in the texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT, Project, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bs4 import BeautifulSoup, Tag

PATTERN = re.compile(r"(?m)^- “(.+)”（\{section-compare:passage\}`[^<]+ <([\w-]+)#([\w-]+)>`）$")
PATTERNS = PATTERN.findall((ROOT / "guide" / "patterns.md").read_text(encoding="utf-8"))


def text_of(tag: Tag) -> str:
    return re.sub(r"\s", "", tag.get_text())


@pytest.fixture(scope="module")
def pages(site: Project) -> dict[str, BeautifulSoup]:
    """The reports' pages as they read, without links and notes."""
    found = {report: site.page(f"reports/{report}") for report in listed("reports")}
    for page in found.values():
        for tag in page.select("del, .section-compare-links, .emendation-tip, .headerlink"):
            tag.decompose()
    return found


def passage(page: BeautifulSoup, anchor: str) -> Iterator[str]:
    """The text of a passage: of the element with its id and of those beside it on its topic."""
    first = page.find(id=anchor)
    assert first is not None
    if first.name == "span" and not first.get_text():
        first = first.parent  # a section bears its second id in an empty element
        assert first is not None
    yield text_of(first)
    for sibling in first.find_next_siblings():
        if f"topic-{anchor.partition('_')[0]}" not in str(sibling.get("class")):
            break
        yield text_of(sibling)


@pytest.mark.parametrize(("pattern", "report", "anchor"), PATTERNS)
def test_a_pattern_stands_where_it_is_said_to(
    pages: dict[str, BeautifulSoup], pattern: str, report: str, anchor: str
) -> None:
    found = "".join(passage(pages[report], anchor))
    assert re.search(".+?".join(map(re.escape, pattern.split("……"))), found), pattern


def test_there_are_patterns_for_each_part() -> None:
    text = (ROOT / "guide" / "patterns.md").read_text(encoding="utf-8")
    parts = re.split(r"(?m)^## ", text)[1:]
    assert [len(PATTERN.findall(part)) >= 3 for part in parts] == [True] * 7
    assert len(PATTERNS) >= 30
    assert text.count("{section-compare:passage}") == len(PATTERNS)


@pytest.mark.parametrize("name", ["outline", "patterns"])
def test_every_topic_is_linked_to(name: str) -> None:
    text = (ROOT / "guide" / f"{name}.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\(\.\./topics/([\w-]+)\.md\)", text)) == set(listed("topics"))


def test_the_outline_can_be_filled_in(site: Project) -> None:
    page = site.page("guide/outline")
    titles = [title.find(string=True) for title in page.select("article h2")]
    order = [
        "开头",
        "一、组织领导",
        "二、主要做法",
        "三、主要成效",
        "四、存在的不足",
        "五、下一步打算",
    ]
    assert [title for title in titles if title in order] == order
    for kind in ("机关", "企业", "学校", "窗口单位", "社区和村"):
        assert kind in [title.find(string=True) for title in page.select("article h3")]
    assert len(page.select(".blank")) > 150
    # no blank of the source was taken for emphasis
    source = (ROOT / "guide" / "outline.md").read_text(encoding="utf-8")
    assert len(page.select(".blank")) == source.count(r"\_\_\_\_")
