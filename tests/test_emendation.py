"""The extension emendation: marks, lists, blanks and dated runs, in any project and builder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from conftest import Project
from emendation import parse
from emendation.nodes import blank

if TYPE_CHECKING:
    from conftest import MakeProject

BUILDERS = ("dirhtml", "singlehtml", "epub", "latex", "text", "man", "texinfo", "xml", "gettext")
CONF = """\
project = "emended"
extensions = ["myst_parser", "emendation"]
myst_enable_extensions = ["attrs_inline", "colon_fence"]
emendation_blank_pattern = "X{2,}|_{3,}"
html_theme = "basic"
version = release = "1"
copyright = "x"
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a=>b", ("a", "b")),
        ("=>b", ("", "b")),
        ("a=>", ("a", "")),
        (" and =>和", (" and ", "和")),
        ("a=>b=>c", ("a", "b=>c")),
        (r"a\=>b=>c\=>d", ("a=>b", "c=>d")),
        ("=>", ("", "")),
        (r"a\=>b", None),
        ("a-b", None),
    ],
)
def test_a_mark_is_taken_apart(text: str, found: tuple[str, str] | None) -> None:
    assert parse.split(text) == found


@pytest.mark.parametrize("text", ["a->b", "a → b", "a＝＞b", "a =＞ b", "a——>b", "a==>b"])
def test_the_nearest_mark_is_found(text: str) -> None:
    assert parse.nearest(text) == "a=>b"


def test_the_nearest_mark_has_one_separator() -> None:
    """The first, as in a mark that is right."""
    assert parse.nearest("a->b->c->d") == "a=>b->c->d"
    assert parse.nearest("ab") == ""


@pytest.mark.parametrize("sign", ["-", "＝", " ", "- "])
def test_no_text_keeps_the_search_for_a_mark_busy(sign: str) -> None:
    """It would take the square of the text's length: hours."""
    assert parse.nearest(sign * 1_000_000) == ""
    assert parse.nearest(f"a {sign * 1_000_000}-> b").endswith("=>b")


def test_a_text_is_cut_into_blanks_and_the_rest() -> None:
    pattern = re.compile("X{2,}|_*")
    assert list(parse.pieces("20XX年", pattern)) == [("20", False), ("XX", True), ("年", False)]
    assert list(parse.pieces("XX", pattern)) == [("XX", True)]
    assert list(parse.pieces("QQ群", pattern)) == [("QQ群", False)]


def project_of(make_project: MakeProject, body: str, **files: str) -> Project:
    index = f"# Index\n\n```{{toctree}}\npage\n```\n\n{files.pop('index', '')}\n"
    texts = {"conf.py": CONF, "index.md": index, "page.md": f"# Page\n\n{body}\n"}
    return make_project(texts | files)


WRONG = {
    "no separator": (
        "{sic}`ab`",
        "page.md:3: WARNING: sic: found 'ab' without =>, allowed is source=>reading "
        "[emendation.separator]",
        "ab",
    ),
    "nearly a separator": (
        "{sic}`a->b`",
        "page.md:3: WARNING: sic: found 'a->b' without =>, allowed is source=>reading; "
        "did you mean 'a=>b'? [emendation.separator]",
        "a->b",
    ),
    "both sides empty": (
        "{sic}`=>`",
        "page.md:3: WARNING: sic: found '=>' with both sides empty, allowed is source=>reading "
        "[emendation.empty]",
        "=>",
    ),
    "equal sides": (
        "{sic}`ab=>ab`",
        "page.md:3: WARNING: sic: found 'ab=>ab' with equal sides, allowed is source=>reading "
        "[emendation.same]",
        "ab",
    ),
    "equal sides with an escape": (
        r"{sic}`a\=>b=>a\=>b`",
        r"page.md:3: WARNING: sic: found 'a\\=>b=>a\\=>b' with equal sides, allowed is "
        "source=>reading [emendation.same]",
        "a=>b",
    ),
}


