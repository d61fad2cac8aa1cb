"""The component's nodes and how HTML writes them.

They are containers, so that every builder that knows no columns writes them as blocks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator


class compare_placeholder(nodes.General, nodes.Element):
    """What a directive leaves in the page; ``resolve`` puts the content in its place.

    ``kind`` is ``compare``, ``coverage`` or ``list``; ``docname`` the page it stands on, and
    the options are attributes of the same names.
    """


class compare_cell(nodes.container):
    """A report's passages on a topic; ``report``, ``topic`` and ``docname`` say whose."""


class compare_links(nodes.container):
    """The links from a passage on a report's page to its comparisons. HTML only."""


def visit_cell(self: HTML5Translator, node: compare_cell) -> None:
    attributes = {"data-report": node["report"], "data-topic": node["topic"]}
    self.body.append(self.starttag(node, "div", "", **attributes))


def visit_links(self: HTML5Translator, node: compare_links) -> None:
    self.body.append(self.starttag(node, "div", ""))


def depart_block(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append("</div>\n")


def setup(app: Sphinx) -> None:
    app.add_node(compare_placeholder)
    app.add_node(compare_cell, html=(visit_cell, depart_block))
    app.add_node(compare_links, html=(visit_links, depart_block))
