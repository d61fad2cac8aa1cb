"""Beside other extensions: a copy is what the reader of the original sees, and nothing breaks."""

from __future__ import annotations

from collections import Counter
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

import pytest
from conftest import Project

if TYPE_CHECKING:
    from bs4 import Tag
    from conftest import MakeProject

# What other extensions do: nodes that are completed with what the domain holds when the page is
# written (sphinxcontrib-bibtex), parts of pages resolved alone (sphinx-needs), links made late
# (viewcode), blocks that name each other's ids (sphinx-tabs), transforms of each page's title.
GUEST = """\
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.domains import Domain
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective, new_document


class books(nodes.General, nodes.Element):
    pass


class late(nodes.General, nodes.Element):
    pass


class whole(nodes.General, nodes.Element):
    pass


class tab(nodes.General, nodes.TextElement):
    pass


class Guest(Domain):
    name = "guest"
    initial_data = {"lists": {}}

    def merge_domaindata(self, docnames, otherdata):
        self.data["lists"].update(otherdata["lists"])


class Books(SphinxDirective):
    def run(self):
        node = books(docname=self.env.docname, ids=[f"books-{self.env.new_serialno('books')}"])
        lists = self.env.get_domain("guest").data["lists"]
        lists[self.env.docname, node["ids"][0]] = nodes.paragraph()
        return [node]


class Late(SphinxDirective):
    def run(self):
        return [late()]


class Whole(SphinxDirective):
    def run(self):
        node = whole()
        self.set_source_info(node)
        return [node]


class Tabs(SphinxDirective):
    def run(self):
        button = tab("", "One", ids=["tab-0"])
        button["aria-controls"] = "panel-0"
        panel = tab("", "The panel", ids=["panel-0"])
        panel["aria-labelledby"] = "tab-0"
        return [button, panel]


class Resolve(SphinxPostTransform):
    default_priority = 5

    def run(self):
        lists = self.env.get_domain("guest").data["lists"]
        for node in list(self.document.findall(books)):
            shared = lists[node["docname"], node["ids"][0]]
            shared += nodes.Text("A book.")
            node.replace_self(shared)
        for node in self.document.findall(whole):
            assert len(list(self.document.findall(nodes.section))) > 3, "not whole"
        title = self.document.next_node(nodes.title)
        if title:
            title += nodes.inline("", " read")


def resolve_late(app, doctree, docname):
    for node in list(doctree.findall(late)):
        link = nodes.reference("", "late", refuri=app.builder.get_relative_uri(docname, "index"))
        node.replace_self(nodes.paragraph("", "", link))
    if docname == "topics/deep/care" and not getattr(app, "resolving", False):
        app.resolving = True
        for name in ("reports/a", docname):
            part = new_document("")
            part += nodes.section("", nodes.title("", "Part"), ids=["care"])
            app.env.resolve_references(part, name, app.builder)
        app.resolving = False


def missing(app, env, node, contnode):
    if node.get("reftarget") == "elsewhere":
        uri = "../" * node["refdoc"].count("/") + "other/place.html"
        return nodes.reference("", "", contnode, refuri=uri, internal=False)


def visit_tab(self, node):
    names = {k: v for k, v in node.attributes.items() if k.startswith("aria-")}
    self.body.append(self.starttag(node, "button", **names))


def depart_tab(self, node):
    self.body.append("</button>")


def skip(self, node):
    raise nodes.SkipNode


def setup(app):
    app.add_domain(Guest)
    app.add_node(books)
    app.add_node(late)
    app.add_node(whole, html=(skip, None), latex=(skip, None))
    app.add_node(tab, html=(visit_tab, depart_tab))
    for name, kind in (("books", Books), ("late", Late), ("whole", Whole), ("guest-tabs", Tabs)):
        app.add_directive(name, kind)
    app.add_post_transform(Resolve)
    app.connect("doctree-resolved", resolve_late)
    app.connect("missing-reference", missing)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
"""
CONF = """\
import sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).parent))
extensions = ["section_compare", "myst_parser", "sphinx.ext.todo", "guest"]
todo_include_todos = True
html_theme = "basic"
html_static_path = ["static"]
suppress_warnings = ["epub.unknown_project_files"]
"""
REPORT = """\
:report: a

Report A
========

.. rst-class:: topic-care

Care
----

`page <b.html>`__ `far <https://example.org/x?y=1#z>`__ `root </x.html>`__ `place <#there>`__
`file <../static/x.pdf?v=1>`__ :any:`elsewhere` :eq:`sum`

.. image:: dot.png
   :target: b.html

.. figure:: dot.png
   :target: ../index.html

   A caption

.. late::

.. guest-tabs::

.. books::

.. todo:: Within.

.. math:: a + b
   :label: sum

A note [#one]_.

.. [#one] First, see [#two]_.
.. [#two] Second.

.. todolist::
"""
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080000000"
    "03a7e9b550000000a49444154789c6360000000020001"
    "48afa4710000000049454e44ae426082"
)
FILES = {
    "conf.py": CONF,
    "guest.py": GUEST,
    "static/x.pdf": "x",
    "index.md": "# Index\n\n```{toctree}\n:glob:\n\nreports/*\ntopics/deep/*\n```\n",
    "reports/a.rst": REPORT,
    "reports/b.md": "---\nreport: b\n---\n\n# Report B\n\n{.topic-care}\n## Care\n\nB.\n",
    "topics/deep/care.md": "---\ntopic: care\n---\n\n# Care\n\n"
    "```{section-compare}\n```\n\n```{section-compare}\n:reports: a\n```\n",
}


