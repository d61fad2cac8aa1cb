"""A small project with one of each, built once a module and put back for each test."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from conftest import ROOT, Project

CONF = """\
import sys
from pathlib import Path
sys.path[:0] = [{extensions!r}, str(Path(__file__).parent)]
project = "P"
language = "zh_CN"
html_search_language = "en"
html_theme = "basic"
html_copy_source = False
html_static_path = ["own"]
html_css_files = ["own.css"]
html_js_files = ["own.js"]
locale_dirs = ["locales"]
extensions = ["myst_parser", "section_compare", "emendation", "cleanup", "words"]
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence"]
section_compare_shared = 6
exclude_patterns = ["part.txt"]
suppress_warnings = ["toc.excluded"]
"""
# An extension that shows a word of its catalog on every page.
WORDS = """\
from pathlib import Path
from sphinx.locale import get_translation

def show(app, pagename, templatename, context, doctree):
    word = get_translation("words")("word")
    context["metatags"] = context.get("metatags", "") + f'<meta name="word" content="{word}">'

def setup(app):
    app.add_message_catalog("words", str(Path(__file__).parent / "locale"))
    app.connect("html-page-context", show)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
"""
FILES = {
    "conf.py": CONF.format(extensions=str(ROOT / "_ext")),
    "words/__init__.py": WORDS,
    "own/own.css": "p { color: black }\n",
    "own/own.js": "// one\n",
    "index.md": "# 目录\n\n```{toctree}\na\nb\nc\naims\ngaps\nlists\noutline\nplain\n```\n\n"
    ":::{section-coverage}\n:::\n",
    "a.md": "---\nreport: a\n---\n\n# 甲\n\n{.topic-aims .topic-gaps}\n## 目标\n\n"
    "全面提高人民群众的满意程度。\n\n"
    "{.topic-gaps}\n存在{sic}`不中=>不足`。\n\n:::{emendation-list}\n:::\n",
    "b.md": "---\nreport: b\n---\n\n# 乙\n\n{.topic-aims}\n全面提高人民群众的满意程度，"
    "再接再厉。\n",
    "c.rst": ":report: c\n\n丙\n====\n\n.. rst-class:: topic-gaps\n\n有差距。\n\n"
    ".. include:: part.txt\n",
    "part.txt": "一段引入的文字。\n",
    "aims.md": "---\ntopic: aims\n---\n\n# 目标\n\n:::{section-compare}\n:::\n",
    "gaps.md": "---\ntopic: gaps\n---\n\n# 差距\n\n:::{section-compare}\n:::\n",
    "lists.md": "# 列表\n\n:::{section-list} reports\n:::\n\n:::{section-phrases}\n:::\n",
    "outline.md": "# 提纲\n\n:::{section-outline}\n:::\n\n"
    "{section-compare:passage}`文 <a#gaps>`、{section-compare:report}`b`。\n",
    "plain.md": "# 普通\n\n普通的一页。\n\n(here)=\n## 此处\n\n```{image} dot.png\n```\n",
    "links.md": "---\norphan: true\n---\n\n# 链接\n\n见[](a.md)、{ref}`here`、{doc}`gaps`。\n",
}


def catalog(word: str, name: str = "word") -> bytes:
    """A compiled catalog that says a word."""
    made, file = Catalog(locale="zh_CN"), BytesIO()
    made.add(name, word)
    write_mo(file, made)
    return file.getvalue()


def write_binary(project: Project, name: str, content: bytes) -> None:
    path = project.source / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def make(folder: Path) -> Project:
    """The project below a folder, not yet built."""
    project = Project(folder / "source", folder / "output")
    for name, text in FILES.items():
        project.write(name, text)
    write_binary(project, "words/locale/zh_CN/LC_MESSAGES/words.mo", catalog("一"))
    write_binary(project, "locales/zh_CN/LC_MESSAGES/sphinx.mo", catalog("搜", "Search"))
    shutil.copyfile(ROOT / "tests/roots/copies/reports/dot.png", project.source / "dot.png")
    return project


def keep(project: Project, folder: Path) -> None:
    """Keep source and outputs as they are, the times of their files included."""
    shutil.copytree(project.source.parent, folder)


def build_and_keep(folder: Path, builders: Sequence[str]) -> tuple[Project, Path]:
    """The project built in a folder by some builders, and where it is kept as it then was."""
    project = make(folder / "project")
    for builder in builders:
        project.build(builder, warnings=True)
    keep(project, folder / "kept")
    return project, folder / "kept"


def put_back(project: Project, folder: Path) -> None:
    """Make source and outputs as they were kept: in their place, which the environment knows."""
    shutil.rmtree(project.source.parent)
    shutil.copytree(folder, project.source.parent)


# What the environment may set for a build.
SETTINGS = ("SOURCE_DATE_EPOCH",)
# Sphinx's own records, which it writes each time or when settings change, and ours; a book.
OWN = re.compile(r"(.*/)?\.(buildinfo(\.bak)?|section_compare\.\w+\.json)$|.*\.epub$")


def contents(project: Project, builder: str = "html") -> dict[str, bytes]:
    """The files of an output but for records, and a book: it holds the times of its files.

    In its search index Sphinx leaves words that stand on no page any more, with no page.
    """
    files = project.files(builder)
    found = {name: text for name, text in files.items() if not OWN.match(name)}
    if (name := "searchindex.js") in found:
        found[name] = re.sub(rb'"[^"]*":\[\](,|(?=\}))', b"", found[name]).replace(b",}", b"}")
    return found


# What clean builds gave and said, by what they were built from.
CLEAN: dict[object, tuple[dict[str, bytes], list[str]]] = {}


def clean(project: Project, builder: str = "html", **options: object) -> dict[str, bytes]:
    """What a clean build gives, in a folder of its own; ``project.messages`` has what it said.

    The same sources are built once: many tests make the same edit.
    """
    sources = {path: path.read_bytes() for path in project.source.rglob("*") if path.is_file()}
    built_from = (frozenset(sources.items()), builder, repr(options), *map(os.getenv, SETTINGS))
    if built_from not in CLEAN:
        other = Project(project.source, project.output.with_name("clean"))
        shutil.rmtree(other.output, ignore_errors=True)
        other.build(builder, warnings=True, **options)  # type: ignore[arg-type]
        CLEAN[built_from] = contents(other, builder), other.messages
    found, project.messages = CLEAN[built_from]
    return found.copy()


def assert_same(found: dict[str, bytes], expected: dict[str, bytes]) -> None:
    """Two outputs have the same files, and these the same content."""
    assert sorted(found.keys() ^ expected.keys()) == []
    assert [name for name in expected if found[name] != expected[name]] == []


def check_clean(project: Project, builder: str = "html") -> None:
    """An output is what a clean build gives."""
    assert_same(contents(project, builder), clean(project, builder))
