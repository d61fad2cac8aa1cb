"""What Hypothesis thinks of: reports and topic pages of all kinds, and hostile ones.

The default run is small and always the same; ``make fuzz`` runs more examples, and new ones.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from posixpath import dirname, join, normpath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import check
import pytest
from bs4 import BeautifulSoup
from conftest import Project
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from section_search.index import Page, Section, build, dump
from small import OWN
from strategies import (
    IDS,
    LETTERS,
    NAMES,
    Emended,
    Report,
    emended,
    escape,
    hostile_pages,
    phrases,
    projects,
    searched,
    squeeze,
)
from test_search import index_of, parse_index
from test_text import left_sides

if TYPE_CHECKING:
    from bs4 import Tag

pytestmark = pytest.mark.full

# How many times as many examples as by default; ``make fuzz`` sets it.
TIMES = int(os.environ.get("FUZZ", "1"))


def budget(examples: int) -> settings:
    """So many examples, always the same ones; ``make fuzz`` asks for more, and new ones."""
    return settings(
        max_examples=examples * TIMES,
        derandomize=TIMES == 1,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


CONF = """\
extensions = ["myst_parser", "sphinx_design", "section_compare", "section_search", "emendation"]
myst_enable_extensions = [
    "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath", "substitution",
]
myst_substitutions = {"unit": "第二*单位*"}
numfig = True
section_search_pages = ("report", "Report")
section_search_tags = ("topic", "Topic")
section_search_alternates = {"emendation": "source"}
emendation_blank_pattern = "X{2,}|_{3,}"
suppress_warnings = ["section_compare.empty_topic", "myst.header"]
smartquotes = False
html_theme = "basic"
"""
BASE = {
    "conf.py": CONF,
    "index.md": "# Index\n\n```{toctree}\n:glob:\n\n**\n```\n",
    "plain.md": "# Plain\n\n(far)=\n## 远文\n",
}
DOT = Path(__file__).parent / "roots" / "copies" / "reports" / "dot.png"


def project(folder: Path, files: dict[str, str]) -> Project:
    """A project of its own for each example."""
    made = Project(folder / "source", folder / "output")
    for name, text in (BASE | files).items():
        made.write(name, text)
    shutil.copy2(DOT, made.source)
    return made


def pages(made: Project) -> dict[str, BeautifulSoup]:
    folder = made.output / "html"
    return {
        str(path.relative_to(folder)): BeautifulSoup(path.read_bytes(), "html.parser")
        for path in folder.rglob("*.html")
    }


# What is not a passage's text: numbers that Sphinx gives, permalinks, comparisons, our notes.
APART = (
    ".section-compare, .section-compare-note, .headerlink, .caption-number, .eqno, .math-number, "
    ".emendation-tip, .std-numref, [href*='#equation-'], sup, aside, input"
)


def text_of(tag: Tag) -> str:
    for apart in tag.select(APART):
        apart.extract()
    for caption in tag.select(".section-compare-caption"):  # the number in a copy's is text
        caption.string = re.sub(r"^(?:Fig\.|Table|Listing) \d+ ", "", caption.get_text())
    return squeeze(tag.get_text())


def said_in(page: BeautifulSoup) -> dict[tuple[str, str], str]:
    """What the cells of a comparison say: by report and topic their passages' text."""
    found = {}
    for cell in page.select("div.body .section-compare-cell"):
        texts = [text_of(part) for part in cell.select(".section-compare-passage")]
        found[str(cell["data-report"]), str(cell["data-topic"])] = "".join(texts)
    return found


def expected(reports: list[Report], topics: Iterable[str]) -> dict[tuple[str, str], str]:
    return {
        (one.id, topic): "".join(text for name, text in one.said if name == topic)
        for one in reports
        for topic in topics
    }


def check_ids_and_links(found: dict[str, BeautifulSoup]) -> None:
    """No id stands twice, but for raw HTML's; every link within the site leads to a place."""
    ids = {name: Counter(str(tag["id"]) for tag in page.select("[id]:not(.raw)"))
           for name, page in found.items()}  # fmt: skip
    for name, counts in ids.items():
        twice = [id_ for id_, times in counts.items() if times > 1]
        assert not twice, (name, twice)
    for name, page in found.items():
        for link in page.select(".section-compare a[href], .section-compare-links a[href]"):
            parts = urlsplit(str(link["href"]))
            if parts.scheme:
                continue
            target = normpath(join(dirname(name), unquote(parts.path))) if parts.path else name
            assert target in found, (name, link)
            assert not parts.fragment or unquote(parts.fragment) in ids[target], (name, link)


