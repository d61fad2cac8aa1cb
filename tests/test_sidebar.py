"""The bounded sidebar: what stands beside a page, whatever the size of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from conftest import MakeProject, OpenPage, Project

CONF = """\
import sys
sys.path.insert(0, {path!r})
project = "P"
extensions = ["myst_parser", "sidebar"]
html_theme = "furo"
"""
MANY = [f"p{number:02}" for number in range(30)]
FILES = {
    "index.md": "# Home\n\n## All pages\n\n```{toctree}\n:caption: Many\n:glob:\n\np*\n```\n\n"
    "```{toctree}\n:caption: Few\n:hidden:\n\nself\nbook/index\nName <https://example.org/>\n```\n",
    "book/index.md": "# Book\n\n```{toctree}\none\ntwo\n```\n",
    "book/one.md": "---\nshort_title: First\n---\n# Chapter *one* & a\n\n```{toctree}\ndeep\n```\n",
    "book/two.md": "# Chapter two\n",
    "book/deep.md": "# Deep\n",
    **{f"{name}.md": f"# Page {name}\n" for name in MANY},
}


FILES["conf.py"] = CONF.format(path=str(ROOT / "_ext"))


@pytest.fixture
def project(make_project: MakeProject) -> Project:
    return make_project(FILES)


@pytest.fixture
def seen(built_once: MakeProject) -> Project:
    """The project as it is written, built. Not to be edited."""
    return built_once(FILES)


def lines(page: BeautifulSoup) -> list[tuple[str, str, str]]:
    """Of each link in the sidebar the level, the name and the address."""
    return [
        (link.parent["class"][0][-1], link.get_text(), str(link["href"]))
        for link in page.select(".sidebar-tree a")
        if link.parent is not None
    ]


def test_a_page_shows_its_neighbours_and_where_all_are(seen: Project) -> None:
    for name, first in (("p15", 11), ("p00", 0), ("p29", 21), ("book/two", 0)):
        up = "../" if "/" in name else ""
        found = lines(seen.page(name))
        shown = [one for one in found if one[1].startswith("Page")]
        assert [text for _level, text, _uri in shown] == [
            f"Page {other}" for other in MANY[first : first + 9]
        ]
        assert ("1", "all of them", f"{up}index.html#all-pages") in found
        current = seen.page(name).select(".sidebar-tree .current-page > a")
        assert [link["href"] for link in current] == ["#"]


@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_branches_names_and_addresses(built_once: MakeProject, builder: str) -> None:
    project = built_once(FILES, builder=builder)
    page = project.page({"html": "book/deep", "dirhtml": "book/deep/index"}[builder], builder)
    few = [one[:2] for one in lines(page) if not one[1].startswith(("Page", "all"))]
    assert few == [
        ("1", "Home"), ("1", "Book"), ("2", "First"), ("3", "Deep"), ("2", "Chapter two"),
        ("1", "Name"),
    ]  # fmt: skip
    assert [line.get_text() for line in page.select(".sidebar-tree .caption")] == ["Many", "Few"]
    opened = [box["aria-label"] for box in page.select(".toctree-checkbox[checked]")]
    assert opened == ["Toggle navigation of Book", "Toggle navigation of First"]
    folder = project.output / builder / ("book/deep" if builder == "dirhtml" else "book")
    for _level, _text, uri in lines(page):
        target = uri.partition("#")[0]
        if target and "://" not in target:
            path = folder / target
            assert (path / "index.html" if path.is_dir() else path).is_file(), uri


def test_short_names_stand_around_a_page(seen: Project) -> None:
    after = seen.page("book/two")
    assert "First" not in after.select(".prev-page .title")[0].get_text()
    assert seen.page("book/index").select(".next-page .title")[0].get_text() == "First"
    assert seen.page("book/one").title is not None
    assert "First" in seen.page("book/one").title.get_text()  # type: ignore[union-attr]


def test_other_themes_are_left_alone(project: Project) -> None:
    project.edit("conf.py", '"furo"', '"alabaster"')
    project.build()
    found = project.page("p15").select(".sphinxsidebar .toctree-l1")
    assert len(found) == 33


def test_what_a_page_carries_does_not_grow(make_project: MakeProject) -> None:
    sizes = []
    for count in (40, 120):
        more = {f"p{number:03}.md": f"# Page {number:03}\n" for number in range(count)}
        large = make_project({"conf.py": FILES["conf.py"], "index.md": FILES["index.md"].replace(
            "book/index\n", ""), **more})  # fmt: skip
        large.build()
        sizes.append((large.output / "html/p030.html").stat().st_size)
    assert abs(sizes[1] - sizes[0]) < 50


def test_it_hinders_nobody_and_needs_no_script(seen: Project, open_page: OpenPage) -> None:
    page = open_page((seen.output / "html/p15.html").as_uri(), scripts=False)
    link = page.get_by_role("link", name="Chapter two")
    assert not link.is_visible()
    page.locator("label[for=toctree-checkbox-1]").click()
    assert link.is_visible()
    page = open_page((seen.output / "html/p15.html").as_uri())
    found = Axe().run(page, context=".sidebar-drawer")
    assert [violation["id"] for violation in found.response["violations"]] == []


def test_a_changed_title_rewrites_the_pages_that_show_it(project: Project) -> None:
    project.edit("conf.py", '"sidebar"', '"section_compare", "sidebar"')
    project.build()
    before = project.times()
    project.edit("p25.md", "# Page p25", "# Another")
    project.build()
    after = project.times()
    written = {name.removesuffix(".html") for name in before if before[name] != after[name]}
    shown = {name for name in MANY if "Another" in project.page(name).get_text()}
    assert {"p24", "p25", "p26"} <= shown < set(MANY)
    # and the root, whose toctree lists it; the others are no documents
    assert shown <= written <= shown | {"index", "genindex", "search"}


def test_nothing_of_a_toctree_is_lost(project: Project) -> None:
    """Home has the whole of a long hidden group beside it; numbers, and pages that Sphinx makes."""
    project.edit("index.md", ":glob:", ":glob:\n:hidden:\n:numbered:")
    project.edit("index.md", "book/index\n", "book/index\ngenindex\nFind <search>\n")
    project.build()
    home = lines(project.page("index"))
    names = [f"{number}. Page {name}" for number, name in enumerate(MANY, 1)]
    assert [text for _level, text, _uri in home if "Page p" in text] == names
    [folded] = project.page("index").select(".sidebar-tree details:not([open])")
    assert [link.get_text() for link in folded.select("a")] == names[9:]
    assert ("1", "Index", "genindex.html") in home
    assert ("1", "Find", "search.html") in home
    assert lines(project.page("search"))[-2] == ("1", "Find", "#")


def test_a_project_s_own_template_gets_its_toctree(project: Project) -> None:
    project.write("own/page.html", '{% extends "!page.html" %}{% block footer %}'
                  '<div class="own">{{ toctree() }}</div>{{ super() }}{% endblock %}')  # fmt: skip
    conf = (project.source / "conf.py").read_text("utf-8")
    project.write("conf.py", conf + 'templates_path = ["own"]\n')
    project.build()
    assert len(project.page("p15").select(".own a")) == len(MANY)


def test_singlehtml_keeps_the_sidebar_of_furo(project: Project) -> None:
    project.build("singlehtml")
    assert len(lines(project.page("index", "singlehtml"))) > 1