def test_wrong_marks_are_named_and_their_text_kept(make_project: MakeProject) -> None:
    bodies, messages, kept = zip(*WRONG.values(), strict=True)
    project = project_of(make_project, "\n\n".join(f"Before {body} after." for body in bodies))
    project.build(warnings=True)
    assert project.messages == [
        message.replace("page.md:3:", f"page.md:{3 + 2 * number}:")
        for number, message in enumerate(messages)
    ]
    page = project.page("page")
    texts = [tag.get_text() for tag in page.select("[role=main] p")]
    assert texts == [f"Before {text} after." for text in kept]
    assert not page.select(".emendation")
    project.edit("page.md", "# Page", "# The page")
    project.build(
        suppress_warnings=[message.rpartition("[")[2].rstrip("]") for message in messages]
    )


@pytest.mark.parametrize("pattern", [None, ""])
def test_no_pattern_marks_no_blank(make_project: MakeProject, pattern: str | None) -> None:
    project = project_of(make_project, "20XX")
    project.build(emendation_blank_pattern=pattern)
    assert project.page("page").select(".blank") == []


def test_a_wrong_pattern_is_named(make_project: MakeProject) -> None:
    project = project_of(make_project, "20XX")
    project.build(warnings=True, emendation_blank_pattern="X{2")
    assert project.messages == []  # a brace alone is text
    project.build(warnings=True, emendation_blank_pattern="(X")
    [message] = project.messages
    assert message.startswith(
        "WARNING: emendation_blank_pattern: found '(X', allowed is a regular expression"
    )
    assert message.endswith("[emendation.pattern]")
    assert not project.page("page").select(".blank")


PLACES = """\
## Heading {sic}`wrong=>right`

- item {sic}`wrong=>right`

| {sic}`wrong=>right` | b |
|---|---|
| cell {sic}`wrong=>right` | *stress {sic}`wrong=>right`* |

A [link {sic}`wrong=>right`](https://example.org/), {sic}`gone=>`gone and {sic}`=>new` added.

:::{emendation-list}
:::

The end.
"""


def test_html_holds_both_readings(built_once: MakeProject) -> None:
    project = project_of(built_once, PLACES)
    page = project.page("page")
    marks = page.select("[role=main] .emendation")
    assert len(marks) == 8
    assert [mark.ins.get_text() for mark in marks if mark.ins] == ["right"] * 6 + ["", "new"]
    assert [mark.find("del").get_text() for mark in marks] == ["wrong"] * 6 + ["gone", ""]  # type: ignore[union-attr]
    # a link is reached by the keyboard itself, and may hold nothing that is
    assert [mark.get("tabindex") for mark in marks] == ["0"] * 5 + [None, "0", "0"]
    assert not page.select("a a, a [tabindex]")
    tips = [mark.select_one(".emendation-tip") for mark in marks]
    assert [tip["data-tip"] for tip in tips if tip] == ["source: wrong"] * 6 + [
        "source: gone", "not in the source",
    ]  # fmt: skip
    assert all(tip is not None and tip.get_text() == "" for tip in tips)


def test_the_list_links_to_each_place_and_back(built_once: MakeProject) -> None:
    project = project_of(built_once, PLACES)
    page = project.page("page")
    [block] = page.select(".emendation-list.no-search")
    assert block.find_parent("section") is None
    rows = [[cell.get_text() for cell in row.select("td")] for row in block.select("tbody tr")]
    assert rows == [
        ["wrong", "right", "Heading right"],
        ["wrong", "right", "item right"],
        ["wrong", "right", "right"],
        ["wrong", "right", "cell right"],
        ["wrong", "right", "stress right"],
        ["wrong", "right", "A link right, gone a…"],
        ["gone", "(removed)", "… right, gone and…"],
        ["(added)", "new", "…one and new added."],
    ]
    for row in block.select("tbody tr"):
        [link] = row.select("a")
        mark = page.find(id=str(link["href"]).removeprefix("#"))
        assert mark is not None
        assert "emendation" in mark["class"]
        back = mark.select_one("a.emendation-tip")
        assert (back is None) is (mark.find_parent("a") is not None)
        if back:
            assert back["href"] == f"#{row['id']}"
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))


def test_a_heading_that_is_named_like_a_mark_keeps_its_id(make_project: MakeProject) -> None:
    page = "# T\n\n{sic}`a=>b`\n\n## Emendation index 1\n\n:::{emendation-list}\n:::\n"
    project = make_project({"conf.py": CONF, "index.md": page})
    project.build()
    ids = [str(tag["id"]) for tag in project.page("index").select("[id]")]
    assert sorted(set(ids)) == sorted(ids)
    assert {"emendation-index-1", "emendation-index-2"} <= set(ids)