def check_index(made: Project, found: dict[str, BeautifulSoup]) -> None:
    """What a search finds leads to a place, and is no comparison's text."""
    index = index_of(made)
    for number, (address, *_label) in enumerate(index["pages"]):
        name = unquote(address)
        own = [section for section in index["sections"] if section[0] == number]
        ids = {tag["id"] for tag in found[name].select("[id]")}
        assert {anchor for _page, _parent, anchor, *_text in own if anchor} <= ids
        if name == "all.html" or name.startswith("topics/"):
            title = found[name].h1
            assert title
            assert "".join(squeeze(section[4]) for section in own) == text_of(title)


def written(made: Project) -> dict[str, bytes]:
    """The output but for what Sphinx knows of the build."""
    return {name: text for name, text in made.files().items() if not OWN.match(name)}


@pytest.mark.builds
@budget(4)
@given(projects(), projects())
def test_copies_are_whole_and_valid_and_never_stale(
    first: tuple[dict[str, str], list[Report]], second: tuple[dict[str, str], list[Report]]
) -> None:
    """A project with nothing amiss builds without a warning; edited to another, as if anew."""
    with TemporaryDirectory() as folder:
        made = project(Path(folder), first[0])
        made.build()
        found = pages(made)
        for number, topic in enumerate(IDS[:4]):
            assert said_in(found[f"topics/{number}.html"]) == expected(first[1], [topic])
        assert said_in(found["all.html"]) == expected(first[1], IDS[:4])
        check_ids_and_links(found)
        check_index(made, found)
        parallel = Project(made.source, made.output.parent / "parallel")
        parallel.build(jobs=2)
        assert written(parallel) == written(made)
        edit(made, first[0], second[0])


# A warning or error with its page; the rest of a message may follow it on lines of its own. One
# of Sphinx's own, for a name such as `a:b`, says no place.
LOCATED = re.compile(
    r"(?:index|alpha|beta|all|plain)\.md(?::\d+)?: (?:WARNING|ERROR|CRITICAL): "
    r"|WARNING: unknown (?:directive|role) name: "
)


@pytest.mark.builds
@pytest.mark.filterwarnings("ignore:.*BuildEnvironment.app")  # MyST's include
@budget(16)
@given(hostile_pages(), hostile_pages(), hostile_pages())
def test_wrong_input_is_named_and_nothing_breaks(alpha: str, beta: str, other: str) -> None:
    all_ = "# All\n\n:::{section-compare} a\n:::\n"
    with TemporaryDirectory() as folder:
        made = project(Path(folder), {"alpha.md": alpha, "beta.md": beta, "all.md": all_})
        made.build(warnings=True)
        named = [line for line in made.messages if re.search(r"(WARNING|ERROR|CRITICAL): ", line)]
        assert [line for line in named if not LOCATED.match(line)] == []
        assert "All" in pages(made)["all.html"].get_text()
        index_of(made)
        edit(made, {"beta.md": beta}, {"beta.md": other}, warnings=True)


def edit(
    made: Project, old: dict[str, str], new: dict[str, str], *, warnings: bool = False
) -> None:
    """Edit a project that is built; what it shows then is what a clean build shows."""
    for name in old.keys() - new.keys():
        (made.source / name).unlink()
    for name, text in new.items():
        made.write(name, text)
    made.build(warnings=warnings)
    clean = Project(made.source, made.output.parent / "clean")
    clean.build(warnings=warnings)
    assert shown(made) == shown(clean)


def shown(made: Project) -> dict[str, list[str]]:
    """By page what the extension puts there; the rest is Sphinx's own."""
    selector = ".section-compare, .section-coverage, .section-phrases, .section-compare-links"
    sources = {str(path.relative_to(made.source))[:-3] for path in made.source.rglob("*.md")}
    return {
        name: [str(tag) for tag in page.select(selector)]
        for name, page in pages(made).items()
        if name[:-5] in sources
    }


@pytest.mark.builds
def test_empty_and_enormous_sections(tmp_path: Path) -> None:
    deep = "\n\n".join(f"{'#' * level} 第{level}层" for level in range(2, 7))
    many = "\n\n".join(f"{{.topic-a}}\n## 空{number}" for number in range(300))
    source = f"# T\n\n{{.topic-a}}\n{deep}\n\n{'长' * 200_000}\n\n{many}\n"
    files = {"alpha.md": f"---\nreport: alpha\n---\n\n{source}"}
    files["a.md"] = "---\ntopic: a\n---\n\n# A\n\n:::{section-compare}\n:shared: 6\n:::\n"
    made = project(tmp_path, files)
    made.build()
    text = "".join(f"第{level}层" for level in range(2, 7)) + "长" * 200_000
    text += "".join(f"空{number}" for number in range(300))
    assert said_in(pages(made)["a.html"]) == {("alpha", "a"): text}


