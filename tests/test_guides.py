"""The guides say what is so: their examples build, their tables are the code's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import section_compare.warn
from conftest import ROOT
from emendation import messages
from section_compare.directives import SectionCompare, SectionOutline, SectionPhrases
from section_compare.read.header import REPORT_FIELDS, TOPIC_FIELDS
from test_search import index_of, texts

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeProject

EXTENSION = ROOT / "_ext" / "section_compare"
# A file's name on a line of its own, then its content in a fence.
FILE = re.compile(r"(?ms)^`([\w./-]+)`\n\n(`{3,})\w+\n(.*?)^\2$")


def examples(path: Path) -> dict[str, str]:
    return {name: text for name, _fence, text in FILE.findall(path.read_text(encoding="utf-8"))}


def rows(text: str, head: str) -> set[str]:
    """The names in code in the first column of the table with a head."""
    table = text.partition(head)[2].partition("\n\n")[0]
    return {
        name
        for row in table.splitlines()[2:]
        for name in re.findall(r"`([\w-]+)`", row.split(" | ")[0])
    }


def test_the_extensions_examples_build(make_project: MakeProject) -> None:
    files = examples(EXTENSION / "README.md")
    assert len(files) == 11
    more = "weather\neast\nfloods\nphrases\noutline\n```"
    files["index.md"] = files["index.md"].replace("weather\n```", more)
    project = make_project(files)
    app = project.build()  # as it is written
    values = {value.name for value in app.config if value.name.startswith("section_compare_")}
    text = (EXTENSION / "README.md").read_text(encoding="utf-8")
    assert rows(text, "| configuration value |") == values

    def cells(page: str) -> list[tuple[str, str]]:
        return [
            (str(cell["data-topic"]), str(cell["data-report"]))
            for cell in project.page(page).select(".section-compare-cell")
            if cell.select(".section-compare-passage")
        ]

    assert cells("roads") == [("roads", "north"), ("roads", "south"), ("roads", "east")]
    assert cells("library") == [("library", "north"), ("library", "south")]
    assert cells("floods") == [("floods", "east"), ("weather", "east"), ("weather", "north")]
    marked = [mark.get_text() for mark in project.page("roads").select("mark")]
    assert marked == ["修桥铺路", "修桥铺路"]
    assert "修桥铺路" in project.page("phrases").select(".section-phrases")[0].get_text()
    both = project.page("index").select_one("#both")
    assert both is not None
    assert "wide" in both["class"]
    assert cells("index") == [
        ("roads", "south"), ("roads", "north"), ("weather", "south"), ("weather", "north"),
    ]  # fmt: skip


def test_the_example_of_emendation_builds(make_project: MakeProject) -> None:
    project = make_project(examples(ROOT / "_ext" / "emendation" / "README.md"))
    project.build(exclude_patterns=["_ext"])
    page = project.page("index")
    assert page.title is not None
    assert "letter" in page.title.get_text()
    assert len(page.select("#furo-main-content .emendation, .body .emendation")) == 3
    assert len(page.select(".dated")) == 1


def test_the_example_of_the_search_builds(make_project: MakeProject) -> None:
    path = ROOT / "_ext" / "section_search" / "README.md"
    project = make_project(examples(path))
    app = project.build(exclude_patterns=["_ext"])
    values = {value.name for value in app.config if value.name.startswith("section_search_")}
    assert rows(path.read_text(encoding="utf-8"), "| configuration value |") == values
    index = index_of(project)
    assert [page[1] for page in index["pages"]] == [
        "Two towns",
        "North",
        "The year in South",
        "Roads",
    ]
    assert "Nobody" not in "".join(texts(index))
    assert [select["name"] for select in project.page("search").select("select")] == ["town"]


def test_the_extensions_tables_are_whole() -> None:
    text = (EXTENSION / "README.md").read_text(encoding="utf-8")
    assert rows(text, "| option |") == SectionCompare.option_spec.keys()
    for option in SectionPhrases.option_spec:
        assert f"`{option}`" in text.partition("`section-phrases` lists")[2].partition("\n\n")[0]
    for option in SectionOutline.option_spec:
        assert f"`{option}`" in text.partition("`section-outline` sets")[2].partition("\n\n")[0]
    assert rows(text, "| field |") == REPORT_FIELDS.keys() | TOPIC_FIELDS.keys()
    for folder, module in (("section_compare", section_compare.warn), ("emendation", messages)):
        text = (ROOT / "_ext" / folder / "README.md").read_text(encoding="utf-8")
        documented = set(re.findall(r"(?m)^(\w+) {2,}", module.__doc__ or ""))
        assert rows(text, "| subtype |") == documented - {"subtype"}


def test_the_contributors_table_of_fields_is_whole() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition("| 范文 | 主题 |")[2].partition("\n\n")[0]
    named = [re.findall(r"^\| (?:`(\w+)`)? ?\| (?:`([\w]+)`)?", row) for row in table.splitlines()]
    reports = {row[0][0] for row in named if row} - {""}
    topics = {row[0][1] for row in named if row} - {""}
    assert reports == REPORT_FIELDS.keys()
    assert topics == TOPIC_FIELDS.keys()


def test_commands_in_the_guides_are_the_makefiles() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?m)^([a-z-]+):.* ## ", makefile))
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        named = set(re.findall(r"(?m)(?:`|^\s*)make ([a-z-]+)", text))
        assert named
        assert named <= targets