def write(project: Project) -> Project:
    project.edit(
        "conf.py", "todo_include", 'myst_enable_extensions = ["attrs_block"]\ntodo_include'
    )
    (project.source / "reports/dot.png").write_bytes(PNG)
    return project


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("guest")
    project = Project(folder / "source", folder / "output")
    for name, text in FILES.items():
        project.write(name, text)
    write(project).build()
    return project


pytestmark = pytest.mark.builds


def links(tag: Tag, page: str) -> list[str]:
    """Where the links in an element lead, but for the notes' own, from the output's root."""
    found = []
    apart = ".headerlink, .section-compare-links a, [role=doc-backlink], .section-compare a"
    for a in tag.select(f"a[href]:not({apart})"):
        path, hash_, fragment = str(a["href"]).partition("#")
        if "://" not in path:
            path = normpath(join(dirname(page), path)) if path else page
        found.append(path + hash_ + fragment)
    return found


def test_every_link_leads_where_the_original_s_leads(built: Project) -> None:
    original = built.page("reports/a").select_one("section#care")
    copy = built.page("topics/deep/care").select_one(".section-compare-passage")
    assert original
    assert copy
    copied = links(copy.extract(), "topics/deep/care.html")
    expected = links(original, "reports/a.html")
    # the copy brings along the notes, which the original has there too
    assert copied == expected
    assert {"reports/b.html", "static/x.pdf?v=1", "other/place.html", "reports/a.html#there",
            "index.html", "/x.html", "https://example.org/x?y=1#z"} <= set(copied)  # fmt: skip


def test_a_copy_shows_what_the_original_shows(built: Project) -> None:
    for page, place in (("reports/a", "section#care"), ("topics/deep/care", ".section-compare")):
        part = built.page(page).select_one(place)
        assert part
        text = part.get_text(" ", strip=True)
        assert text.count("A book.") == 1, page  # completed once, though resolved twice
        assert text.count("Within.") == 2, page  # the todo, and in the list
        assert text.count("late") == 1
        assert "( 1 )" in text or "(1)" in text
        assert "First, see" in text
        assert text.count("Second.") == 1
        assert "Care read" not in text


