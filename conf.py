"""The one Sphinx configuration of 范文对读."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "_ext"))

from section_compare import __version__  # noqa: E402 - the one place that has it

# The repository's address, as https://github.com/owner/name: the one place that has it. With
# it set, each page gets a link to edit it.
REPOSITORY = ""

project = "范文对读"
author = "范文对读"
project_copyright = "范文对读"
version = release = __version__
language = "zh_CN"
extensions = [
    "myst_parser", "sphinx_design", "section_compare", "section_search", "emendation",
    "excerpts", "sidebar",
    "cleanup", "publishing", "book", "reproducible", "control_characters", "speed",
]  # fmt: skip
exclude_patterns = [
    "_build", ".venv", "venv", "env", "out", "_ext", "_book", "tests", "benchmarks", "tools",
    "README.md", "CODE_OF_CONDUCT.md", "SECURITY.md", "ARCHITECTURE.md", "CHANGELOG.md", ".*",
]  # fmt: skip

myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist"]
# Shared phrases are marked from six characters on: shorter ones are mostly plain words.
section_compare_shared = 6
# What a comparison's bar takes in: the switch of the texts, and a link to how to read.
section_compare_bar = ".emendation-tools"
section_compare_help = ("guide/reading", "怎样对读")

# What the texts leave blank: XX, xx, the XX of 20XX, ____; not the Q of QQ群.
emendation_blank_pattern = r"(?<![A-Za-z])(?:X{2,}|x{2,})(?![A-Za-z])|_{3,}"

# What readers can filter a search by, and that the text as it came is found too.
section_search_pages = ("report", "范文")
section_search_tags = ("topic", "主题")
section_search_alternates = {"emendation": "source"}

# Where excerpts are gathered, what is copied and taken into Word whole, and what is marked there.
excerpts_page = "guide/excerpts"
excerpts_documents = ["reports/*", "guide/outline"]
excerpts_marks = {".blank": "fill", ".dated": "check", ".superseded": "check"}
excerpts_left_out = [".emendation-list", ".report-name"]

# Read the Docs says where the site will stand; other hosts set SITE_URL. Without either, pages
# name no address of their own.
html_baseurl = os.environ.get("READTHEDOCS_CANONICAL_URL") or os.environ.get("SITE_URL", "")
publishing_description = "单位精神文明建设工作总结范文，按主题并排对读。"

# The topics come before the reports: what one looks for is a part to write.
sidebar_first = ["对读：开头与做法", "对读：成效、问题、打算", "写作", ""]

html_theme = "furo"
html_title = project
templates_path = ["_templates"]
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_theme_options: dict[str, Any] = {}
if REPOSITORY:
    html_theme_options |= {
        "source_repository": REPOSITORY,
        "source_branch": "main",
        "source_directory": "",
        "top_of_page_buttons": ["edit"],
    }

epub_basename = "fanwen"
epub_language = "zh-CN"
epub_identifier = epub_uid = "fanwen-e8b24fbe-dcf0-4bd4-a2d2-2ce3559fcb9a"
epub_description = "单位精神文明建设工作总结范文，按主题对读"
epub_contributor = author
epub_cover = ("_static/cover.png", "cover.html")
epub_tocscope = "includehidden"
epub_use_index = False
epub_css_files = ["site.css", "ebook.css"]
# Of use only where the site is: how to read in a browser, how to contribute. And what Sphinx
# leaves in the output when the configuration has changed.
epub_exclude_files = [
    "guide/reading.xhtml", "guide/excerpts.xhtml", "guide/whole.xhtml", "CONTRIBUTING.xhtml",
    ".buildinfo.bak",
    "epub-cover.xhtml",  # Sphinx adds it; from the second build on it would find it there too
]  # fmt: skip
epub_show_urls = "no"

latex_engine = "xelatex"
latex_documents = [("index", "fanwen.tex", project, author, "manual")]
latex_toplevel_sectioning = "part"  # the home page's sections, each with its toctree
latex_additional_files = ["_book/fanwen.sty"]  # how the book is set
latex_table_style = ["booktabs"]
latex_elements = {
    "papersize": "a4paper",
    "extraclassoptions": "openany",
    "babel": "",
    "fontpkg": "",
    "fncychap": "",
    "makeindex": "",
    "printindex": "",
    "preamble": r"\usepackage{fanwen}",
    "maketitle": r"\makecover",
    "tableofcontents": "",
}

# make pdf REPORT=... or TOPIC=... sets one page alone, without cover and contents.
if booklet := os.environ.get("BOOKLET", ""):
    latex_documents = [(booklet, "booklet.tex", "", author, "manual")]
    latex_toplevel_sectioning = "section"
    latex_elements["maketitle"] = ""  # book.py puts the title on the page's first sheet

man_pages = [("index", "fanwen", project, [author], 7)]
texinfo_documents = [("index", "fanwen", project, author, project, project, "Miscellaneous")]


# Beside topic pages these take the window's width.
WIDE = ("index", "guide/headings", "guide/whole")


def style_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Pages with columns take the window's width, reports are set as documents."""
    header = app.env.metadata.get(pagename, {})
    if "report" in header:
        app.add_css_file("report-page.css")
    elif "topic" in header or pagename in WIDE:
        app.add_css_file("wide-page.css")


def setup(app: Sphinx) -> None:
    """Connect what is this site's own."""
    app.connect("html-page-context", style_page)