@budget(30)
@given(searched())
def test_any_index_is_data_whatever_is_in_it(sections: tuple[Section, ...]) -> None:
    """A script of one assignment, in UTF-8; what browsers read of it is what was put in."""
    label = sections[0].anchor
    page = Page(label, label, sections, (label,), label)
    index = build([page], {label: label}, lambda _condition: True, {})
    script = dump(index).encode()

    def units(value: object) -> object:
        """As browsers hold it: two halves of a character are one."""
        return json.loads(json.dumps(value))

    assert parse_index(script.decode()) == units(index)
    assert script.count(b"\n") == 1


@pytest.mark.builds
@budget(12)
@given(emended())
def test_the_source_can_be_rebuilt_and_no_text_is_lost(page: Emended) -> None:
    with TemporaryDirectory() as folder:
        made = project(Path(folder), {"alpha.md": page.markdown})
        app = made.build(warnings=True)
        assert squeeze(left_sides(app.env.get_doctree("alpha"))) == page.source
        for shown, hidden in ((page.source, "ins"), (page.reading, "del")):
            body = made.page("alpha").select_one("div.body")
            assert body
            for apart in body.select(f".emendation > {hidden}, .emendation-list"):
                apart.decompose()
            assert text_of(body) == shown
        wrong = [line for line in made.messages if "[emendation." in line]
        assert len(wrong) == page.wrong == len(made.messages)
        assert all(line.startswith("alpha.md:") for line in wrong)


PAGE_TEXTS = hostile_pages() | st.text(LETTERS | st.sampled_from("\n`{}:#"), max_size=200)


@pytest.mark.builds
@budget(10)
@given(st.tuples(PAGE_TEXTS, PAGE_TEXTS, PAGE_TEXTS))
def test_the_checker_names_a_place_in_the_file(texts: tuple[str, str, str]) -> None:
    with TemporaryDirectory() as folder:
        names = ("index.md", "reports/a.md", "topics/b.md")
        for name, text in zip(names, texts, strict=True):
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode())
        for name, problem in check.check(Path(folder)):
            lines = Path(folder, name).read_bytes().decode().split("\n")
            assert 1 <= problem.line <= len(lines), (name, problem)
            assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1, (name, problem)


# How Sphinx writes the characters that mean something to LaTeX.
CHARACTERS = {
    *(f"\\{sign}" for sign in "_{}%$&#"),
    *(f"\\text{name}" for name in ("backslash", "asciicircum", "asciitilde", "less", "greater")),
    "\\sphinxhyphen",
}
MACRO = re.compile(r"\\(?:[A-Za-z@]+|.)", re.DOTALL)


def macros(made: Project) -> tuple[set[str], str]:
    """The macros in what LaTeX sets, and the rest of it."""
    [path] = (made.output / "latex").glob("*.tex")
    _head, _begin, body = path.read_text(encoding="utf-8").partition("\\begin{document}")
    return set(MACRO.findall(body)), MACRO.sub("", body)


@pytest.mark.builds
@budget(8)
@given(st.lists(phrases(), min_size=6, max_size=6), st.sampled_from(IDS), st.sampled_from(NAMES))
def test_no_text_is_a_macro_in_latex(texts: list[str], id_: str, name: str) -> None:
    """Titles, front matter, options and names of files set no macro but those for characters."""

    def files(name: str, id_: str, texts: list[str]) -> dict[str, str]:
        title, *fields = texts
        quoted = [json.dumps(field, ensure_ascii=False) for field in fields]
        keys = ("short_title", "organization", "period", "description")
        head = "".join(f"{key}: {value}\n" for key, value in zip(keys, quoted, strict=False))
        return {
            f"{name}.md": f"---\nreport: '{id_}'\n{head}---\n\n# {escape(title)}\n\n"
            f"{{.topic-t}}\n## {escape(title)}\n\n文\n",
            "t.md": f"---\ntopic: t\nshort_title: {quoted[0]}\ngroup: {quoted[1]}\n---\n\n"
            f"# {escape(title)}\n\n:::{{section-compare}}\n:caption: {quoted[-1]}\n:::\n\n"
            ":::{section-list} reports\n:::\n\n:::{section-coverage}\n:::\n",
        }

    with TemporaryDirectory() as folder:
        made = project(Path(folder, "made"), files(name, id_, texts))
        # MyST reads fields as Markdown also, and warns of a note in them that stands nowhere
        made.build("latex", warnings=True, latex_engine="xelatex")
        plain = project(Path(folder, "plain"), files("plain-name", "a", ["文"] * 6))
        plain.build("latex", latex_engine="xelatex")
        found, rest = macros(made)
        assert found - macros(plain)[0] <= CHARACTERS
        assert not re.search(r"[#$^~]", rest)
        assert rest.count("{") == rest.count("}")