def test_a_page_without_emendations_has_no_list_and_no_script(make_project: MakeProject) -> None:
    project = project_of(
        make_project, ":::{emendation-list}\n:::", index="{sic}`a=>b` {sic}`c=>d`\n"
    )
    project.build()
    page = project.page("page")
    assert not page.select(".emendation-list")
    assert "emendation.js" not in str(page)
    index = project.page("index")
    [script] = index.select('head script[src*="emendation.js"]')
    assert (script["data-reading"], script["data-source"]) == ("Emended", "As in the source")
    assert not index.select(".emendation-list")  # there is no directive
    assert not index.select(".emendation-tip[href]")


def test_navigation_is_plain(make_project: MakeProject) -> None:
    project = make_project(
        {
            "conf.py": CONF.replace('"basic"', '"furo"'),
            "index.md": "# Index\n\n```{toctree}\npage\nafter\n```\n",
            "page.md": "# The {sic}`wrong=>right` [old]{.dated} title{sic}`x=>`\n\n"
            "## Part {sic}`wrong=>right`\n\n### Deep {sic}`wrong=>right`\n",
            "after.md": "# After\n",
        }
    )
    project.build()
    page = project.page("page")
    assert page.title
    assert page.title.get_text().startswith("The right old title -")
    for name in ("index", "page", "after"):
        html = project.page(name)
        for article in html.select("article"):
            for heading in article.select("h1, h2, h3"):
                heading.decompose()
        assert not html.select(".emendation, .dated, del")
        assert "wrong" not in html.get_text()
        links = [a.get_text(strip=True) for a in html.select('a[href^="page.html"]')]
        if name != "page":
            assert any("The right old title" in link for link in links)
    toc = [a.get_text() for a in page.select(".toc-tree a")]
    assert toc[1:] == ["Part right", "Deep right"]
    index = (project.output / "html" / "searchindex.js").read_text(encoding="utf-8")
    assert "right" in index
    assert "wrong" not in index


def output(project: Project, builder: str, name: str) -> str:
    return (project.output / builder / name).read_text(encoding="utf-8")


def test_builders_without_marks_write_brackets(make_project: MakeProject) -> None:
    project = project_of(make_project, PLACES)
    for builder, name in (
        ("text", "page.txt"), ("man", "emended.1"), ("texinfo", "emended.texi"),
    ):  # fmt: skip
        project.build(builder)
        text = re.sub(r"\s+", " ", output(project, builder, name))
        assert "Heading right" in text
        assert "Heading right[" not in text
        assert "item right[source: wrong]" in text
        assert "new[not in the source]" in text
        assert "[source: gone]gone" in text


def test_an_ebook_has_notes_and_needs_no_style(make_project: MakeProject) -> None:
    project = project_of(make_project, PLACES + "\n20XX [old]{.dated}\n")
    project.build("epub", warnings=True)
    text = output(project, "epub", "page.xhtml")
    assert "right</a> source: wrong</p></aside>" in text
    # one that removes is seen where it stood
    assert "<small>(removed)</small></a>" in text
    # a link can hold no other
    assert "right<small>[source: wrong]</small></span>" in text
    page = BeautifulSoup(text, "html.parser")
    assert page.h2
    assert not page.h2.select("a[role=doc-noteref]")
    assert "<del>" not in text
    assert "tabindex" not in text
    assert "20XX" in text
    assert "emendation.js" not in text


def test_copies_in_an_ebook_have_notes_of_their_own(make_project: MakeProject) -> None:
    project = compared(make_project)
    project.build("epub", suppress_warnings=["epub.unknown_project_files"])
    before = project.files("epub")
    for name in ("care", "runs", "alpha"):
        page = BeautifulSoup(before[f"{name}.xhtml"], "html.parser")
        ids = [str(tag["id"]) for tag in page.select("[id]")]
        assert len(ids) == len(set(ids))
        words = page.select("a[role=doc-noteref]")
        assert words
        assert [word["href"] for word in words] == [f"#{tag['id']}" for tag in page.select("aside")]
        backs = [str(back["href"]).removeprefix("#") for back in page.select("aside a")]
        assert backs == [word["id"] for word in words]
        if name != "alpha":
            # below the passage that they are of
            assert len(page.select(".section-compare-passage aside")) == len(words)
    project.edit("alpha.md", "# Alpha", "# Alpha\n\nA {sic}`thrid=>third`.")
    project.build("epub", suppress_warnings=["epub.unknown_project_files"])
    clean = Project(project.source, project.output / "clean")
    clean.build("epub", suppress_warnings=["epub.unknown_project_files"])
    after = clean.files("epub")
    for name in ("care", "runs", "alpha"):
        assert project.files("epub")[f"{name}.xhtml"] == after[f"{name}.xhtml"]


