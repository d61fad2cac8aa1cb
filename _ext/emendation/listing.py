"""The list of a page's emendations, made from its marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

from .messages import _
from .nodes import emendation, emendation_list, plain_place

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# How many characters of the text around an emendation say where it stands.
AROUND = 8


class EmendationList(SphinxDirective):
    """``{emendation-list}``: at the page's end, what is emended in it, each with its place.

    Content, if any, closes the list as a note: what was left as it is, and why.
    """

    has_content = True

    def run(self) -> list[nodes.Node]:
        node = emendation_list("", *self.parse_content_to_nodes())
        self.set_source_info(node)
        return [node]


class PlaceList(SphinxTransform):
    """Name the emendations, and put the list at the page's end, outside all sections.

    A section owns all that follows its title. The list is not the section's text: what is said
    of the section, or copied from it, must not hold the list. So this runs early, before
    transforms that look at sections.
    """

    default_priority = 300

    def apply(self, **kwargs: object) -> None:
        # several documents may be put together, so the name holds the document's, whatever
        # characters it has, in those that an id may have in all formats
        page = re.sub(r"[^A-Za-z0-9-]", lambda one: f"_{ord(one[0]):x}_", self.env.docname)
        name = f"emendation-{page}"
        numbers = count(1)
        for node in self.document.findall(emendation):
            # a heading may have such an id
            id_ = next(id_ for n in numbers if (id_ := f"{name}-{n}") not in self.document.ids)
            node["ids"].append(id_)
            self.document.ids[id_] = node
        lists = list(self.document.findall(emendation_list))
        for found in lists:
            found.parent.remove(found)
        self.document.extend(lists[:1])


def fill_list(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """On ``doctree-resolved``: write the list and its note, or nothing where there is neither."""
    for node in list(doctree.findall(emendation_list)):
        marks = list(marks_of(root_of(node)))
        block = nodes.container("", classes=["emendation-list", "no-search"])
        if marks:
            heading, table = make_list(marks, app.builder.format)
            website = app.builder.format == "html" and app.builder.name != "epub"
            if website and "sphinx_design" in app.extensions:
                block += fold(heading, table)
            else:
                block += [heading, table]
        block += node.children
        node.replace_self(block if block.children else [])


def fold(heading: nodes.Node, table: nodes.Node) -> nodes.Element:
    """The list in sphinx-design's dropdown, closed, its heading what opens it."""
    from sphinx_design.dropdown import dropdown_main, dropdown_title

    title = dropdown_title("", "", heading, classes=["sd-summary-title", "sd-card-header"])
    body = nodes.container("", table, is_div=True, classes=["sd-summary-content", "sd-card-body"])
    classes = ["sd-sphinx-override", "sd-dropdown", "sd-card"]
    return dropdown_main("", title, body, opened=False, classes=classes)


def root_of(node: nodes.Node) -> nodes.Element:
    """The document that a node is of, where several may be put together."""
    root = node.parent
    while not isinstance(root, nodes.document | addnodes.start_of_file):
        assert root is not None
        root = root.parent
    return root


def marks_of(root: nodes.Element) -> Iterator[emendation]:
    """A document's own emendations.

    Neither those of the documents put into it, nor copies of others, which have no id.
    """
    return (node for node in root.findall(emendation) if node["ids"] and root_of(node) is root)


def make_list(marks: list[emendation], form: str) -> tuple[nodes.rubric, nodes.table]:
    """A heading and a table; links only for the formats that have places to link to."""
    heading = nodes.rubric("", _("Emendations"))
    if form == "html":
        heading["heading-level"] = 2
    group = nodes.tgroup(cols=3)
    group.extend(nodes.colspec(colwidth=width) for width in (32, 16, 52))
    head, body = nodes.thead(), nodes.tbody()
    head += row([nodes.Text(text) for text in (_("Source"), _("Reading"), _("Where"))])
    for node in marks:
        place = excerpt(node)
        link: nodes.Node = nodes.Text(place)
        if form == "html" or (form == "latex" and not plain_place(node)):
            link = nodes.reference("", place, refid=node["ids"][0], internal=True)
        texts = [node["source"] or _("(added)"), node.astext() or _("(removed)")]
        line = row([*map(nodes.Text, texts), link])
        node["entry"] = f"{node['ids'][0]}-entry"
        line["ids"].append(node["entry"])
        body += line
    group.extend([head, body])
    table = nodes.table("", group)
    if form == "latex":
        table["classes"] += ["longtable", "colwidths-given"]  # it may be longer than a page
    return heading, table


def row(cells: list[nodes.Node]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))


def excerpt(mark: emendation) -> str:
    """The emended word with the text around it in its paragraph, title or cell."""
    block: nodes.Element | None = mark.parent
    while isinstance(block, nodes.Inline):
        block = block.parent
    assert block is not None
    sides = ["", ""]
    seen = False
    for node in block.findall():
        seen = seen or node is mark
        if isinstance(node, nodes.Text) and node.parent is not mark:
            sides[seen] += node.astext()
    before, after = sides
    return "".join([
        "…" if len(before) > AROUND else "", before[-AROUND:], mark.astext(),
        after[:AROUND], "…" if len(after) > AROUND else "",
    ])  # fmt: skip


def setup(app: Sphinx) -> None:
    app.add_directive("emendation-list", EmendationList)
    app.add_transform(PlaceList)
    # before blanks are marked in the list (500)
    app.connect("doctree-resolved", fill_list, priority=400)
