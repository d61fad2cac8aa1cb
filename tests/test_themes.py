"""A comparison under the themes of other projects: what is covered, cut, unreadable or lost."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT, Project

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Once, OpenPage
    from playwright.sync_api import Page

pytestmark = [pytest.mark.full, pytest.mark.builds]

THEMES = ("alabaster", "basic", "furo", "pydata_sphinx_theme", "sphinx_book_theme")
WIDTHS = (1440, 390)

CONF = """
extensions = ["myst_parser", "sphinx_design", "section_compare", "emendation", "section_search"]
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence"]
project = "Towns"
html_theme = "{theme}"
section_compare_shared = 2
"""
SENTENCE = "The council keeps the roads in repair and answers for damage that comes of neglect."
REPORT = """---
report: {name}
---
# Town {name}

## Roads

{text}

| option name | default value | introduced in version | notes for users |
| --- | --- | --- | --- |
| alpha-long-name | something | 1.2.3 | see documentation |

`averyveryverylongidentifier_that_is_an_api_name()` and text.

```python
for road in council.roads_in_need_of_repair_and_gritting(before="06:00"): road.grit()
```

- {{sic}}`teh=>the` list, [with a link](a.md)

:::{{note}}
A note.
:::
"""
FILES = {
    "index.md": "# Towns\n\n```{toctree}\nroads\nlists\na\nb\nc\n```\n",
    "roads.md": "---\ntopic: roads\nheadings: [Roads]\n---\n# Roads\n\n:::{section-compare}\n:::\n",
    "lists.md": "# Lists\n\n:::{section-coverage}\n:::\n\n:::{section-list} reports\n:::\n\n"
    ":::{section-outline}\n:::\n\n:::{section-phrases}\n:::\n",
    **{f"{name}.md": REPORT.format(name=name, text="\n\n".join([SENTENCE] * 12)) for name in "abc"},
}

# What stands outside its column and cannot be scrolled to, by its text.
SPILT = """() => {
    const spilt = [];
    for (const cell of document.querySelectorAll(".section-compare-cell")) {
        const edge = cell.getBoundingClientRect();
        const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
        for (let text; (text = walker.nextNode()); ) {
            if (!text.data.trim()) continue;
            let parent = text.parentElement;
            while (parent !== cell && getComputedStyle(parent).overflowX === "visible")
                parent = parent.parentElement;
            const range = document.createRange();
            range.selectNodeContents(text);
            if (!range.getClientRects().length) continue;
            const box = (parent === cell ? range : parent).getBoundingClientRect();
            if (box.right > edge.right + 1 || box.left < edge.left - 1) spilt.push(text.data);
        }
    }
    return spilt;
}"""

# Of the bar and the first head, whether each is what one sees where it stands.
UNCOVERED = """() => [".section-compare-bar", ".section-compare-jumps", ".section-compare-head"]
    .map((name) => document.querySelector(name))
    .filter((one) => getComputedStyle(one).position === "sticky")
    .map((one) => {
        const box = one.getBoundingClientRect();
        const seen = document.elementFromPoint(box.left + 3, box.top + 3);
        return box.top >= 0 && box.bottom < innerHeight && one.contains(seen);
    })"""


@pytest.fixture(params=THEMES)
def themed(request: pytest.FixtureRequest, once: Once) -> Project:
    """The project under one theme, built in a process of its own: some keep what another left."""

    def make(folder: Path) -> None:
        project = Project(folder / "source", folder / "output")
        project.fill({"conf.py": CONF.format(theme=request.param), **FILES})
        command = [sys.executable, "-m", "sphinx", "-q", "-W", "-n", "-b", "html", "-d"]
        folders = [folder / "doctrees", project.source, project.output / "html"]
        environment = os.environ | {"PYTHONPATH": str(ROOT / "_ext")}
        subprocess.run([*command, *folders], env=environment, check=True)

    folder = once(f"theme-{request.param}", make)
    return Project(folder / "source", folder / "output", shared=True)


def address(project: Project, name: str) -> str:
    return (project.output / "html" / f"{name}.html").as_uri()


def fits(page: Page) -> bool:
    """Whether the page is no wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_prints_over_its_neighbour(
    themed: Project, open_page: OpenPage, width: int
) -> None:
    page = open_page(address(themed, "roads"), width=width)
    assert page.evaluate(SPILT) == []
    assert fits(page)
    assert fits(open_page(address(themed, "lists"), width=width))


@pytest.mark.parametrize("width", WIDTHS)
def test_what_stays_in_sight_is_not_covered(
    themed: Project, open_page: OpenPage, width: int
) -> None:
    page = open_page(address(themed, "roads"), width=width, height=700)
    page.evaluate(
        "scrollTo(0, document.querySelector('.section-compare-cell').getBoundingClientRect().top)"
    )
    page.wait_for_timeout(200)  # a theme's bar may come in with the scrolling
    seen = page.evaluate(UNCOVERED)
    assert seen
    assert all(seen)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_ours_can_be_read(themed: Project, open_page: OpenPage, scheme: str) -> None:
    page = open_page(address(themed, "roads"), scheme=scheme)
    page.get_by_role("button", name="Columns 3/3").click()
    page.locator(".section-compare-panel").wait_for()
    problems = []
    for name in ("", "lists", "search"):
        if name:
            page.goto(address(themed, name))
        found = Axe().run(page, options={"runOnly": ["color-contrast"]})
        problems += [node["html"] for one in found.response["violations"] for node in one["nodes"]]
    # a theme's own links, code and admonitions are its own affair
    assert [one for one in problems if "section-" in one or "emendation" in one] == []


def test_no_theme_asks_for_a_file_that_is_not_there(themed: Project, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    lost: list[str] = []
    page.on("requestfailed", lambda request: lost.append(request.url))
    for name in ("roads", "search"):
        page.goto(address(themed, name))
    assert lost == []
    assert page.locator(".section-search-query").count() == 1


def test_the_switch_stands_below_the_title(themed: Project, open_page: OpenPage) -> None:
    page = open_page(address(themed, "roads"))
    assert page.locator("section > h1 + .emendation-tools").count() == 1


@pytest.mark.parametrize("width", WIDTHS)
def test_right_to_left(themed: Project, open_page: OpenPage, width: int) -> None:
    page = open_page(address(themed, "roads"), width=width)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert page.evaluate(SPILT) == []
    page.get_by_role("button", name="Columns 3/3").click()
    page.locator(".section-compare-panel").wait_for()
    panel = page.locator(".section-compare-panel").bounding_box()
    opener = page.locator(".section-compare-choose").bounding_box()
    assert panel
    assert opener
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= width
    if width == 1440:
        assert abs(panel["x"] + panel["width"] - opener["x"] - opener["width"]) < 2
    aligned = page.eval_on_selector_all(
        ".section-compare-length, .section-compare-place, .section-compare-passage > p",
        "all => [...new Set(all.map((one) => getComputedStyle(one).textAlign))]",
    )
    assert aligned == ["start"]
    page.goto(address(themed, "lists"))
    page.evaluate("document.documentElement.dir = 'rtl'")
    first, second = (
        page.locator(
            f".section-coverage tr:nth-child(1) > :nth-child({number})"
        ).first.bounding_box()
        for number in (1, 2)
    )
    assert first
    assert second
    assert first["x"] > second["x"]
