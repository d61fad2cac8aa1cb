"""Where all documents are one page, tell alike ids apart and point each reference to its own."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes

from ..doctree import is_for_copies
from ..output.nodes import compare_block, compare_cell
from .build import current
from .links import elements_of

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def join_pages(app: Sphinx, doctree: nodes.document, root: str) -> None:
    """On ``doctree-resolved``, after comparisons are filled, which makes links of the same kind.

    Sphinx's links there name a document and, after a second ``#``, a place in it, which leads
    nowhere. It looks up numbers by the ids that it gave, so those stay; their place gets another.
    """
    if app.builder.name != "singlehtml" or is_for_copies(doctree):
        return
    elements = list(elements_of(doctree, root))
    # ids that we gave; Sphinx knows no number by them
    ours = {
        (docname, passage.anchor)
        for docname, passages in current(app.env).collection.by_document.items()
        for _topic, _report, passage in passages
    }
    times = Counter(id_ for _docname, node in elements for id_ in node["ids"])
    anchors: dict[tuple[str, str], str] = {}
    for docname, node in elements:
        if isinstance(node, addnodes.start_of_file):
            anchors[node["docname"], ""] = f"document-{node['docname']}"
        for id_ in list(node["ids"]):
            anchor = id_ if times[id_] == 1 else f"{docname}/{id_}"
            if anchor != id_:
                node["ids"] = [*node["ids"], anchor]
                first = isinstance(node, nodes.section) and id_ == node["ids"][0]
                given = (docname, id_) in ours and not first
                if given or isinstance(node, compare_block | compare_cell):
                    node["ids"].remove(id_)
            anchors[docname, id_] = anchor
            if docname == root:  # the one to which Sphinx gives no id
                anchors.setdefault((root, ""), anchor)
    for docname, node in elements:
        if isinstance(node, nodes.reference):
            point(node, docname, anchors)


def point(reference: nodes.reference, docname: str, anchors: dict[tuple[str, str], str]) -> None:
    """Point a reference on a page to its place or, without one, to that page's start.

    One to a page that is not there becomes plain text.
    """
    place, start = reference.get("refid", ""), "#document-"
    if not place:
        uri = reference.get("refuri", "")
        if not uri.startswith(start):
            return
        docname, _hash, place = uri.removeprefix(start).partition("#")
    anchor = anchors.get((docname, place)) or anchors.get((docname, ""))
    if anchor:
        reference.attributes.pop("refid", None)
        reference["refuri"] = f"#{anchor}"
    elif "refid" not in reference:
        reference.replace_self(nodes.inline("", "", *reference.children))


def setup(app: Sphinx) -> None:
    app.connect("doctree-resolved", join_pages, priority=910)
