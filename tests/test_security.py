"""What other people write into pages can be text, and nothing that acts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from test_search import index_of

if TYPE_CHECKING:
    from conftest import MakeProject, Project

CONF = """\
extensions = ["myst_parser", "sphinx_design", "section_compare", "section_search", "emendation",
              "untrusted"]
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


@pytest.mark.parametrize("id_", ["../x", "a/b", "a b", "<b>", "é", "A", "a.b", "..", "\\x", "甲"])
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


HOSTILE = {
    "html block": "<script>alert(1)</script>",
    "html in a line": "x <b onclick='alert(1)'>y</b>",
    "raw directive": "```{raw} html\n<script>alert(1)</script>\n```",
    "raw file": "```{raw} html\n:file: ../secret.txt\n```",
    "raw latex": "```{raw} latex\n\\input{/etc/passwd}\n```",
    "raw role": "```{eval-rst}\n.. role:: js(raw)\n   :format: html\n\n:js:`<script>alert(1)</script>`\n```",
    "icon": "{octicon}`report;1em;\"onload=\"alert(1)`",
    "icon in LaTeX": "{fas}`x}\\input{/etc/passwd}`",
    "include": "```{include} ../secret.txt\n```",
    "include in reStructuredText": "```{eval-rst}\n.. include:: ../secret.txt\n```",
    "literalinclude": "```{literalinclude} ../secret.txt\n```",
    "table from a file": "```{csv-table}\n:file: ../secret.txt\n```",
    "table from an address": "```{csv-table}\n:url: file://ROOT/secret.txt\n```",
    "download": "{download}`x <../secret.txt>`",
    "link to a file": "[x](../secret.txt)",
    "image outside": "![x](../secret.png)",
    "image elsewhere": "![x](https://example.org/x.png)",
    "image with a script": "![x](evil.svg)",
    "image in a link": "```{image} https://example.org/x.png\n:alt: x\n:target: https://example.org\n```",
    "image in a link, without text": "```{image} https://example.org/x.png\n:target: https://example.org\n```",
    "image that leads outside, for the language": "![x](shown.png)",
    "image whose name is LaTeX": "```{image} a}}^^5cinput{x}{{.png\n```",
    "class that is LaTeX": "[x]{class=\"y^^7d\\input^^7b/etc/passwd^^7d\"}",
    "link": "[x](javascript:alert(1))",
    "link in reStructuredText": "```{eval-rst}\n`x <javascript:alert(1)>`_ `y <java\\script:alert(1)>`_\n```",
    "link of an image": "```{image} dot.png\n:target: javascript:alert(1)\n```",
    "link of a button": "```{button-link} javascript:alert(1)\nx\n```",
    "link of a card": ":::{card} x\n:link: javascript:alert(1)\n:link-type: url\n:::",
    "data": "```{eval-rst}\n`x <data:text/html,alert(1)>`_\n```",
    "link in contents": "```{toctree}\nx <javascript://%0aalert(1)>\n```",
    "head": "```{eval-rst}\n.. meta::\n   :http-equiv=refresh: 0;url=javascript:alert(1)\n```",
    "columns": "```{tabularcolumns} |p{\\input{/etc/passwd}}|\n```\n\n| a |\n|---|\n| b |",
    "formula": "$\\input{/etc/passwd} \\href{javascript:alert(1)}{x}$",
    "formula block": "```{math}\n\\input{/etc/passwd} \\href{javascript:alert(1)}{x}\n```",
    "style": "```{div} x\n:style: position:fixed;background:url(javascript:alert(1))\n\nx\n```",
}  # fmt: skip
HEADERS = {
    "syntax": ("myst:\n  enable_extensions: [html_image]\n  disable_syntax: []", "<img src=x>"),
    "template": (
        "myst:\n  enable_extensions: [substitution]",
        "{{ ''.__class__.__mro__[1].__subclasses__() }} {{ env.srcdir }}",
    ),
    "head": ("html_meta:\n  'http-equiv=refresh': '0;url=javascript:alert(1)'", "x"),
    "heads": ("myst:\n  html_meta:\n    'http-equiv=refresh': '0;url=javascript:alert(1)'", "x"),
}
# What acts, in HTML and in LaTeX. Shown as text it is escaped: no tag, no attribute, no macro.
ACTIVE = re.compile(r"^(?:javascript|vbscript|data|file):", re.IGNORECASE)


def hostile(make_project: MakeProject, header: str, body: str) -> Project:
    """A project with one page that nobody has read, and secrets beside it."""
    project = make_project(FILES)
    body = body.replace("ROOT", str(project.source.parent))
    page = f"---\nreport: beta\n{header}\n---\n\n# Beta\n\n{{.topic-care}}\n## Part\n\n{body}\n"
    project.write("beta.md", page)
    project.write("evil.svg", "<svg onload='alert(1)'/>")
    for name in ("dot.png", "shown.png", "a}}^^5cinput{x}{{.png"):
        (project.source / name).write_bytes(b"\x89PNG\r\n\x1a\n")
    # Sphinx takes it for shown.png where pages are in English
    (project.source / "shown.en.png").symlink_to("../secret.png")
    for name in ("secret.txt", "secret.png"):
        (project.source.parent / name).write_text("SECRET", encoding="utf-8")
    return project


