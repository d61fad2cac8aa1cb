"""What the component writes for LaTeX, in projects whose settings are not the site's."""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import MakeProject, Project, lacking
from printed import MM, Book, complaints, need_tex, squeeze, typeset
from section_compare.output.latex import LEAST, MOST_COLUMNS, ROOM, groups, height, widths_of
from section_compare.output.nodes import compare_cell

CONF = """\
extensions = ["myst_parser", "section_compare"]
myst_enable_extensions = ["attrs_block", "colon_fence"]
"""
INDEX = "# Index\n\n```{toctree}\n:glob:\n\n*\n```\n"


def report(name: str, *topics: str) -> str:
    marks = "\n\n".join(f"{{.topic-{topic}}}\n{name} on {topic}." for topic in topics)
    return f"---\nreport: {name}\n---\n\n# Report {name}\n\n{marks}\n"


def project_of(make_project: MakeProject, page: str, **reports: str) -> Project:
    """A project of reports a, b, …, and a topic page with the given body."""
    topic = f"---\ntopic: one\n---\n\n# One\n\n{page}"
    pages = {"index": INDEX, "topic": topic, **reports}
    return make_project({"conf.py": CONF} | {f"{name}.md": text for name, text in pages.items()})


def write(project: Project) -> Path:
    project.build("latex")
    [path] = (project.output / "latex").glob("*.tex")
    return path


def tex_of(project: Project) -> str:
    return write(project).read_text(encoding="utf-8")


def set_by_default(project: Project) -> Book:
    """Set a project as Sphinx does with no setting given, with pdfLaTeX."""
    need_tex()
    if not shutil.which("kpsewhich") or subprocess.call(["kpsewhich", "tgtermes.sty"]):
        lacking("TeX Gyre", "tex-gyre")
    path = write(project)
    return Book(path.with_suffix(".pdf"), typeset(path.parent, path.stem))


COMPARE = ":::{section-compare}\n:::\n"


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(0, []), (1, [1]), (6, [6]), (7, [3, 4]), (12, [6, 6]), (13, [4, 4, 5])],
)
def test_columns_are_divided_evenly(count: int, sizes: list[int]) -> None:
    found = groups([compare_cell() for _ in range(count)])
    assert [len(group) for group in found] == sizes
    assert max(sizes, default=0) <= MOST_COLUMNS


def test_a_long_text_gets_a_wide_column() -> None:
    assert widths_of([[300], [300]]) == [18, 17]
    assert widths_of([[300]]) == [ROOM[False]]
    # none is too narrow to be read, and all fill the line
    assert widths_of([[1], [1], [900]]) == [LEAST, LEAST, ROOM[True] - 2 * LEAST]
    # not length alone counts: short paragraphs leave lines half empty, gaps take room
    cells = [[30, 0] * 5, [500], [30, 200, 170]]
    widths = widths_of(cells)
    assert sum(widths) == ROOM[True]
    heights = [height(cell, width) for cell, width in zip(cells, widths, strict=True)]
    assert max(heights) - min(heights) <= 2


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_a_sheet_is_as_wide_as_its_widest_row(make_project: MakeProject, count: int) -> None:
    names = "abcdefgh"[:count]
    project = project_of(make_project, COMPARE, **{name: report(name, "one") for name in names})
    tex = tex_of(project)
    assert f"\\begin{{sectioncompare}}{{{min(count, 4)}}}" in tex
    for name in names:  # above each column, the page where its passage stands
        assert f"page \\pageref*{{\\detokenize{{{name}:one}}}}" in tex
    assert tex.count(r"\begin{sectioncomparecolumns}") == (2 if count > 6 else 1)
    assert tex.count(r"\sectioncomparenext") == count - (2 if count > 6 else 1)


def test_stacked_stays_stacked(make_project: MakeProject) -> None:
    page = ":::{section-compare}\n:layout: stacked\n:::\n"
    reports = {name: report(name, "one") for name in "abc"}
    tex = tex_of(project_of(make_project, page, **reports))
    assert r"\begin{sectioncompare" not in tex
    assert tex.count(r"\sectioncomparestacked{") == 3


