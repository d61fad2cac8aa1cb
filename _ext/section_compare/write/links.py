"""Link passages to their comparisons, and have every link of a copy lead where it should."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin, urlsplit

from docutils import nodes
from sphinx import addnodes
from sphinx.errors import NoUri
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..output.nodes import compare_cell, compare_links, compare_page
from ..warn import _
from .build import current

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.builders import Builder

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


def link(
    builder: Builder, page: str, target: str, anchor: str, text: str
) -> nodes.reference | nodes.inline:
    """A link from one page to a place on another, or plain text where the builder has none."""
    try:
        uri = builder.get_relative_uri(page, target)
    except NoUri:
        return nodes.inline(text, text)
    if anchor:
        uri = f"{uri}#{anchor}"
    return nodes.reference(text, text, internal=True, refuri=uri)


def listed(builder: Builder, page: str, one: Page, text: str) -> list[nodes.Node]:
    """A report or topic in a list: a link to it and, on paper, the page where it begins."""
    found: list[nodes.Node] = [link(builder, page, one.docname, "", text)]
    if builder.format == "latex":
        found.append(compare_page(docname=one.docname))
    return found


class LinkPassages(SphinxPostTransform):
    """Below each passage of a report links to its comparisons; in LaTeX a place to link to.

    After ``FillPlaceholders``, so that copies, which are clean of ids, are never linked.
    """

    default_priority = 2
    formats = ("html", "latex")

    def run(self, **kwargs: object) -> None:
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
                add_latex_target(by_id[anchor], anchor)
            return
        hosts: dict[int, tuple[nodes.Element, list[tuple[str, str]]]] = {}
        for topic, passage in build.by_report[docname]:
            first = by_id[passage.anchor]
            parent = cast("nodes.Element", first.parent)
            last = parent.children[parent.index(first) + passage.count - 1]
            host = host_of(cast("nodes.Element", last))
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


def elements_of(root: nodes.Element, docname: str) -> Iterator[tuple[str, nodes.Element]]:
    """All elements of a doctree, each with its document, where a builder put several together."""
    waiting = [(docname, root)]
    while waiting:
        docname, node = waiting.pop()
        yield docname, node
        inner = node["docname"] if isinstance(node, addnodes.start_of_file) else docname
        waiting += [
            (inner, child) for child in reversed(node.children) if isinstance(child, nodes.Element)
        ]


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


class RebaseReferences(SphinxPostTransform):
    """Rebase the copies' references, resolved as on the report's page, on the page that shows them.

    After Sphinx's resolver (10).
    """

    default_priority = 15

    def run(self, **kwargs: object) -> None:
        for cell in self.document.findall(compare_cell):
            for part in cell.children:
                if "section-compare-passage" in cast("nodes.Element", part)["classes"]:
                    for reference in list(part.findall(nodes.reference)):
                        self.rebase_reference(reference, cell["docname"], cell["page"])

    def rebase_reference(self, reference: nodes.reference, docname: str, page: str) -> None:
        builder = current(self.env).builder
        try:
            uri = builder.get_relative_uri(page, docname)
        except NoUri:
            if "refid" in reference or reference.get("internal"):
                reference.replace_self(nodes.inline("", "", *reference.children))
            return
        if builder.format == "latex" and isinstance(reference.parent, nodes.superscript):
            # LaTeX has no label for a footnote; the note itself stands below the passage
            reference.replace_self(nodes.inline("", "", *reference.children))
        elif "refid" in reference:
            reference["refuri"] = f"{uri}#{reference['refid']}"
            del reference["refid"]
            reference["internal"] = True
        elif reference.get("internal") and builder.format == "html":
            reference["refuri"] = rebase(
                reference["refuri"], builder.get_target_uri(docname), builder.get_target_uri(page)
            )


def rebase(uri: str, old: str, new: str) -> str:
    """A relative address as seen from another page.

    :param uri: an address relative to the page *old*.
    :param new: the page to see it from; both pages are relative to the output's root.
    """
    parts = urlsplit(uri)
    if parts.scheme or uri.startswith(("/", "#")) or "#document-" in old:
        return uri
    path = urlsplit(urljoin(f"/{old}", parts.path or f"/{old}")).path
    start = "/" + posixpath.dirname(new)
    relative = posixpath.relpath(path, start)
    if path.endswith("/"):
        relative += "/"
    return relative + (f"#{parts.fragment}" if parts.fragment else "")


def setup(app: Sphinx) -> None:
    app.add_post_transform(LinkPassages)
    app.add_post_transform(RebaseReferences)