def test_latex_has_a_macro_and_plain_titles(make_project: MakeProject) -> None:
    project = project_of(make_project, PLACES)
    project.build("latex")
    tex = output(project, "latex", "emended.tex")
    assert r"\usepackage{emendation}" in tex
    assert r"\providecommand{\sphinxemendation}" in output(project, "latex", "emendation.sty")
    assert r"\section{Heading right}" in tex
    assert r"\sphinxemendation{right}{wrong}" in tex
    assert r"\sphinxemendation{}{gone}" in tex
    labels = set(re.findall(r"\\label\{(.*?)\}\}?", tex))
    for target in re.findall(r"\\hyperref\[(\\detokenize\{page:emend.*?)\}\]", tex):
        assert target in labels


def test_xml_keeps_both_and_gettext_the_mark(make_project: MakeProject) -> None:
    project = project_of(make_project, PLACES)
    project.build("xml")
    xml = output(project, "xml", "page.xml")
    assert re.search(r'<emendation [^>]*source="wrong"[^>]*>right</emendation>', xml)
    project.build("gettext")
    pot = output(project, "gettext", "page.pot")
    assert 'msgid "Heading {sic}`wrong=>right`"' in pot
    assert "Emendations" not in pot


def test_singlehtml_keeps_the_pages_apart(make_project: MakeProject) -> None:
    listed = "\n:::{emendation-list}\n:::\n"
    project = project_of(
        make_project, "Two {sic}`c=>d`." + listed, index="One {sic}`a=>b`." + listed
    )
    project.build("singlehtml")
    page = project.page("index", "singlehtml")
    rows = [
        [[cell.get_text() for cell in row.select("td")] for row in block.select("tbody tr")]
        for block in page.select(".emendation-list")
    ]
    assert sorted(rows) == [[["a", "b", "One b."]], [["c", "d", "Two d."]]]
    for link in page.select(".emendation-list a"):
        assert page.find(id=str(link["href"]).partition("#")[2])


@pytest.mark.parametrize("names", [("甲", "乙"), ("a/b", "a-b")])
def test_singlehtml_gives_no_id_twice(make_project: MakeProject, names: tuple[str, str]) -> None:
    body = "# T\n\n{sic}`a=>b`.\n\n:::{emendation-list}\n:::\n"
    index = "# I\n\n```{toctree}\n" + "\n".join(names) + "\n```\n"
    pages = {f"{name}.md": body for name in names}
    project = make_project({"conf.py": CONF, "index.md": index, **pages})
    project.build("singlehtml")
    page = project.page("index", "singlehtml")
    ids = [str(tag["id"]) for tag in page.select("[id^=emendation-]")]
    assert len(ids) == len(set(ids)) == 4
    links = [str(link["href"]) for link in page.select(".emendation a, .emendation-list a")]
    assert sorted(links) == sorted(f"#{id_}" for id_ in ids)


def test_blanks_and_dated_runs_are_marked(make_project: MakeProject) -> None:
    body = (
        "## In XX\n\nIn 20XX, *XXX* and \\_\\_\\_\\_ of QQ, `XX` code, [in [the sixteenth]{.dated "
        ".other}]{.more}.\n\n```\nXX\n```\n"
    )
    project = project_of(make_project, body)
    app = project.build()
    page = project.page("page")
    blanks = page.select("[role=main] .blank")
    assert [blank.get_text() for blank in blanks] == ["XX", "XX", "XXX", "____"]
    assert blanks[1]["aria-label"] == "blank to fill in: XX"
    [run] = page.select(".dated")
    assert run.get_text() == "the sixteenth"
    assert set(run["class"]) == {"dated", "other"}
    assert run["tabindex"] == "0"
    tip = run.select_one(".emendation-tip")
    assert tip is not None
    assert tip["data-tip"] == "check before use"
    assert not list(app.env.get_doctree("page").findall(blank))
    project.build("text")
    assert "In 20XX, *XXX* and ____ of QQ" in output(project, "text", "page.txt")