def test_inside_another_block_it_is_stacked(make_project: MakeProject) -> None:
    page = f"- a list\n\n  {COMPARE}".replace("\n:::\n", "\n  :::\n")
    tex = tex_of(project_of(make_project, page, a=report("a", "one"), b=report("b", "one")))
    assert r"\begin{sectioncompare" not in tex
    assert tex.count(r"\sectioncomparestacked{") == 2


def test_a_table_over_pages_is_stacked(make_project: MakeProject) -> None:
    table = "| n |\n|---|\n" + "| 1 |\n" * 40
    long = report("a", "one").replace(
        "a on one.", f"Below.\n\n:::{{container}} topic-one\n{table}:::"
    )
    tex = tex_of(project_of(make_project, COMPARE, a=long, b=report("b", "one")))
    assert tex.count(r"\begin{longtable}") == 2
    assert r"\begin{sectioncompare" not in tex


def test_the_place_of_a_passage_is_where_it_begins(make_project: MakeProject) -> None:
    """Also of a list, which LaTeX gives no label."""
    listed = "---\nreport: a\n---\n\n# Report a\n\n{.topic-one}\n- First item.\n- Second item.\n"
    tex = tex_of(project_of(make_project, COMPARE, a=listed, b=report("b", "one")))
    page = tex[tex.index(r"\chapter{Report a}") :]
    assert page.index(r"\label{\detokenize{a:one}}") < page.index("First item.")


def test_a_book_without_a_topic_that_its_outline_names(site_copy: Project) -> None:
    """The link is lost, and that is said; the book is written."""
    (site_copy.source / "topics/care.md").unlink()
    site_copy.build("latex", warnings=True)
    assert any("guide/outline.md" in message for message in site_copy.messages)
    assert list((site_copy.output / "latex").glob("*.tex"))


def test_silent_reports_take_no_column(make_project: MakeProject) -> None:
    reports = {"a": report("a", "one"), "b": report("b"), "c": report("c", "one"), "d": report("d")}
    tex = tex_of(project_of(make_project, COMPARE, **reports))
    assert r"\sectioncompareunsaid{Nothing on this: Report b, Report d}" in tex
    assert r"\begin{sectioncomparecolumns}{2}" in tex


def of_two_topics(make_project: MakeProject) -> Project:
    """A page compares both topics; of three reports two say something on one alone."""
    two = "---\ntopic: two\n---\n\n# Two\n\n" + COMPARE.replace("}", "} one two")
    reports = {"a": report("a", "one", "two"), "b": report("b", "one"), "c": report("c", "two")}
    project = project_of(make_project, COMPARE, **reports)
    project.write("two.md", two)
    return project


def test_who_speaks_on_one_topic_of_two_has_a_cell_in_both_rows(make_project: MakeProject) -> None:
    tex = tex_of(of_two_topics(make_project))
    page = tex[tex.index(r"\chapter{Two}") :]
    assert page.count("nothing on this") == 2
    assert "Nothing on this" not in page
    assert page.count(r"\begin{sectioncomparecolumns}{3}") == 2


@pytest.mark.full
def test_rows_of_several_topics_share_columns(make_project: MakeProject) -> None:
    project = of_two_topics(make_project)
    book = set_by_default(project)
    assert complaints(book.log) == []
    [sheet] = [n for n in range(1, len(book.reader.pages) + 1) if book.size(n)[0] > book.size(n)[1]]
    assert book.text(sheet).count("nothing on this") == 2
    tops = {word: top for top, _left, _right, word in book.words(sheet) if top < 700}
    assert tops["One"] < tops["one."] < tops["two."]


