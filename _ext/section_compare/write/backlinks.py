"""Link the passages of reports to the comparisons that show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..doctree import is_for_copies, joined, parents_of
from ..output.nodes import compare_links
from ..warn import _
from .build import current
from .links import elements_of, link

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from ..model import Passage, Report, Topic
    from .build import Build

CARRIERS = (
    nodes.document,
    nodes.section,
    nodes.container,
    nodes.block_quote,
    nodes.list_item,
    nodes.definition,
    nodes.field_body,
    nodes.entry,
    nodes.Admonition,
    nodes.topic,
    nodes.sidebar,
)


class LinkPassages(SphinxPostTransform):
    """Below each passage of a report links to its comparisons; in LaTeX a place to link to.

    Early, while the passages stand as they were read. Other extensions have parts of pages resolved
    by themselves, so a passage need not be there.
    """

    default_priority = 2
    formats = ("html", "latex")

    def run(self, **kwargs: object) -> None:
        if is_for_copies(self.document):
            return
        build = current(self.env)
        by_id: dict[str, dict[str, nodes.Element]] = {}
        for docname, node in elements_of(self.document, self.env.docname):
            by_id.setdefault(docname, {}).update(dict.fromkeys(node["ids"], node))
        for docname in by_id.keys() & build.collection.by_document.keys():
            if build.builder.format == "latex":
                add_targets(build.collection.by_document[docname], by_id[docname])
            else:
                link_report(build, docname, by_id[docname])


def link_report(build: Build, docname: str, by_id: dict[str, nodes.Element]) -> None:
    """Put the links below the passages of a report; those that end in one block in one line."""
    collection = build.collection
    hosts: dict[int, tuple[nodes.Element, list[tuple[Topic, Report, Passage]]]] = {}
    for topic, report, passage in collection.by_document[docname]:
        first = by_id.get(passage.anchor)
        if first is None or first.parent is None:
            continue
        members = first.parent.children[first.parent.index(first) :][: passage.count]
        host = host_of(cast("nodes.Element", members[-1]))
        if host is not None and (topic.id, report.id) in collection.homes:
            hosts.setdefault(id(host), (host, []))[1].append((topic, report, passage))
    places = {topic: place for place, topic in enumerate(collection.topics)}
    for host, found in hosts.values():
        found.sort(key=lambda one: places[one[0].id])
        report = found[0][1]
        passages = [(topic.id, passage.anchor) for topic, _report, passage in found]
        classes = ["section-compare-links", "no-search"]
        block = compare_links("", report=report.id, passages=passages, classes=classes)
        links = (
            link(build.builder, docname, *collection.homes[id_, report.id], name)
            for id_, name in {topic.id: topic.short_title for topic, *_more in found}.items()
        )
        block += nodes.paragraph("", _("compare: "), *joined(links, " · "))
        if isinstance(host, nodes.section):
            host.insert(1, block)
        elif isinstance(host, nodes.list_item | nodes.definition | nodes.entry):
            host.append(block)
        else:
            around = cast("nodes.Element", host.parent)
            around.insert(around.index(host) + 1, block)


def host_of(node: nodes.Element) -> nodes.Element | None:
    """The block that a passage's links are put below."""
    for one in (node, *parents_of(node)):
        if isinstance(one, nodes.section | nodes.list_item | nodes.definition):
            return one
        if isinstance(one.parent, CARRIERS):
            return one
    return None


def add_targets(
    passages: list[tuple[Topic, Report, Passage]], by_id: dict[str, nodes.Element]
) -> None:
    """LaTeX writes no label for the id of a paragraph or a run: put one there."""
    for anchor in dict.fromkeys(passage.anchor for _topic, _report, passage in passages):
        node = by_id.get(anchor)
        if node is None or isinstance(node, nodes.section):
            continue
        target = nodes.target("", "", refid=anchor)
        if isinstance(node, nodes.TextElement) and not isinstance(node, nodes.FixedTextElement):
            node.insert(0, target)
        elif isinstance(node.parent, CARRIERS):
            around = cast("nodes.Element", node.parent)
            around.insert(around.index(node), target)


def setup(app: Sphinx) -> None:
    app.add_post_transform(LinkPassages)
