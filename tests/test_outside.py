"""Freshness in projects not ours: what other documents, builders and catalogs change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from small import check_clean

if TYPE_CHECKING:
    from conftest import MakeProject, Project

CONF = """\
extensions = ["myst_parser", "section_compare", "cleanup"]
html_theme = "basic"
html_copy_source = False
"""
INDEX = "# Start\n\n```{toctree}\n:glob:\n\n*\n```\n"
REPORT = "---\nreport: north\n---\n\n# North\n\n{.topic-roads}\n"
TOPIC = "---\ntopic: roads\n---\n\n# Roads\n\n```{section-compare}\n```\n"
ATTRIBUTES = 'myst_enable_extensions = ["attrs_block"]\n'


def make(make_project: MakeProject, text: str, conf: str = "", **pages: str) -> Project:
    """A report, a topic and more pages, built."""
    files = {"conf.py": CONF + ATTRIBUTES + conf, "index.md": INDEX, "north.md": REPORT + text,
             "roads.md": TOPIC}  # fmt: skip
    project = make_project(files | {f"{name}.md": page for name, page in pages.items()})
    project.build(warnings=True)
    return project


def page(project: Project, name: str) -> str:
    """A page as it was written."""
    return (project.output / "html" / name).read_text("utf-8")


def test_a_link_to_a_label_follows_it(make_project: MakeProject) -> None:
    """On the report's page and in its copy: the title there, and the page that has the label."""
    text = "See [](#lab) and [here](#lab).\n"
    labelled = "# B\n\nText.\n\n(lab)=\n## Section\n"
    project = make(make_project, text, b=labelled, c="# C\n\nText.\n")
    project.edit("b.md", "## Section", "## Other section")
    project.build()
    check_clean(project)
    project.edit("b.md", "(lab)=\n## Other section\n", "")
    project.edit("c.md", "Text.\n", "Text.\n\n(lab)=\n## Moved\n")
    project.build()
    assert "c.html#lab" in page(project, "roads.html")
    check_clean(project)


def test_a_link_to_a_file_follows_its_coming_and_going(make_project: MakeProject) -> None:
    text = "To [b](b.md) and [c](c.md).\n"
    project = make(make_project, text, b="# B\n")
    assert 'href="b.html"' in page(project, "north.html")
    (project.source / "b.md").unlink()
    project.write("c.md", "# C\n")
    project.build(warnings=True)
    assert 'href="c.html"' in page(project, "north.html")
    check_clean(project)


def test_a_link_to_a_function_follows_it(make_project: MakeProject) -> None:
    function = "```{py:function} store.save()\n```\n"
    project = make(make_project, "See {py:func}`store.save`.\n", b=f"# B\n\n{function}", c="# C\n")
    project.edit("b.md", function, "")
    project.edit("c.md", "# C\n", f"# C\n\n{function}")
    project.build()
    assert "c.html#store.save" in page(project, "roads.html")
    check_clean(project)


def test_a_neighbour_has_its_markup_and_number(make_project: MakeProject) -> None:
    project = make(make_project, "Roads.\n", a="# A\n", b="# B\n")
    project.edit("b.md", "# B", "# `B`")
    project.build()
    check_clean(project)
    project.edit("index.md", ":glob:\n", ":glob:\n:numbered:\n")
    project.build()
    check_clean(project)