def acts(project: Project) -> list[str]:
    """What got into the outputs that acts, or was read from elsewhere."""
    found = []
    for path in sorted(project.output.rglob("*")):
        if not path.is_file() or "doctrees" in path.parts[-2]:
            continue
        if b"SECRET" in path.read_bytes() or (path.suffix == ".svg" and "_images" in path.parts):
            found.append(f"{path.name}: a file")
        if path.suffix == ".html":
            page = BeautifulSoup(path.read_bytes(), "html.parser")
            for tag in page.find_all(True):
                values = {name: str(value) for name, value in tag.attrs.items()}
                if (
                    any(name.startswith("on") or ACTIVE.match(re.sub(r"\s", "", value))
                        for name, value in values.items())
                    or (tag.name == "script" and "alert" in tag.get_text())
                    or (tag.name == "meta" and "http-equiv" in values)
                    or (tag.name == "img" and not values["src"].startswith(("_images/", "_static/")))
                    or "javascript:" in values.get("style", "")
                    or (tag.name == "span" and "math" in values.get("class", ""))
                    or (tag.name == "div" and "'math" in values.get("class", ""))
                    or ("subclasses" in tag.get_text() and "&" in tag.get_text())
                    or str(project.source) in tag.get_text()
                ):  # fmt: skip
                    found.append(f"{path.name}: {tag}")
        if path.suffix == ".tex":
            text = path.read_text(encoding="utf-8")
            found += [
                f"{path.name}: {one}"
                for one in re.findall(r"\\input(?:\{|\^\^7b)/.*|\^\^5cinput.*|\\href\{java.*", text)
            ]
    return found


@pytest.mark.parametrize("case", [*HOSTILE, *(f"header {name}" for name in HEADERS)])
def test_an_untrusted_page_is_text(make_project: MakeProject, case: str) -> None:
    kind, _, name = case.rpartition("header ")
    header, body = HEADERS[name] if case.startswith("header ") else ("", HOSTILE[case])
    assert not kind
    project = hostile(make_project, header, body)
    for builder in ("html", "latex"):
        project.build(builder, warnings=True, untrusted=True)
        named = [line for line in project.messages if re.search("WARNING|ERROR", line)]
        assert all(re.match(r"beta\.md(:\d+)?: ", line) for line in named), named
    assert acts(project) == []
    assert "Alpha says." in project.page("care").get_text()
    assert project.page("care").select('[data-report="beta"]')


@pytest.mark.filterwarnings("ignore:.*BuildEnvironment.app")  # MyST's include
def test_the_same_pages_act_where_they_are_trusted(make_project: MakeProject) -> None:
    """So that the check above sees what it looks for; MyST itself refuses only one of them."""
    for name, body in HOSTILE.items():
        project = hostile(make_project, "", body)
        project.build("latex" if "columns" in name or "LaTeX" in name else "html", warnings=True)
        assert bool(acts(project)) is (name not in ("link", "raw latex")), name


@pytest.mark.parametrize("target", ["../secret.txt", ".git/config", "/dev/zero"])
def test_a_page_that_is_a_link_is_not_read(make_project: MakeProject, target: str) -> None:
    """Also where it leads to a file of the project: one may hold the host's credentials."""
    project = hostile(make_project, "", "x")
    project.write(".git/config", "SECRET")
    (project.source / "linked.md").symlink_to(target)
    project.build(warnings=True, untrusted=True)
    assert any("it is a link to another file [untrusted.file]" in line for line in project.messages)
    assert acts(project) == []


@pytest.mark.parametrize("builder", ["html", "dirhtml", "singlehtml"])
def test_a_page_whose_name_is_markup_is_not_read(make_project: MakeProject, builder: str) -> None:
    name = "a'*[\"><img src=x onerror=alert(1)>"
    project = make_project(FILES | {f"{name}.md": "# Named\n", "a (1)、甲.md": "# Good\n"})

    def pages() -> list[BeautifulSoup]:
        files = (project.output / builder).rglob("*.html")
        return [BeautifulSoup(path.read_bytes(), "html.parser") for path in files]

    project.build(builder, warnings=True, untrusted=True)
    assert [line for line in project.messages if line.endswith("[untrusted.file]")]
    assert any("Good" in page.get_text() for page in pages())
    assert not any("Named" in page.get_text() for page in pages())
    assert not any(page.select("img[onerror]") for page in pages())
    if builder == "singlehtml":  # where it does not depend on the theme
        project.build(builder, warnings=True)
        assert any(page.select("img[onerror]") for page in pages())


def test_a_manual_holds_no_command_and_no_builder_stops(make_project: MakeProject) -> None:
    # docutils knows the option `loading` from 0.21 on
    body = "```{eval-rst}\n.. image:: dot.png\n   :loading: embed\n\n.. image:: dot.png\n"
    body += "   :alt: x\n         .so /etc/passwd\n\n.. header:: x\n\n.. footer:: y\n```\n"
    project = hostile(make_project, "", body)
    for builder in ("man", "text", "html", "latex"):
        project.build(builder, warnings=True, untrusted=True)
        assert not [line for line in project.messages if "Cannot embed" in line]
    [manual] = (project.output / "man").glob("*.1")
    text = manual.read_text("utf-8")
    assert "x .so /etc/passwd" in text
    assert not re.search(r"(?m)^\.so", text)


def test_the_switch_holds_for_one_build_only(make_project: MakeProject) -> None:
    """Also where both share an environment."""
    project = hostile(make_project, "", "```{raw} html\n<i>raw</i>\n```")
    for untrusted, count in ((True, 0), (False, 1), (True, 0)):
        project.build(warnings=True, untrusted=untrusted)
        assert len(project.page("beta").select("i")) == count
