"""Rules 2 and 3: an incremental build writes what a clean one would, and nothing more."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from break_build import build as run_broken
from conftest import MakeProject, Project
from small import (
    FILES,
    assert_same,
    build_and_keep,
    catalog,
    check_clean,
    clean,
    contents,
    put_back,
    write_binary,
)

Edit = Callable[[Project], None]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Path]:
    return build_and_keep(tmp_path_factory.mktemp("fresh"), ("html", "dirhtml", "text", "epub"))


@pytest.fixture(autouse=True)
def settled_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """An EPUB notes when it was made."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


@pytest.fixture
def project(built: tuple[Project, Path]) -> Project:
    """The small project as it was built by four builders, to be edited."""
    put_back(*built)
    return built[0]


def edit_passage(project: Project) -> None:
    project.edit("a.md", "满意程度", "满意率")


def edit_outside(project: Project) -> None:
    project.edit("plain.md", "普通的", "另外的")


def edit_included(project: Project) -> None:
    project.edit("part.txt", "一段", "改过的一段")


def edit_image(project: Project) -> None:
    write_binary(project, "dot.png", (project.source / "dot.png").read_bytes() + b"more")


def add_mark(project: Project) -> None:
    project.edit("b.md", "{.topic-aims}", "{.topic-aims .topic-gaps}")


def remove_mark(project: Project) -> None:
    project.edit("a.md", "{.topic-aims .topic-gaps}", "{.topic-aims}")


def edit_title_of_report(project: Project) -> None:
    project.edit("a.md", "# 甲", "# 改名的甲")


def edit_title_of_topic(project: Project) -> None:
    project.edit("gaps.md", "# 差距", "# 改名的差距")


def edit_title_of_section(project: Project) -> None:
    project.edit("plain.md", "## 此处", "## 改名的此处")


def edit_title_of_plain_page(project: Project) -> None:
    project.edit("plain.md", "# 普通", "# 改名的")


def edit_short_title(project: Project) -> None:
    project.edit("b.md", "report: b", "report: b\nshort_title: 短")


def edit_id(project: Project) -> None:
    project.edit("b.md", "report: b", "report: other")


def add_heading_rule(project: Project) -> None:
    project.edit("gaps.md", "topic: gaps", "topic: gaps\nheadings: [乙之二]")
    project.edit("b.md", "再接再厉。", "再接再厉。\n\n## 乙之二\n\n文字。")


def move_label(project: Project) -> None:
    project.edit("plain.md", "(here)=\n", "")
    project.write("zeta.md", "---\norphan: true\n---\n\n# 末页\n\n(here)=\n## 别处\n")


def swap_reports(project: Project) -> None:
    project.edit("index.md", "a\nb\n", "b\na\n")


def swap_topics(project: Project) -> None:
    """A passage of both has its links in their order."""
    project.edit("index.md", "aims\ngaps\n", "gaps\naims\n")


def number_toctree(project: Project) -> None:
    project.edit("index.md", "```{toctree}\n", "```{toctree}\n:numbered:\n")


def nest_toctree(project: Project) -> None:
    project.edit("index.md", "plain\n", "")
    project.edit("lists.md", "# 列表\n", "# 列表\n\n```{toctree}\nplain\n```\n")


def add_report(project: Project) -> None:
    project.write("d.md", "---\nreport: d\n---\n\n# 丁\n\n{.topic-gaps}\n不够好。\n")
    project.edit("index.md", "b\n", "b\nd\n")


def add_topic(project: Project) -> None:
    text = "---\ntopic: ends\n---\n\n# 结尾\n\n:::{section-compare} aims ends\n:::\n"
    project.write("ends.md", text)
    project.edit("index.md", "aims\n", "aims\nends\n")
    project.edit("a.md", ".topic-gaps}", ".topic-gaps .topic-ends}")


def rename_page(project: Project) -> None:
    (project.source / "b.md").rename(project.source / "renamed.md")
    project.edit("index.md", "b\n", "renamed\n")


def rename_by_case(project: Project) -> None:
    (project.source / "b.md").rename(project.source / "B.md")
    project.edit("index.md", "b\n", "B\n")


def remove_report(project: Project) -> None:
    (project.source / "b.md").unlink()
    project.edit("index.md", "b\n", "")


