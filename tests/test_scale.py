"""Rule 7: the work grows with what is shown. Counted, not timed; ``make bench`` times it."""

from __future__ import annotations

import gc
import shutil
import sys
from collections import Counter
from types import FrameType
from typing import Any

import pytest
import speed
from conftest import MakeProject, OpenPage, Project
from docutils import nodes
from jinja2 import Environment
from section_compare.read import passages as collect
from section_compare.write import build
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

CONF = """\
extensions = ["myst_parser", "section_compare"]
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence"]
html_theme = "basic"
language = "zh_CN"
html_search_language = "en"
"""
TOCTREE = "# 目录\n\n```{toctree}\n:glob:\n\n*\n```\n"
REPORT = """\
---
report: {name}
---

# 篇{name}

{{.topic-care}}
## 一、关心

{name}的一段话，紧紧围绕发展大局。[^1]

[^1]: 注。

[又一段话，]{{.topic-results}}另一段话。
"""


@pytest.fixture
def collection(make_project: MakeProject) -> Project:
    """Three reports, of which two pages of comparisons show the first two."""
    files = {"conf.py": CONF, "index.md": TOCTREE}
    for name in ("a", "b", "c"):
        files[f"{name}.md"] = REPORT.format(name=name)
    for topic in ("care", "results"):
        body = ":::{section-compare}\n:reports: a b\n:::\n"
        files[f"{topic}.md"] = f"---\ntopic: {topic}\n---\n\n# {topic}\n\n{body}\n{body}"
    return make_project(files)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often builds read each doctree, beside those that they have just made."""
    counter: Counter[str] = Counter()
    get_doctree = BuildEnvironment.get_doctree

    def count(env: BuildEnvironment, docname: str) -> nodes.document:
        counter[docname] += 1
        return get_doctree(env, docname)

    monkeypatch.setattr(BuildEnvironment, "get_doctree", count)
    return counter


def test_each_report_shown_is_read_once(collection: Project, read: Counter[str]) -> None:
    collection.build()
    assert read == {"a": 1, "b": 1}


def test_a_build_that_changes_nothing_reads_none(collection: Project, read: Counter[str]) -> None:
    collection.build()
    read.clear()
    collection.build()
    assert read == {}


def test_an_edit_reads_what_its_pages_show(collection: Project, read: Counter[str]) -> None:
    collection.build()
    read.clear()
    collection.edit("c.md", "另一段话", "改过的话")
    collection.build()
    assert read.keys() <= {"index"}  # whose contents Sphinx writes again
    read.clear()
    collection.edit("b.md", "又一段话", "改过的话")
    collection.build()
    assert read.keys() - {"index"} == {"a", "b", "care", "results"}
    assert read["a"] == read["b"] == 1  # though both pages show both


def test_templates_are_compiled_once(
    make_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep(app: Sphinx, *_arguments: object) -> None:
        speed.keep_templates(app)  # in place of what the tests keep in this process

    project = make_project({
        "conf.py": 'extensions = ["speed"]\nhtml_theme = "basic"\n',
        "index.rst": "Start\n=====\n",
    })  # fmt: skip
    project.build(at={"env-before-read-docs": keep})
    written = project.files()["index.html"]
    kept = list((project.output / "doctrees" / speed.FOLDER).iterdir())
    assert kept
    compiled: list[object] = []
    compile_ = Environment.compile

    def note(self: Environment, source: Any, name: str | None = None, *more: Any) -> Any:
        if self.bytecode_cache and name:  # what has none lies in no file
            compiled.append(name)
        return compile_(self, source, name, *more)

    monkeypatch.setattr(Environment, "compile", note)
    project.edit("index.rst", "Start", "Other")
    project.build(at={"env-before-read-docs": keep})
    assert compiled == []
    project.edit("index.rst", "Other", "Start")
    kept[0].write_bytes(kept[0].read_bytes()[:100])  # cut short on a full disk
    project.build(at={"env-before-read-docs": keep})
    assert project.files()["index.html"] == written


def test_garbage_is_looked_for_less_often_while_a_site_is_built(make_project: MakeProject) -> None:
    project = make_project({
        "conf.py": 'extensions = ["speed"]\nhtml_theme = "basic"\n',
        "index.rst": "Start\n=====\n",
    })  # fmt: skip
    thresholds = []
    before = gc.get_threshold()

    def look(*_arguments: object) -> None:
        thresholds.append(gc.get_threshold())

    project.build(at={"env-before-read-docs": look, "doctree-resolved": look})
    assert thresholds == [speed.READING, speed.WRITING]
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)


def test_a_process_hands_back_what_it_has_read(
    make_project: MakeProject, collection: Project
) -> None:
    files = {path.name: path.read_text("utf-8") for path in collection.source.iterdir()}
    files |= {f"{name}.md": REPORT.format(name=name) for name in "defghij"}
    files["conf.py"] = CONF.replace('"section_compare"', '"section_compare", "section_search"')
    plain, quick = make_project(files), make_project(files)
    quick.edit("conf.py", '"section_search"', '"section_search", "speed"')
    handed = []

    def look(_app: Sphinx, _env: object, docnames: set[str], other: BuildEnvironment) -> None:
        found = [domain[speed.KEPT[name]] for name, domain in other.domaindata.items()
                 if name in speed.KEPT]  # fmt: skip
        handed.append([set(docnames), *map(set, (other.tocs, *found))])

    quick.build(jobs=2, at={"env-merge-info": look})
    assert len(handed) > 1
    for docnames, tocs, *kept in handed:
        assert tocs == docnames
        assert all(names <= docnames for names in kept)
    plain.build()
    for name in ("results.html", "index.html", "j.html", "_static/section_search_index.js"):
        assert quick.files()[name] == plain.files()[name]


def test_pages_have_the_same_tags_without_it(make_project: MakeProject) -> None:
    files = {
        "conf.py": 'extensions = ["speed"]\nhtml_theme = "basic"\nhtml_css_files = ["own.css"]\n'
        'html_static_path = ["static"]\nhtml_js_files = [("own.js", {"defer": ""})]\n',
        "static/own.css": "p { margin: 0 }\n", "static/own.js": "own();\n",
        "index.rst": "Start\n=====\n\n.. toctree::\n\n   a\n   b/a\n   b/c/a\n   b/b\n",
        **{f"{name}.rst": "Page\n====\n" for name in ("a", "b/a", "b/c/a", "b/b")},
    }  # fmt: skip
    quick, plain = make_project(files), make_project(files)
    plain.edit("conf.py", '["speed"]', "[]")
    deep = {"html": "b/c/a.html", "dirhtml": "b/a/index.html"}
    assert deep.keys() == set(speed.BUILDERS)
    for builder, name in deep.items():
        pages = []
        for project in (quick, plain):
            project.build(builder)
            found = project.files(builder)
            pages.append({one: found[one] for one in found if one.endswith(".html")})
        assert b"../../_static/own.css?v=" in pages[0][name]
        assert pages[0] == pages[1]


def test_passages_do_not_keep_their_doctrees(collection: Project) -> None:
    kept: list[object] = []

    def look(app: Sphinx, pagename: str, *_arguments: object) -> None:
        if pagename == "results":
            kept.extend(
                node.document
                for passages in build.current(app.env).store.reports.values()
                for frame, notes in passages.values()
                for part in (frame, *notes)
                for node in part.findall()
            )

    collection.build(at={"html-page-context": look})
    assert len(kept) > 10
    assert set(kept) == {None}


def test_a_list_of_phrases_may_come_later(collection: Project) -> None:
    """What it reads is not noted before there is one."""
    collection.build()
    collection.write("z.md", "# 语句\n\n:::{section-phrases}\n:::\n")
    collection.build()
    assert "紧紧围绕发展大局" in collection.page("z").get_text()
    found = collection.files()
    shutil.rmtree(collection.output)
    collection.build()
    assert found["z.html"] == collection.files()["z.html"]


def test_a_comment_changes_no_digest(collection: Project) -> None:
    collection.build()
    before = collection.times()
    collection.edit("a.md", "\n{.topic-care}", "\n% 一条注释\n\n{.topic-care}")
    collection.edit("a.md", "a的一段话", "% 又一条\n\na的一段话")
    collection.build()
    after = collection.times()
    written = {name for name in before if before[name] != after[name]}
    assert "a.html" in written
    assert not {"care.html", "results.html"} & written


def calls_to_read(make_project: MakeProject, passages: int) -> int:
    """How many functions of ``collect`` a report with so many passages and references calls."""
    body = "".join(
        f"[Passage {number}, {{doc}}`index`.[^{number}]]{{.topic-care}} Between.\n\n"
        f"[^{number}]: Note {number}.\n\n"
        for number in range(passages)
    )
    files = {
        "conf.py": CONF,
        "index.md": TOCTREE,
        "a.md": f"---\nreport: a\n---\n\n# A\n\n{body}",
        "care.md": "---\ntopic: care\n---\n\n# Care\n\n:::{section-compare}\n:::\n",
    }
    calls = 0

    def count(frame: FrameType, event: str, _value: object) -> None:
        nonlocal calls
        calls += event == "call" and frame.f_code.co_filename == collect.__file__

    project = make_project(files)
    sys.setprofile(count)
    try:
        project.build("dummy")
    finally:
        sys.setprofile(None)
    return calls


def test_passages_are_read_in_step_with_their_number(make_project: MakeProject) -> None:
    few, many = (calls_to_read(make_project, number) for number in (20, 80))
    assert few < many < 4.4 * few


@pytest.mark.full
def test_a_long_matrix_waits_until_it_is_near(
    make_project: MakeProject, open_page: OpenPage
) -> None:
    matrix = "# Z\n\n" + "Text.\n\n" * 200 + ":::{section-coverage}\n:::\n"
    care = "---\ntopic: care\n---\n\n# Care\n\n:::{section-compare}\n:::\n"
    report = REPORT.replace("{{.topic-results}}", "")
    reports = {f"r{number}.md": report.format(name=f"r{number}") for number in range(110)}
    project = make_project(
        {"conf.py": CONF, "index.md": TOCTREE, "z.md": matrix, "care.md": care} | reports
    )
    project.build()
    page = open_page((project.output / "html" / "z.html").as_uri())
    is_laid_out = """() => [...document.querySelectorAll(".section-coverage tr")].pop()
        .checkVisibility({ contentVisibilityAuto: true })"""
    assert not page.evaluate(is_laid_out)
    page.locator(".section-coverage").scroll_into_view_if_needed()
    # what is laid out by itself stands under its heads all the same
    page.wait_for_function("""() => {
        const { top, left, width } = document.querySelector("thead th:last-child")
            .getBoundingClientRect();
        const cell = document.querySelector("tbody td:last-child").getBoundingClientRect();
        return cell.top > top && cell.left === left && cell.width === width;
    }""")
    page.locator(".section-coverage").evaluate("box => box.scrollTo(0, 1e6)")
    page.wait_for_function(is_laid_out)
    assert page.locator("tbody td").last.evaluate("e => getComputedStyle(e).textAlign") == "end"
    heads, box = page.locator(".section-coverage thead"), page.locator(".section-coverage")
    assert heads.evaluate("e => e.getBoundingClientRect().top") == pytest.approx(
        box.evaluate("e => e.getBoundingClientRect().top"), abs=1
    )
