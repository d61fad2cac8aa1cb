"""The component's nodes and how HTML writes them.

They are containers, so that every builder that knows no columns writes them as blocks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator


class compare_placeholder(nodes.General, nodes.Element):
    """What a directive leaves in the page; ``resolve`` puts the content in its place.

    ``placeholder`` is the directive as the domain has it, ``docname`` the page it stands on.
    """


class compare_cell(nodes.container):
    """A report's passages on a topic; ``report``, ``topic`` and ``docname`` say whose."""


class compare_links(nodes.container):
    """The links from a passage on a report's page to its comparisons. HTML only."""


class shared_phrase(nodes.inline):
    """A phrase, or a part of one, that columns of a comparison share. HTML only.

    ``phrase`` is its number in the comparison; ``others`` are those of the shorter or overlapped
    phrases that stand there too.
    """


def visit_cell(self: HTML5Translator, node: compare_cell) -> None:
    attributes = {"data-report": node["report"], "data-topic": node["topic"]}
    self.body.append(self.starttag(node, "div", "", **attributes))


def visit_shared(self: HTML5Translator, node: shared_phrase) -> None:
    attributes: dict[str, Any] = {"data-phrase": str(node["phrase"])}
    if node["others"]:
        attributes["data-also"] = " ".join(map(str, node["others"]))
    self.body.append(self.starttag(node, "mark", "", **attributes))


def depart_shared(self: HTML5Translator, node: shared_phrase) -> None:
    self.body.append("</mark>")


def visit_links(self: HTML5Translator, node: compare_links) -> None:
    self.body.append(self.starttag(node, "div", ""))


def depart_block(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append("</div>\n")


def setup(app: Sphinx) -> None:
    app.add_node(compare_placeholder)
    app.add_node(compare_cell, html=(visit_cell, depart_block))
    app.add_node(shared_phrase, html=(visit_shared, depart_shared))
    app.add_node(compare_links, html=(visit_links, depart_block))