def remove_linked_topic(project: Project) -> None:
    (project.source / "gaps.md").unlink()
    project.edit("index.md", "gaps\n", "")


def remove_while_listed(project: Project) -> None:
    """The toctree still names it."""
    (project.source / "b.md").unlink()


def remove_image(project: Project) -> None:
    project.edit("plain.md", "```{image} dot.png\n```\n", "")


def edit_settings(project: Project) -> None:
    project.edit("conf.py", '"P"', '"改过的名字"')


def edit_page_settings(project: Project) -> None:
    project.edit("conf.py", 'theme = "basic"\n', 'theme = "basic"\nhtml_title = "改"\n')


def edit_code_of_settings(project: Project) -> None:
    """What the configuration does, and no value shows."""
    code = "app.connect('html-page-context', lambda a, p, t, c, d: c.update(title='改'))"
    project.edit("conf.py", "import sys\n", f"def setup(app):\n    {code}\nimport sys\n")


def edit_style(project: Project) -> None:
    project.edit("own/own.css", "black", "navy")


def edit_script(project: Project) -> None:
    project.edit("own/own.js", "one", "two")


EDITS = [
    edit_passage, edit_outside, edit_included, edit_image, add_mark, remove_mark,
    edit_title_of_report, edit_title_of_topic, edit_title_of_section, edit_title_of_plain_page,
    edit_short_title, edit_id, add_heading_rule, move_label, swap_reports, swap_topics,
    number_toctree, nest_toctree, add_report, add_topic, rename_page, rename_by_case,
    remove_report, remove_linked_topic, remove_while_listed, remove_image,
    edit_settings, edit_page_settings, edit_code_of_settings,
]  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_an_incremental_build_equals_a_clean_one(project: Project, edit: Edit) -> None:
    """Every file, and every warning."""
    edit(project)
    project.build(warnings=True)
    messages = sorted(project.messages)
    check_clean(project)
    assert messages == sorted(project.messages)


@pytest.mark.parametrize(
    "edit", [edit_passage, swap_topics, add_topic, rename_page, remove_while_listed, edit_settings]
)
def test_an_incremental_parallel_build_equals_a_clean_one(project: Project, edit: Edit) -> None:
    edit(project)
    project.build(warnings=True, jobs=2)
    messages = sorted(project.messages)
    check_clean(project)
    assert messages == sorted(project.messages)


@pytest.mark.full
@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_that_other_builders_read_shows(project: Project, edit: Edit) -> None:
    """The doctrees are shared, so HTML finds nothing left to read."""
    edit(project)
    project.build("text", warnings=True)
    project.build("html", warnings=True)
    check_clean(project)
    project.build("text", warnings=True)
    found, expected = contents(project, "text"), clean(project, "text")
    # of pages gone the text stays: only pages of HTML and of the EPUB are deleted
    assert [name for name in expected if found[name] != expected[name]] == []


@pytest.mark.full
@pytest.mark.parametrize(
    ("edit", "builder"),
    [
        (rename_page, "dirhtml"),
        (remove_while_listed, "dirhtml"),
        (remove_report, "epub"),
        (remove_image, "epub"),
        (edit_passage, "epub"),
    ],
)
def test_other_builders_equal_clean_ones_too(project: Project, edit: Edit, builder: str) -> None:
    edit(project)
    project.build(builder, warnings=True)
    check_clean(project, builder)


def edit_words(project: Project) -> None:
    write_binary(project, "words/locale/zh_CN/LC_MESSAGES/words.mo", catalog("改"))


def edit_words_of_sphinx(project: Project) -> None:
    write_binary(project, "locales/zh_CN/LC_MESSAGES/sphinx.mo", catalog("改", "Search"))


@pytest.mark.full
@pytest.mark.parametrize("edit", [edit_style, edit_script, edit_words, edit_words_of_sphinx])
def test_styles_scripts_and_catalogs_show(built: tuple[Project, Path], edit: Edit) -> None:
    """In processes of their own: one process keeps catalogs, and checksums of styles."""
    put_back(*built)
    project, _kept = built
    before = project.files()["a.html"]
    edit(project)
    expected = clean_by_process(project)
    for builders in (("html",), ("text", "html")):
        put_back(*built)
        edit(project)
        for builder in builders:
            run(project, builder)
        assert_same(contents(project), expected)
        assert project.files()["a.html"] != before