@pytest.mark.full
def test_whatever_a_passage_holds_is_set_by_default(make_project: MakeProject) -> None:
    """The root of copies, with a third report: three columns on a sheet, by pdfLaTeX."""
    project = make_project(root="copies")
    long = "\n\n".join(f"Paragraph {number} of the third." for number in range(60))
    third = "---\nreport: third\nshort_title: Third\n---\n\n# T\n\n{.topic-whole}\n## Long\n\n"
    project.write("reports/third.md", third + long)
    project.edit("index.md", "reports/plain", "reports/third\nreports/plain")
    project.edit("topics/deep/whole.md", ":reports: full second\n", "")
    book = set_by_default(project)
    assert complaints(book.log) == []
    sheets = [n for n in range(1, len(book.reader.pages) + 1) if book.size(n)[0] > book.size(n)[1]]
    assert len(sheets) > 2
    width, height = book.size(sheets[0])
    lefts = [left / MM for top, left, _right, word in book.words(sheets[1])
             if top < 24 * MM and word in {"A", "Third"}]  # fmt: skip
    edges = [*sorted(lefts), width - 20]
    assert len(edges) == 4
    for sheet in sheets:
        assert "A full report (page" in book.text(sheet)
    found = [
        squeeze(
            "".join(
                book.text(sheet, (left - 1, 25, right - left, height - 50)) for sheet in sheets[:3]
            )
        )
        for left, right in pairwise(edges)
    ]
    order = ["Nested", "Deeper", "Deepest", "Lists", "Things", "print(", "Tabtwo", "recursing"]
    places = [found[0].index(word) for word in order]
    assert places == sorted(places)
    numbers = [n for text in found for n in map(int, re.findall(r"Paragraph(\d+)ofthethird", text))]
    assert numbers == list(range(60))


@pytest.mark.full
@pytest.mark.parametrize("name", ["author", "report"])
def test_a_collection_that_is_only_begun_is_set(make_project: MakeProject, name: str) -> None:
    """LaTeX has no table without rows, nor a list without items."""
    lists = "".join(f":::{{section-list}} {what}\n:::\n\n" for what in ("reports", "topics"))
    files = {"conf.py": CONF, "index.md": f"{INDEX}\n{lists}:::{{section-coverage}}\n:::\n"}
    files["page.md"] = f"---\n{name}: one\n---\n\n# One\n\nText.\n"
    book = set_by_default(make_project(files))
    assert complaints(book.log) == []
    text = "".join(map(book.text, range(1, len(book.reader.pages) + 1)))
    assert text.split().count("none") == (2 if name == "report" else 3)


EVIL = r"\input{/etc/passwd} \write18{touch hacked} % # & _ ^ ~ $x$ {"


@pytest.mark.full
def test_titles_cannot_inject(make_project: MakeProject) -> None:
    reports = {
        name: report(name, "one").replace("---\n\n", f"short_title: '{EVIL} {name}'\n---\n\n", 1)
        for name in "ab"
    }
    silent = report("c").replace("---\n\n", f"short_title: '{EVIL} silent'\n---\n\n", 1)
    page = (
        f":::{{section-compare}}\n:caption: '{EVIL} caption'\n:::\n\n:::{{section-coverage}}\n:::\n"
    )
    project = project_of(make_project, page, **reports, c=silent)
    book = set_by_default(project)
    assert [line for line in complaints(book.log) if not line.startswith("Overfull")] == []
    assert not list(project.output.rglob("hacked"))
    text = squeeze("".join(book.text(n) for n in range(1, len(book.reader.pages) + 1)))
    for end in ("a", "b", "silent", "caption"):
        assert squeeze(f"{EVIL} {end}") in text.replace("’", "'"), end
    assert "root:x" not in text


def test_an_edit_gives_what_a_clean_build_gives(make_project: MakeProject) -> None:
    reports = {name: report(name, "one") for name in "abc"}
    project = project_of(make_project, COMPARE, **reports)
    before = tex_of(project)
    project.edit("b.md", "b on one.", "b on one, edited.")
    after = tex_of(project)
    clean = project_of(make_project, COMPARE, **reports)
    clean.edit("b.md", "b on one.", "b on one, edited.")
    assert after.count("edited") == 2
    assert before != after == tex_of(clean)
