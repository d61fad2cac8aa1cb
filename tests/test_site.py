"""The real site: every builder builds it, nothing is without a topic, links and figures hold."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from conftest import ROOT, Project, listed
from docutils import nodes
from emendation.nodes import emendation_list
from printed import squeeze
from section_compare.domain import get_domain
from section_compare.matching import topics_of
from sphinx.environment import BuildEnvironment

REPORTS, TOPICS = listed("reports"), listed("topics")
BUILDERS = ["dirhtml", "singlehtml", "epub", "latex", "text", "man", "texinfo", "xml", "gettext"]


def test_no_text_is_without_a_topic(site_env: BuildEnvironment) -> None:
    for name in REPORTS:
        doctree = site_env.get_doctree(f"reports/{name}")
        for text in doctree.findall(nodes.Text):
            if not text.astext().strip():
                continue
            node: nodes.Node | None = text.parent
            while node is not None and not (
                # a heading follows its section, a note on emendations is not the report's text
                isinstance(node, nodes.title | emendation_list)
                or (isinstance(node, nodes.Element) and topics_of(node.get("classes", ())))
            ):
                node = node.parent
            assert node is not None, f"{name}: {text.astext()[:40]}"


def test_every_cell_of_every_topic_page_is_there(site: Project, site_env: BuildEnvironment) -> None:
    collection = get_domain(site_env).collect(lambda conditions: True)
    assert [report.docname for report in collection.reports.values()] == [
        f"reports/{name}" for name in REPORTS
    ]
    assert [topic.docname for topic in collection.topics.values()] == [
        f"topics/{name}" for name in TOPICS
    ]
    assert sorted(REPORTS) == sorted(path.stem for path in (ROOT / "reports").glob("*.md"))
    assert sorted(TOPICS) == sorted(path.stem for path in (ROOT / "topics").glob("*.md"))
    for topic in collection.topics.values():
        page = site.page(topic.docname)
        cells = page.select(f'[data-topic="{topic.id}"]')
        # in the toctree's order, but those that say nothing in a line above the others
        order = list(collection.reports)
        said = [cell["data-report"] for cell in cells if cell["data-characters"] != "0"]
        silent = [cell["data-report"] for cell in cells if cell["data-characters"] == "0"]
        assert [cell["data-report"] for cell in cells] == [*silent, *said]
        assert [name for name in order if name in said] == said
        assert sorted([*said, *silent]) == sorted(order)
        for cell in cells:
            speaks = (topic.id, cell["data-report"]) in collection.passages
            assert bool(cell.select(".section-compare-passage")) is speaks


def test_a_report_says_whose_it_is(site: Project, site_env: BuildEnvironment) -> None:
    """Above the titles, which are all alike."""
    reports = get_domain(site_env).reports
    for name in REPORTS:
        heading = site.page(f"reports/{name}").select_one("h1")
        assert heading
        assert [one.get_text() for one in heading.select(".report-name")] == [
            reports[f"reports/{name}"].short_title
        ]


def test_links_go_both_ways_and_land(site: Project) -> None:
    output = site.output / "html"
    pages = {path: site.page(str(path.relative_to(output).with_suffix("")))
             for path in output.rglob("*.html")}  # fmt: skip
    ids = {path: {tag["id"] for tag in page.select("[id]")} for path, page in pages.items()}
    ways = {"topics": ".section-compare-head a", "reports": ".section-compare-links a"}
    for path, page in pages.items():
        if path.parent.name in ways:
            links = page.select(ways[path.parent.name])
            assert links
            for link in links:
                target, _, anchor = str(link["href"]).partition("#")
                found = ids[(path.parent / target).resolve()]
                assert not anchor or anchor in found, link


def test_the_matrix_counts_what_the_cells_show(site: Project) -> None:
    rows = site.page("index").select(".section-coverage-table tbody tr")
    assert len(rows) == len(TOPICS)
    topics = {f"topics/{name}.html": site.page(f"topics/{name}") for name in TOPICS}
    figures = [tag for row in rows for tag in row.select("td") if tag.get_text().strip().isdigit()]
    assert len(figures) > len(rows)
    for figure in figures:
        [link] = figure.select("a")
        target, _, anchor = str(link["href"]).partition("#")
        cell = topics[target].find(id=anchor)
        assert cell is not None
        for source in cell.select(".emendation > del"):
            source.decompose()
        shown = "".join(p.get_text() for p in cell.select(".section-compare-passage"))
        assert len(squeeze(shown)) == int(link.get_text())


@pytest.mark.parametrize("builder", BUILDERS)
def test_every_builder_has_the_text(site_by: Callable[[str], Project], builder: str) -> None:
    """Each builds without a warning; comparisons are in each but gettext, once a passage."""
    sample = "局长亲自挂帅主抓"
    output = site_by(builder).output / builder
    text = "".join(
        squeeze(path.read_text(encoding="utf-8", errors="ignore"))
        for path in sorted(output.rglob("*"))
        if path.is_file() and path.suffix in {".html", ".xhtml", ".tex", ".txt", ".7", ".texi",
                                              ".xml", ".pot"}
    )  # fmt: skip
    times = text.count(sample)
    assert times == 1 if builder == "gettext" else times >= 2


CATALOGS = [
    *ROOT.glob("_ext/*/locale/*/LC_MESSAGES/*.po"),
    *ROOT.glob("locales/*/LC_MESSAGES/*.po"),
]


@pytest.mark.parametrize("catalog", CATALOGS, ids=lambda catalog: catalog.stem)
def test_a_catalog_is_compiled(catalog: Path) -> None:
    """The ``.mo`` that is read holds what the ``.po`` says; ``make messages`` sees to it."""
    # without its dates babel writes the moment of compiling, and the bytes never are the same
    assert '\n"POT-Creation-Date: ' in catalog.read_text(encoding="utf-8")
    with catalog.open("rb") as file:
        messages = {entry.id: entry.string for entry in read_po(file) if entry.id}
    with catalog.with_suffix(".mo").open("rb") as file:
        assert messages == {entry.id: entry.string for entry in read_mo(file) if entry.id}
    assert all(messages.values())


@pytest.mark.parametrize("package", [path.parents[2] for path in CATALOGS if "_ext" in path.parts],
                         ids=lambda package: package.name)  # fmt: skip
def test_a_catalog_has_every_message_of_the_code(package: Path) -> None:
    used = {
        message
        for path in package.parent.rglob("*.py")
        for _line, message, *_rest in extract(
            "python", io.BytesIO(path.read_bytes()), {"_": None, "__": None}
        )
    }
    [catalog] = package.glob("zh_CN/LC_MESSAGES/*.po")
    with catalog.open("rb") as file:
        assert used == {entry.id for entry in read_po(file) if entry.id}


@pytest.mark.parametrize("name", ["index", "reports/community", "topics/care", "genindex"])
def test_the_theme_speaks_chinese(site: Project, name: str) -> None:
    """Its labels too, which only a screen reader says or a pointer shows."""
    page = site.page(name)
    for part in page.select("article, script, style"):
        part.decompose()
    said = [str(tag[key]) for key in ("aria-label", "title", "placeholder", "alt")
            for tag in page.select(f"[{key}]")]  # fmt: skip
    said += page.get_text("\n").split("\n")
    english = [text for text in said if re.search(r"[A-Za-z]{3}", text)]
    assert english == ["Furo"]