def clean_by_process(project: Project) -> dict[str, bytes]:
    """What a clean build in a process of its own gives."""
    other = Project(project.source, project.output.with_name("clean"))
    run(other)
    return contents(other)


def run(project: Project, builder: str = "html", *more: str) -> None:
    doctrees = str(project.output / "doctrees")
    places = (str(project.source), str(project.output / builder))
    arguments = ("-q", "-b", builder, "-d", doctrees, *more, *places)
    done = run_broken("none", 0, str(project.output), *arguments)
    assert done.status == 0, done.said


# No documents, and Sphinx writes them each time.
EACH_TIME = {
    ".buildinfo", "404.html", "genindex.html", "search.html", "objects.inv", "searchindex.js",
    "basic.css", "documentation_options.js", "language_data.js", "pygments.css",
}  # fmt: skip


@pytest.mark.full
@pytest.mark.parametrize("builder", ["html", "dirhtml", "text"])
def test_nothing_is_written_again_without_need(project: Project, builder: str) -> None:
    """Neither pages nor records nor data, not even with the same bytes."""
    before = project.times(builder, "*")
    project.build(builder, warnings=True)
    after = project.times(builder, "*")
    assert before.keys() == after.keys()
    names = {name for name in before if before[name] != after[name] and "." in Path(name).name}
    assert {Path(name).name if Path(name).name != "index.html" else f"{Path(name).parent}.html"
            for name in names} <= EACH_TIME  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "pages"),
    [
        (edit_passage, {"a", "aims", "gaps", "index", "lists"}),
        (edit_outside, {"plain", "index"}),
        (edit_title_of_section, {"plain", "index", "links"}),
        (swap_topics, None),
        (edit_style, None),
    ],
)
def test_only_pages_that_show_an_edit_are_written(
    project: Project, edit: Edit, pages: set[str] | None
) -> None:
    """Without a theme that shows all titles everywhere.

    The index is Sphinx's: it writes a page again whose toctree names one that it writes.
    """
    before = project.times()
    edit(project)
    project.build(warnings=True)
    after = project.times()
    written = {name.removesuffix(".html") for name in before if before[name] != after[name]}
    documents = {name.partition(".")[0] for name in FILES if name.endswith((".md", ".rst"))}
    if edit is swap_topics:  # the order of b's links is the same, it has one
        assert {"a", "aims", "gaps", "index"} <= written
        assert not {"b", "links"} & written
    else:
        assert written & documents == (pages or documents)


def test_lines_above_a_passage_change_no_copy(make_project: MakeProject) -> None:
    project = make_project(root="copies")
    project.build()
    before = project.times()
    project.edit("reports/full.md", "(outside)=", "% A comment.\n\n(outside)=")
    project.build()
    after = project.times()
    assert before["topics/deep/whole.html"] == after["topics/deep/whole.html"]
    assert before["reports/full.html"] != after["reports/full.html"]


def test_what_a_copy_shows_from_outside_its_passage(make_project: MakeProject) -> None:
    """A footnote that stands outside of it, the number that a figure before it moves on."""
    project = make_project(root="copies")
    project.build()
    name, figure = "topics/deep/whole.html", "```{figure} dot.png\nOne before.\n```\n\n## Outside\n"
    for old, new in (("A note outside with", "A changed note with"), ("## Outside\n", figure)):
        before = contents(project)[name]
        project.edit("reports/full.md", old, new)
        project.build()
        assert contents(project)[name] != before
    assert contents(project)[name] == clean(project)[name]


def test_a_file_replaced_by_an_older_one_is_read(project: Project) -> None:
    """As ``cp -p``, ``git checkout`` and unzip may leave it."""
    for name in ("a.md", "part.txt"):
        path = project.source / name
        path.write_text(path.read_text("utf-8").replace("一段", "旧的").replace("满意", "旧"))
        os.utime(path, (1_000_000_000, 1_000_000_000))
    project.build(warnings=True)
    assert "旧的引入" in project.page("c").get_text()
    check_clean(project)


def test_two_pages_that_change_places_are_read(project: Project) -> None:
    first, second = project.source / "aims.md", project.source / "gaps.md"
    first.rename(project.source / "third")
    second.rename(first)
    (project.source / "third").rename(second)
    project.build(warnings=True)
    check_clean(project)


