"""What other people write into pages can be text, and nothing that acts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from test_search import index_of

if TYPE_CHECKING:
    from conftest import MakeProject

CONF = """\
extensions = ["myst_parser", "sphinx_design", "section_compare", "section_search", "emendation"]
section_search_pages = ("report", "Report")
section_search_tags = ("topic", "Topic")
section_search_alternates = {"emendation": "source"}
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "dollarmath"]
html_theme = "basic"
sd_fontawesome_latex = "fontawesome5"
latex_engine = "xelatex"
smartquotes = False
project = version = copyright = "x"
"""
INDEX = "# Index\n\n```{toctree}\n:glob:\n\n*\n```\n\n:::{section-list} reports\n:::\n\n:::{section-list} topics\n:::\n\n:::{section-coverage}\n:::\n\n:::{section-phrases}\n:::\n"
TOPIC = "---\ntopic: care\n---\n\n# Care\n\n:::{section-compare}\n:::\n"
REPORT = "---\nreport: alpha\n---\n\n# Alpha\n\n{.topic-care}\nAlpha says.\n"
FILES = {"conf.py": CONF, "index.md": INDEX, "care.md": TOPIC, "alpha.md": REPORT}

# Each would act if it got into an output as it is.
TEXTS = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": "x\" onmouseover=\"alert(1)\" y='",
    "latex": r"\input{/etc/passwd}\immediate\write18{id}}{^^5cinput{x}%$&#_~",
    "roff": ".so /etc/passwd \\*[x] \\X'x' '",
    "texinfo": "@include /etc/passwd @{",
    "path": "../../../../etc/passwd",
    "end": "]]>--></script></title></style>",
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_titles_header_and_options_are_text(make_project: MakeProject, text: str) -> None:
    quoted = "'" + text.replace("'", "''") + "'"
    shown = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
    fields = ("short_title", "organization", "period", "description")
    header = "".join(f"{name}: {quoted}\n" for name in fields)
    alpha = f"---\nreport: alpha\n{header}---\n\n# {shown}\n\n{{.topic-care}}\n## {shown}\n\n"
    alpha += f"Says {{sic}}`{text.replace('`', '')}=>x` {{sic}}`y=>{text.replace('`', '')}`\n\n"
    alpha += ":::{emendation-list}\n:::\n"
    care = f"---\ntopic: care\nshort_title: {quoted}\ngroup: {quoted}\ndescription: {quoted}\n"
    care += f"---\n\n# {shown}\n\n:::{{section-compare}}\n:caption: {text}\n:name: {text}\n:::\n"
    # with two of each a search can be narrowed to one
    more = {
        "beta.md": REPORT.replace("alpha", "beta").replace("care", "b"),
        "b.md": "---\ntopic: b\n---\n\n# B\n",
    }
    project = make_project(FILES | more | {"alpha.md": alpha, "care.md": care})
    for builder in ("html", "epub", "xml", "latex", "man", "texinfo", "text"):
        project.build(builder)
    for path in (project.output / "html").rglob("*.html"):
        page = BeautifulSoup(path.read_bytes(), "html.parser")
        assert not page.find_all("img"), path
        assert not page.find_all(lambda tag: "onmouseover" in tag.attrs), path
        assert "alert(1)" not in "".join(tag.get_text() for tag in page.find_all("script")), path
    for path in [*project.output.rglob("*.xhtml"), *(project.output / "xml").rglob("*.xml")]:
        elements = list(ElementTree.parse(path).iter())
        assert not [one for one in elements if one.tag.endswith(("}script", "}img"))], path
        assert not [one for one in elements if "onmouseover" in one.attrib], path
    [tex] = [path.read_text("utf-8") for path in (project.output / "latex").glob("*.tex")]
    assert not re.search(r"\\input\{/|\\immediate|\\write18|\^\^5c", tex)
    roff, texi = (
        next((project.output / builder).glob(files)).read_text("utf-8")
        for builder, files in (("man", "*.1"), ("texinfo", "*.texi"))
    )
    # Sphinx does not escape a page's title there, in capitals; groff runs no command for one
    roff = re.sub(r"(?m)^\.SH .*$", "", roff)
    assert not re.search(r"(?m)^[.'](?:so|sy|pi)\b|\\(?:\*\[x\]|X')", roff)
    assert not re.search(r"(?<!@)(?:@@)*@include", texi)
    assert index_of(project)["tags"][1][0] == "care"
    assert len(project.page("search").select("#section-search option")) == 6
    written = {path.name for path in project.output.rglob("*") if path.is_file()}
    assert not [name for name in written if "passwd" in name or ("script" in name and "<" in name)]


@pytest.mark.parametrize("id_", ["../x", "a/b", "a b", "<b>", "é", "A", "..", "\\x", "甲"])
def test_no_file_is_named_by_an_unchecked_id(make_project: MakeProject, id_: str) -> None:
    project = make_project(FILES)
    project.build()
    before = set(project.files())
    project.write("alpha.md", REPORT.replace("alpha", f"'{id_}'"))
    project.write("care.md", TOPIC.replace("care", f"'{id_}'"))
    project.build(warnings=True)
    assert len([line for line in project.messages if f"found '{id_}'" in line
                or f"found {id_!r}" in line]) == 2  # fmt: skip
    assert set(project.files()) <= before
    assert sorted(path.name for path in project.source.parent.iterdir()) == [
        project.output.name, project.source.name,
    ]  # fmt: skip