@pytest.mark.parametrize("theme", ["alabaster", "furo"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_themes_that_show_all_toctrees_show_those_of_today(
    make_project: MakeProject, theme: str, jobs: int
) -> None:
    """Beside every page, far from what was edited; a build of one page leaves the others to do."""
    pages = {f"p{number}": f"# Page {number}\n" for number in range(6)}
    project = make(make_project, "Roads.\n", f'html_theme = "{theme}"\n', **pages)
    for name, old, new in (
        ("p5.md", "# Page 5", "# Last"),
        ("index.md", ":glob:", ":glob:\n:caption: All"),
    ):
        project.edit(name, old, new)
        project.build(jobs=jobs, names=["p1.md"])
        project.build(jobs=jobs)
        check_clean(project)
    path = project.output / "html/p1.html"
    written = path.stat().st_mtime_ns
    project.build(jobs=jobs)
    assert path.stat().st_mtime_ns == written


def test_a_toctree_leads_to_the_anchors_of_today(make_project: MakeProject) -> None:
    project = make(make_project, "Roads.\n", a="# 甲\n\n文\n\n## 一节\n\n## 二节\n")
    project.edit("a.md", "文\n", "文[^1]\n\n[^1]: 注\n")
    project.build()
    check_clean(project)


def test_the_page_of_help_leaves_the_bar_when_it_goes(make_project: MakeProject) -> None:
    conf = 'section_compare_help = ("how", "How")\n'
    project = make(make_project, "Roads.\n", conf, how="# How\n")
    assert "how.html" in page(project, "roads.html")
    (project.source / "how.md").unlink()
    project.build()
    check_clean(project)


@pytest.mark.parametrize(
    ("conf", "name"),
    [
        ('html_static_path = ["own/one.css"]\nhtml_css_files = ["one.css"]\n', "own/one.css"),
        ('html_static_path = ["own"]\nhtml_js_files = ["one.mjs"]\n', "own/one.mjs"),
        ('html_static_path = ["own"]\nhtml_css_files = ["one.css"]\n', "own/one.css_t"),
        (
            'html_theme_path = ["themes"]\nhtml_theme = "mine"\n',
            "themes/mine/static/mine.css",
        ),
    ],
)
def test_an_edited_style_or_script_has_pages_written_again(
    make_project: MakeProject, conf: str, name: str
) -> None:
    theme = '[theme]\ninherit = "basic"\nstylesheets = "mine.css"\n'
    project = make_project({
        "conf.py": CONF + conf, "index.md": "# Start\n", name: "/* one */\n",
        "themes/mine/theme.conf": theme.replace('"', ""),
    })  # fmt: skip
    project.build()
    path = project.output / "html/index.html"
    written = path.stat().st_mtime_ns
    project.build()
    assert path.stat().st_mtime_ns == written
    project.edit(name, "one", "another")
    project.build()  # that the name is another, Sphinx tells in a process of its own alone
    assert path.stat().st_mtime_ns != written


def test_a_catalog_is_read_once_and_missed_when_it_goes(make_project: MakeProject) -> None:
    conf = 'language = "de"\nlocale_dirs = ["loc"]\ngettext_compact = False\n'
    catalog = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    project = make_project({
        "conf.py": CONF + conf, "index.md": "# Start\n\nWords.\n",
        "loc/de/LC_MESSAGES/index.po": f'{catalog}msgid "Words."\nmsgstr "Worte."\n',
    })  # fmt: skip
    project.build()
    assert "Worte." in page(project, "index.html")
    project.build()
    path = project.output / "html/index.html"
    written = path.stat().st_mtime_ns
    project.build()
    assert path.stat().st_mtime_ns == written
    for path in project.source.glob("loc/de/LC_MESSAGES/index.*"):
        path.unlink()
    project.build()
    assert "Words." in page(project, "index.html")


@pytest.mark.parametrize("builder", ["linkcheck", "text", "gettext", "dummy", "singlehtml"])
def test_another_builder_in_the_folder_deletes_no_page(
    make_project: MakeProject, builder: str
) -> None:
    project = make(make_project, "Roads.\n")
    pages = {path: path.read_bytes() for path in (project.output / "html").rglob("north.html")}
    assert pages
    (project.output / builder).symlink_to(project.output / "html")
    project.build(builder, warnings=True)
    assert all(path.read_bytes() == text for path, text in pages.items())


def test_a_page_put_by_hand_after_a_kill_stays(make_project: MakeProject) -> None:
    """Where the killed build may have written a page, and nobody knows."""
    project = make(make_project, "Roads.\n", b="# B\n", c="# C\n")
    record = project.output / "html/.section_compare.html.json"
    text = record.read_text()
    for name in ("b.html", "c.html"):
        start = text.index(f'"{name}": [') + len(f'"{name}": ')
        text = text[:start] + "null" + text[text.index("]", start) + 1 :]
    record.write_text(text)
    (project.source / "b.md").unlink()
    (project.source / "c.md").unlink()
    by_hand = project.output / "html/b.html"
    by_hand.write_text("<a href='elsewhere.html'>moved</a>")
    project.build()
    assert by_hand.is_file()
    assert not Path(project.output, "html/c.html").exists()