@pytest.mark.parametrize("edit", [edit_passage, edit_title_of_topic, edit_settings, edit_style])
def test_a_build_of_named_files_leaves_the_others_stale(project: Project, edit: Edit) -> None:
    """It reads all that changed, and writes few: the next full build makes the rest good."""
    edit(project)
    before = project.times()
    project.build(names=["lists.md"], warnings=True)
    after = project.times()
    assert before["lists.html"] != after["lists.html"]
    assert before["aims.html"] == after["aims.html"]
    project.build(warnings=True)
    check_clean(project)


def test_named_files_already_fresh_cost_no_others(project: Project) -> None:
    project.build(names=["lists.md"], warnings=True)
    before = project.times()
    project.build(warnings=True)
    after = project.times()
    assert before["a.html"] == after["a.html"]
    assert before["aims.html"] == after["aims.html"]


def test_a_heading_rule_taken_back_takes_its_links_along(project: Project) -> None:
    add_heading_rule(project)
    project.build(warnings=True)
    assert len(project.page("b").select(".section-compare-links")) == 2
    project.edit("gaps.md", "headings: [乙之二]", "headings: [无]")
    project.build(warnings=True)
    assert len(project.page("b").select(".section-compare-links")) == 1


@pytest.mark.parametrize(
    ("builder", "old", "new"),
    [
        ("html", "import sys", "smartquotes = False\nimport sys"),
        ("text", '"zh_CN"', '"en"'),
    ],
)
def test_settings_that_another_builder_read_leave_no_page_stale(
    project: Project, builder: str, old: str, new: str
) -> None:
    """It has all documents read again, so to Sphinx no page of this output is out of date."""
    project.edit("conf.py", old, new)
    project.build("xml", warnings=True)
    project.build(builder, warnings=True)
    check_clean(project, builder)


@pytest.mark.parametrize("on", [True, False])
def test_a_tag_switched_shows(project: Project, on: bool) -> None:
    """Of no page anything is read again for it."""
    project.edit("plain.md", "普通的一页。", "普通的一页。\n\n:::{only} inside\n内部。\n:::\n")
    project.edit("conf.py", "import sys\n", "import os, sys\nif os.environ.get('INSIDE'): "
                 "tags.add('inside')\n")  # fmt: skip
    for inside in (not on, on):
        os.environ["INSIDE"] = "1" if inside else ""
        try:
            project.build("text", warnings=True)
            project.build("html", warnings=True)
        finally:
            del os.environ["INSIDE"]
    for builder, name in (("text", "plain.txt"), ("html", "plain.html")):
        assert ("内部。" in project.files(builder)[name].decode()) is on


@pytest.mark.full
@pytest.mark.parametrize("builder", ["html", "text"])
def test_parallel_builds_equal_serial_ones(project: Project, builder: str) -> None:
    assert clean(project, builder, jobs=2) == contents(project, builder)


@pytest.mark.full
def test_the_real_site_is_fresh(site_copy: Project) -> None:
    """A text and a name edited, two topics swapped, and another builder reads it all first."""
    run(site_copy)
    site_copy.edit("reports/county-transport.md", "人是事业发展的关键", "人才是事业发展的关键")
    site_copy.edit("reports/community.md", "short_title: ", "short_title: 改过的")
    index = site_copy.source / "index.md"
    lines = index.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if line.startswith("topics/"))
    lines[place], lines[place + 1] = lines[place + 1], lines[place]
    index.write_text("".join(lines), encoding="utf-8")
    run(site_copy, "text")
    run(site_copy, "html", "-j", "2")
    assert_same(contents(site_copy), clean_by_process(site_copy))


def test_what_changes_in_turn_is_fresh_each_time(project: Project) -> None:
    """html, edit, text, html, back again, html: records do not take an old page for new."""
    edit_passage(project)
    project.build("text", warnings=True)
    project.edit("a.md", "满意率", "满意程度")
    project.build("html", warnings=True)
    check_clean(project)
    project.build("text", warnings=True)
    check_clean(project, "text")


def test_a_clean_output_beside_old_doctrees(project: Project) -> None:
    shutil.rmtree(project.output / "html")
    project.build(warnings=True)
    check_clean(project)