def test_ids_are_renamed_with_what_names_them(built: Project) -> None:
    page = built.page("topics/deep/care")
    ids = Counter(str(tag["id"]) for tag in page.select("[id]"))
    assert [id_ for id_, times in ids.items() if times > 1] == []
    tabs = page.select(".section-compare button[aria-controls]")
    assert len(tabs) == 2
    for tab in tabs:
        panel = page.find(id=str(tab["aria-controls"]))
        assert panel
        assert panel["aria-labelledby"] == tab["id"]


def test_other_pages_are_as_they_were(built: Project) -> None:
    """A page's own title is still what a transform changes, once."""
    title = built.page("reports/a").select_one("h1")
    assert title
    assert title.get_text().startswith("Report A read")


@pytest.mark.parametrize(
    "builder", ["dirhtml", "latex", *(pytest.param(name, marks=pytest.mark.full)
                for name in ("singlehtml", "epub", "text", "man", "texinfo", "xml", "gettext"))]
)  # fmt: skip
def test_every_builder_works(make_project: MakeProject, builder: str) -> None:
    project = write(make_project(FILES))
    # those that know no tabs
    project.edit("reports/a.rst", ".. guest-tabs::\n\n", "")
    project.build(builder, version="1", copyright="x")
    if builder == "latex":
        [path] = (project.output / "latex").glob("*.tex")
        tex = path.read_text(encoding="utf-8")
        assert tex.count(r"\label{equation:reports/a:sum}") == 1
        assert tex.count(r"\tag{\ref{equation:reports/a:sum}}") == 2


def test_what_cannot_be_copied_is_left_out_and_named(make_project: MakeProject) -> None:
    project = write(make_project(FILES))
    more = "\n".join(f"More {n}\n-------\n\nText.\n" for n in range(3))
    project.edit("reports/a.rst", ".. late::", ".. whole::")
    project.write("reports/a.rst", (project.source / "reports/a.rst").read_text() + f"\n{more}")
    project.build(warnings=True)
    assert project.messages == [
        "reports/a.rst:22: WARNING: a copy cannot hold whole, and gives a link in its place "
        "[section_compare.copy]"
    ]
    copy = project.page("topics/deep/care").select_one(".section-compare-passage")
    assert copy
    assert "A caption" in copy.get_text()
    assert "A book." in copy.get_text()
    link = copy.find("a", string="see the original")
    assert link
    assert link["href"] == "../../reports/a.html#care"


def test_a_reference_to_nothing_is_named_once(make_project: MakeProject) -> None:
    project = write(make_project(FILES))
    project.edit("reports/a.rst", ":any:`elsewhere`", ":ref:`nowhere`")
    project.build(warnings=True)
    assert project.messages == ["reports/a.rst:11: WARNING: undefined label: 'nowhere' [ref.ref]"]


ENGLISH = {
    "conf.py": 'extensions = ["myst_parser", "section_compare"]\nhtml_theme = "basic"\n'
    'section_compare_reports = ["text/**"]\nsection_compare_fields = {"topic": "compares"}\n'
    'locale_dirs = ["locales"]\ngettext_compact = False\n',
    "index.md": "# Index\n\n```{section-coverage}\n```\n\n```{section-phrases}\n:shared: 4\n```\n\n"
    "```{toctree}\n:glob:\n\ntext/*/*\nroads\n```\n",
    "text/old/Rules.md": "---\ntopic: Typing\ntitle: x\n---\n\n# Rules\n\n# I. Roads\n\n"
    "We *mended* nine miles of road.\n",
    "text/new/Rules.md": "- Feature Name: x\n\n# Rules\n\n# 2.1. ROADS and bridges\n\n"
    "Again we mended nine miles, at night.\n",
    "roads.md": "---\ncompares: roads\nheadings: [roads*]\n---\n\n# Roads\n\n"
    "```{section-compare}\n:shared: 4\n```\n",
}


