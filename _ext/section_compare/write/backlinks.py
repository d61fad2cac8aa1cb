"""Link the passages of reports to the comparisons that show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..doctree import is_for_copies
from ..output.nodes import compare_links
from ..warn import _
from .build import current
from .links import elements_of, link

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from ..model import Page
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
        for docname in by_id.keys() & build.by_report.keys():
            self.link_report(build, build.report_of[docname], by_id[docname])

    def link_report(self, build: Build, report: Page, by_id: dict[str, nodes.Element]) -> None:
        builder, docname = build.builder, report.docname
        if builder.format == "latex":
            for anchor in {passage.anchor: None for _topic, passage in build.by_report[docname]}:
                if anchor in by_id:
                    add_latex_target(by_id[anchor], anchor)
            return
        hosts: dict[int, tuple[nodes.Element, list[tuple[str, str]]]] = {}
        for topic, passage in build.by_report[docname]:
            first = by_id.get(passage.anchor)
            if first is None or first.parent is None:
                continue
            members = first.parent.children[first.parent.index(first) :][: passage.count]
            host = host_of(cast("nodes.Element", members[-1]))
            if host is not None and (topic, report.id) in build.collection.homes:
                hosts.setdefault(id(host), (host, []))[1].append((topic, passage.anchor))
        places = {topic: place for place, topic in enumerate(build.collection.topics)}
        for host, passages in hosts.values():
            classes = ["section-compare-links", "no-search"]
            passages.sort(key=lambda one: places[one[0]])
            order = list(dict.fromkeys(topic for topic, _anchor in passages))
            block = compare_links("", report=report.id, passages=passages, classes=classes)
            line = nodes.paragraph("", _("compare: "))
            for number, topic in enumerate(order):
                if number:
                    line += nodes.Text(" · ")
                home = build.collection.homes[topic, report.id]
                line += link(builder, docname, *home, build.collection.topics[topic].short_title)
            block += line
            if isinstance(host, nodes.section):
                host.insert(1, block)
            elif isinstance(host, nodes.list_item | nodes.definition | nodes.entry):
                host.append(block)
            else:
                around = cast("nodes.Element", host.parent)
                around.insert(around.index(host) + 1, block)


def host_of(node: nodes.Element) -> nodes.Element | None:
    """The block that a passage's links are put below."""
    current_node: nodes.Element | None = node
    while current_node is not None:
        if isinstance(current_node, nodes.section | nodes.list_item | nodes.definition):
            return current_node
        if isinstance(current_node.parent, CARRIERS):
            return current_node
        current_node = current_node.parent
    return None


def add_latex_target(node: nodes.Element, anchor: str) -> None:
    """LaTeX writes no label for the id of a paragraph or a run: put one there."""
    if isinstance(node, nodes.section):
        return
    target = nodes.target("", "", refid=anchor)
    if isinstance(node, nodes.TextElement) and not isinstance(node, nodes.FixedTextElement):
        node.insert(0, target)
    elif isinstance(node.parent, CARRIERS):
        around = cast("nodes.Element", node.parent)
        around.insert(around.index(node), target)


def setup(app: Sphinx) -> None:
    app.add_post_transform(LinkPassages)