def test_a_line_may_break_before_a_quoted_blank(make_project: MakeProject) -> None:
    """As it may before any quotation; not inside brackets, nor between the quote and the blank."""
    project = make_project({"conf.py": CONF, "index.md": "# A\n\n普及“XX”，在（“XX”）和XX。\n"})
    project.build()
    paragraph = project.page("index").select_one("[role=main] p")
    assert paragraph
    assert re.sub("<(?!wbr)[^>]*>", "", str(paragraph)) == "普及<wbr/>“XX”，在（“XX”）和XX。"


COMPARED = """\
---
report: alpha
---

# Alpha

{.topic-care}
## Care {sic}`wrong=>right`

- item {sic}`wrong=>right`

| a | b |
|---|---|
| cell {sic}`wrong=>right` | *stress {sic}`wrong=>right`* |

A [link {sic}`wrong=>right`](https://example.org/).

And [a run {sic}`wrong=>right`, 20XX, [old]{.dated}]{.topic-runs}.

:::{emendation-list}
:::
"""


def compared(make_project: MakeProject) -> Project:
    topic = "---\ntopic: {0}\n---\n\n# {0}\n\n:::{{section-compare}}\n:::\n"
    return make_project(
        {
            "conf.py": CONF.replace('"emendation"]', '"section_compare", "emendation"]').replace(
                '"attrs_inline"', '"attrs_block", "attrs_inline"'
            ),
            "index.md": "# Index\n\n```{toctree}\nalpha\ncare\nruns\n```\n",
            "alpha.md": COMPARED,
            "care.md": topic.format("care"),
            "runs.md": topic.format("runs"),
        }
    )


def shape(page: BeautifulSoup, selector: str) -> list[tuple[str, str]]:
    """Source and reading of the emendations below a selector."""
    return [
        (mark.find("del").get_text(), mark.ins.get_text())  # type: ignore[union-attr]
        for mark in page.select(f"{selector} .emendation")
    ]


def test_copies_carry_emendations(built_once: MakeProject) -> None:
    project = compared(built_once)
    care = project.page("care")
    assert shape(care, ".section-compare") == [("wrong", "right")] * 6
    for place in (".rubric", "li", "td", "em", "a.reference"):
        assert shape(care, f".section-compare {place}"), place
    assert not care.select(".emendation-list, .emendation[id], .emendation-tip[href]")
    assert len(care.select(".section-compare .blank")) == 1
    assert len(care.select(".section-compare .dated .emendation-tip")) == 1
    assert len(care.select('head script[src*="emendation.js"]')) == 1
    runs = project.page("runs")
    assert shape(runs, ".section-compare") == [("wrong", "right")]
    assert len(runs.select(".section-compare .dated")) == 1


@pytest.mark.parametrize("builder", BUILDERS)
def test_every_builder_writes_all_without_a_warning(
    make_project: MakeProject, builder: str
) -> None:
    """Marks in all places, in either markup, and copies of them."""
    project = compared(make_project)
    project.write("page.md", f"---\norphan: 1\n---\n\n# Page\n\n{PLACES}")
    rst = "Rest :sic:`wrong=>right`\n========================\n\n.. emendation-list::\n"
    project.write("rest.rst", f":orphan:\n\n{rst}")
    project.build(builder, suppress_warnings=["epub.unknown_project_files"])


EDITS = [
    ("a run {sic}`wrong=>right`", "a run {sic}`wrung=>right`"),
    ("a run {sic}`wrung=>right`", "a run right"),
    ("[old]{.dated}", "old"),
]


def test_a_changed_mark_reaches_the_copies(make_project: MakeProject) -> None:
    """Also where the text shown stays the same."""
    project = compared(make_project)
    project.build()
    for old, new in EDITS:
        project.edit("alpha.md", old, new)
        project.build()
        clean = Project(project.source, project.output / f"without {old}")
        clean.build()
        for name in ("alpha", "care", "runs"):
            assert project.page(name) == clean.page(name), (old, name)


def test_parallel_gives_the_same(make_project: MakeProject, built_once: MakeProject) -> None:
    project = compared(make_project)
    project.build(jobs=2)
    for name in ("alpha", "care", "runs"):
        assert project.page(name) == compared(built_once).page(name), name