def test_a_collection_as_it_is_compares_in_its_own_language(make_project: MakeProject) -> None:
    """Latin text: words are counted and shared, numbers and case of titles do not matter."""
    project = make_project(ENGLISH)
    project.build()
    page = project.page("roads")
    cells = page.select(".section-compare-cell")
    assert [cell["data-report"] for cell in cells] == ["new-rules", "old-rules"]
    lengths = [tag.get_text() for tag in page.select(".section-compare-length")]
    assert lengths == ["11 words", "8 words"]
    marks = [mark.get_text() for mark in page.select("mark")]
    assert marks == ["we mended nine miles", "We ", "mended", " nine miles"]
    index = project.page("index")
    assert [td.get_text() for td in index.select("td")] == ["11", "8"]
    assert [tag.get_text() for tag in index.select(".section-phrases-text")] == [
        "we mended nine miles"
    ]


def test_a_translated_build_takes_the_same_sections(make_project: MakeProject) -> None:
    project = make_project(ENGLISH)
    for name, title in (("old", "I. Roads"), ("new", "2.1. ROADS and bridges")):
        catalog = f'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n' \
            f'msgid "{title}"\nmsgstr "Wege {name}"\n'  # fmt: skip
        project.write(f"locales/de/LC_MESSAGES/text/{name}/Rules.po", catalog)
    project.build(language="de")
    cells = project.page("roads").select(".section-compare-cell .section-compare-section")
    assert len(cells) == 2
    assert "Wege old" in cells[1].get_text()


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        (
            {"roads.md": "---\ncompares: roads\nheadings: [Rods]\n---\n\n# Roads\n"},
            "roads.md:2: WARNING: no report has a passage on topic 'roads': no title fits its "
            "headings, the nearest are 'I. Roads'; or mark one with {.topic-roads}",
        ),
        (
            {"conf.py": ENGLISH["conf.py"].replace("text/**", "none/*")},
            "roads.md:2: WARNING: topic 'roads': no document is a report; begin one with the field "
            "report: <id>, or name documents in section_compare_reports",
        ),
        (
            {"roads.md": "# Moved\n",
             "rest.rst": ":orphan:\n:compares: roads\n:headings: *lanes*\n\nRoads\n=====\n"},
            "rest.rst:2: WARNING: no report has a passage on topic 'roads': no title fits its "
            "headings, the nearest are 'Rules'; or mark one with "
            ".. rst-class:: topic-roads",
        ),
        (
            {"conf.py": ENGLISH["conf.py"].replace("text/**", "none/*"), "roads.md": "# Moved\n",
             "rest.rst": ":orphan:\n:compares: roads\n\nRoads\n=====\n"},
            "rest.rst:2: WARNING: topic 'roads': no document is a report; begin one with the field "
            ":report: <id>, or name documents in section_compare_reports",
        ),
    ],
)  # fmt: skip
def test_an_empty_topic_says_what_would_give_it_something(
    make_project: MakeProject, edits: dict[str, str], message: str
) -> None:
    project = make_project(ENGLISH | edits)
    project.build(warnings=True)
    assert project.messages == [f"{message} [section_compare.empty_topic]"]


def test_fields_that_are_none_are_named(make_project: MakeProject) -> None:
    fields = "section_compare_fields = {'reprot': 'x', 'topic': 'compares'}"
    conf = f"{ENGLISH['conf.py']}{fields}\n"
    project = make_project(ENGLISH | {"conf.py": conf})
    project.build(warnings=True)
    assert project.messages == [
        "WARNING: option 'section_compare_fields': found {'reprot': 'x', 'topic': 'compares'}, "
        "allowed: report: …, topic: … [section_compare.option]"
    ]


def test_stars_around_a_pattern_stress_nothing(make_project: MakeProject) -> None:
    rest = ":orphan:\n:compares: roads\n:headings: *bridges*\n\nR\n=\n\n.. section-compare::\n"
    project = make_project(ENGLISH | {"roads.md": "# Moved\n", "rest.rst": rest})
    project.build()
    [cell] = project.page("rest").select(".section-compare-cell:has(.section-compare-passage)")
    assert cell["data-report"] == "new-rules"
