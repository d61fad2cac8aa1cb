"""Rules 2 and 3: an incremental build writes what a clean one would, and nothing more."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import MakeProject, Project
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

Edit = Callable[[Project], None]


def edit_passage(site: Project) -> None:
    site.edit("reports/county-transport.md", "人是事业发展的关键", "人才是事业发展的关键")


def add_tag(site: Project) -> None:
    site.edit("reports/community.md", "{.topic-opening}", "{.topic-opening .topic-minors}")


def remove_tag(site: Project) -> None:
    site.edit("reports/government-affairs.md", "{.topic-opening}", "{.topic-results}")


def change_title(site: Project) -> None:
    site.edit("topics/shortcomings.md", "\n# ", "\n# 改过的")


def change_short_title(site: Project) -> None:
    site.edit("reports/state-company.md", "short_title: ", "short_title: 改过的")


def change_order(site: Project) -> None:
    text = (site.source / "index.md").read_text(encoding="utf-8").splitlines(keepends=True)
    first = next(n for n, line in enumerate(text) if "reports/county-transport" in line)
    text[first], text[first + 1] = text[first + 1], text[first]
    site.write("index.md", "".join(text))


def add_report(site: Project) -> None:
    site.write(
        "reports/school.md",
        "---\nreport: school\nshort_title: 学校\n---\n\n# 学校\n\n{.topic-opening}\n一段话。\n",
    )
    site.edit("index.md", "reports/county-transport>", "reports/county-transport>\nreports/school")


def rename_report(site: Project) -> None:
    site.edit("reports/community.md", "report: community", "report: street")


def remove_report(site: Project) -> None:
    (site.source / "reports/state-company.md").unlink()
    text = (site.source / "index.md").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines(keepends=True) if "state-company" not in line]
    site.write("index.md", "".join(kept))


def add_topic(site: Project) -> None:
    site.write(
        "topics/numbers.md",
        "---\ntopic: numbers\n---\n\n# 数字\n\n:::{section-compare} opening numbers\n:::\n",
    )
    site.edit("index.md", "topics/opening\n", "topics/opening\ntopics/numbers\n")
    site.edit("reports/county-transport.md", "{.topic-opening}", "{.topic-opening .topic-numbers}")


def remove_topic(site: Project) -> None:
    (site.source / "topics/minors.md").unlink()
    site.edit("index.md", "topics/minors\n", "")


def change_config(site: Project) -> None:
    site.edit("conf.py", 'project = "范文对读"', 'project = "改过的名字"')


def change_page_settings(site: Project) -> None:
    """What only the pages depend on: Sphinx reads no document again."""
    site.edit("conf.py", "html_title = project", 'html_title = "改过的名字"')


EDITS = [
    edit_passage,
    add_tag,
    remove_tag,
    change_title,
    change_short_title,
    change_order,
    add_report,
    rename_report,
    remove_report,
    add_topic,
    remove_topic,
    change_config,
    change_page_settings,
]
# Sphinx's own: what it knows of the build.
OWN = (".buildinfo", ".buildinfo.bak")


def written(site: Project) -> dict[str, bytes]:
    return {name: text for name, text in site.files().items() if not name.endswith(OWN)}


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("edit", EDITS)
def test_an_incremental_build_equals_a_clean_one(site_copy: Project, edit: Edit, jobs: int) -> None:
    """Every file, the navigation round each page included."""
    site_copy.build(jobs=jobs)
    edit(site_copy)
    site_copy.build(jobs=jobs, warnings=True)
    found, messages = written(site_copy), sorted(site_copy.messages)
    shutil.rmtree(site_copy.output)
    site_copy.build(warnings=True)
    clean = written(site_copy)
    assert messages == sorted(site_copy.messages)
    assert found.keys() == clean.keys()
    assert [name for name in clean if found[name] != clean[name]] == []


# No documents, and Sphinx writes them each time.
EACH_TIME = {
    ".buildinfo", "404.html", "genindex.html", "search.html", "objects.inv",
    "basic.css", "documentation_options.js", "language_data.js", "pygments.css",
}  # fmt: skip


@pytest.mark.parametrize("builder", ["html", "dirhtml", "text"])
def test_nothing_is_written_again_without_need(site_copy: Project, builder: str) -> None:
    """Neither pages nor records nor data, not even with the same bytes."""
    site_copy.edit("conf.py", 'or os.environ.get("SITE_URL", "")', 'or "https://example.org/"')
    site_copy.build(builder)
    before = site_copy.times(builder, "*")
    site_copy.build(builder)
    after = site_copy.times(builder, "*")
    written = {Path(name) for name in before if before[name] != after[name]}
    assert {path.name if path.name != "index.html" else f"{path.parent}.html"
            for path in written} <= EACH_TIME  # fmt: skip
    assert before.keys() == after.keys()


def test_only_the_pages_that_show_an_edit_are_written_again(site_copy: Project) -> None:
    site_copy.build()
    before = site_copy.times()
    edit_passage(site_copy)
    site_copy.build()
    after = site_copy.times()
    written = {name for name in before if before[name] != after[name]}
    assert "reports/county-transport.html" in written
    assert not any(name.startswith("reports/") and "county" not in name for name in written)
    assert "topics/minors.html" not in written
    assert any(name.startswith("topics/") for name in written)


NOTE_EDITS = {
    "a footnote outside the passage": ("A note outside with", "A changed note with"),
    "a figure before the passage": (
        "## Outside\n",
        "```{figure} dot.png\nOne before.\n```\n\n## Outside\n",
    ),
}


@pytest.mark.parametrize(("old", "new"), NOTE_EDITS.values(), ids=NOTE_EDITS.keys())
def test_what_a_copy_shows_from_outside_its_passage(
    make_project: MakeProject, old: str, new: str
) -> None:
    project = make_project(root="copies")
    project.build()
    project.edit("reports/full.md", old, new)
    project.build()
    found = project.files()["topics/deep/whole.html"]
    shutil.rmtree(project.output)
    project.build()
    assert found == project.files()["topics/deep/whole.html"]


def test_lines_above_a_passage_change_nothing(make_project: MakeProject) -> None:
    project = make_project(root="copies")
    project.build()
    before = project.times()
    project.edit("reports/full.md", "(outside)=", "% A comment.\n\n(outside)=")
    project.build()
    after = project.times()
    assert before["topics/deep/whole.html"] == after["topics/deep/whole.html"]
    assert before["reports/full.html"] != after["reports/full.html"]


def test_another_builder_between_leaves_no_page_stale(site_copy: Project) -> None:
    site_copy.build("html")
    site_copy.build("text")
    edit_passage(site_copy)
    site_copy.build("text")
    site_copy.build("latex")
    site_copy.build("html")
    pages = [
        path.read_text(encoding="utf-8") for path in (site_copy.output / "html").glob("topics/*")
    ]
    assert any("人才是事业发展的关键" in page for page in pages)
    assert not any("<p>人是事业发展的关键" in page for page in pages)


@pytest.mark.parametrize(
    ("builder", "old", "new"),
    [("html", "smartquotes = True", "smartquotes = False"), ("text", '"en"', '"zh_CN"')],
)
def test_settings_that_another_builder_read_leave_no_page_stale(
    make_project: MakeProject, builder: str, old: str, new: str
) -> None:
    """It has all documents read again, so to Sphinx no page of this output is out of date."""
    conf = 'extensions = ["myst_parser", "section_compare"]\nhtml_theme = "basic"\n'
    files = {
        "conf.py": conf + 'language = "en"\nsmartquotes = True\n',
        "index.md": '---\ntopic: aims\n---\n# Aims\n\nA "word".\n\n```{section-compare}\n```\n\n'
        "```{toctree}\na\n```\n",
        "a.md": "---\nreport: a\n---\n# A\n\nText.\n",
    }
    project = make_project(files)
    project.build(builder, warnings=True)
    project.edit("conf.py", old, new)
    project.build("xml", warnings=True)
    project.build(builder, warnings=True)
    name = {"html": "index.html", "text": "index.txt"}[builder]
    found = project.files(builder)[name]
    shutil.rmtree(project.output)
    project.build(builder, warnings=True)
    assert found == project.files(builder)[name]


@pytest.mark.parametrize("edit", [edit_passage, change_title, change_page_settings])
def test_a_build_of_named_files_leaves_the_others_stale(site_copy: Project, edit: Edit) -> None:
    """It reads all that changed, and writes few: the next full build makes the rest good."""
    site_copy.build()
    edit(site_copy)
    before = site_copy.times()
    site_copy.build(names=["topics/minors.md"])
    after = site_copy.times()
    assert before["topics/minors.html"] != after["topics/minors.html"]
    assert before["topics/workforce.html"] == after["topics/workforce.html"]
    site_copy.build()
    found = written(site_copy)
    shutil.rmtree(site_copy.output)
    site_copy.build()
    clean = written(site_copy)
    assert [name for name in clean if found[name] != clean[name]] == []


def test_a_build_of_named_files_makes_a_killed_one_good_for_these_only(site_copy: Project) -> None:
    site_copy.build()
    edit_passage(site_copy)
    with pytest.raises(ExtensionError):
        site_copy.build(at={"html-page-context": kill})
    page = site_copy.output / "html/topics/shortcomings.html"
    page.write_text("half", encoding="utf-8")
    site_copy.build(names=["topics/minors.md"])
    site_copy.build()
    assert page.read_text(encoding="utf-8") != "half"


def test_named_files_already_fresh_cost_no_others(site_copy: Project) -> None:
    site_copy.build()
    site_copy.build(names=["topics/minors.md"])
    before = site_copy.times()
    site_copy.build()
    after = site_copy.times()
    assert not [name for name in before if "/" in name and before[name] != after[name]]


def test_a_heading_rule_taken_back_takes_its_links_along(make_project: MakeProject) -> None:
    """Of a report that then has no passage left."""
    files = {
        "conf.py": 'extensions = ["myst_parser", "section_compare"]\n'
        'myst_enable_extensions = ["colon_fence"]\nhtml_theme = "basic"\n',
        "index.md": "# P\n\n```{toctree}\na\nb\naims\n```\n",
        "a.md": "---\nreport: a\n---\n\n# A\n\n## Aims\n\nText.\n",
        "b.md": "---\nreport: b\n---\n\n# B\n\n## Ends\n\nText.\n",
        "aims.md": "---\ntopic: aims\nheadings: [Aims, Ends]\n---\n\n# T\n\n"
        ":::{section-compare}\n:::\n",
    }
    project = make_project(files)
    project.build()
    assert project.page("a").select(".section-compare-links")
    project.edit("aims.md", "[Aims, Ends]", "[Ends]")
    project.build()
    assert not project.page("a").select(".section-compare-links")
    assert project.page("b").select(".section-compare-links")


class KilledError(Exception):
    """Stands for the power going off."""


def kill(app: Sphinx, pagename: str, *_arguments: object) -> None:
    """Die at the last page that shows the edit, others being written already."""
    if pagename == "topics/workforce":
        raise KilledError


def test_a_build_killed_while_writing_is_mended(site_copy: Project) -> None:
    """The record is struck before writing: an edit taken back after a kill shows too."""
    site_copy.build()
    edit_passage(site_copy)
    with pytest.raises(ExtensionError):
        site_copy.build(at={"html-page-context": kill})
    site_copy.edit("reports/county-transport.md", "人才是事业发展", "人是事业发展")
    site_copy.build()
    found = site_copy.files()
    shutil.rmtree(site_copy.output)
    site_copy.build()
    clean = site_copy.files()
    for name in clean:
        if name.endswith(".html"):
            assert found[name] == clean[name], name


@pytest.mark.parametrize("builder", ["html", "text"])
def test_parallel_builds_equal_serial_ones(site_copy: Project, builder: str) -> None:
    site_copy.build(builder, jobs=1)
    serial = site_copy.files(builder)
    shutil.rmtree(site_copy.output)
    site_copy.build(builder, jobs=2)
    parallel = site_copy.files(builder)
    assert serial.keys() == parallel.keys()
    assert [name for name in serial if serial[name] != parallel[name]] == []


def test_a_build_killed_while_titles_change_is_mended(site_copy: Project) -> None:
    """Pages not yet written when the power goes off still get the new navigation."""
    site_copy.build()
    change_title(site_copy)
    with pytest.raises(ExtensionError):
        site_copy.build(at={"html-page-context": kill})
    site_copy.build()
    pages = sorted((site_copy.output / "html").glob("*/*.html"))
    titles = [path.name for path in pages if "改过的存在的问题" not in path.read_text("utf-8")]
    assert titles == []


def test_a_deleted_page_s_file_goes_from_each_output(site_copy: Project) -> None:
    for builder in ("html", "dirhtml"):
        site_copy.build(builder)
    remove_topic(site_copy)
    site_copy.build("dirhtml", warnings=True)
    site_copy.build("html", warnings=True)
    assert not (site_copy.output / "html" / "topics" / "minors.html").exists()
    assert not (site_copy.output / "dirhtml" / "topics" / "minors" / "index.html").exists()
