"""The component's nodes and how HTML writes them.

They are containers, so that every builder that knows no columns writes them as blocks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.writers.html5 import HTML5Translator


class compare_placeholder(nodes.General, nodes.Element):
    """What a directive leaves in the page; ``comparison`` and ``lists`` put content in its place.

    ``placeholder`` is the directive as the domain has it, ``docname`` the page it stands on.
    """


class compare_edge(nodes.Invisible, nodes.Element):
    """Where a passage begins or, with ``end``, is over, in a document that it is taken from.

    ``passage`` tells which, ``inline`` whether it begins with a run of text.
    """


class compare_block(nodes.container):
    """A comparison; ``layout`` is ``columns`` or ``stacked``.

    ``label`` names it, ``words`` (JSON) are what its script says, ``reports`` the ids of its
    columns in the collection's order; ``bar`` is a CSS selector of what its bar takes in, and
    ``shown`` how many columns stand when it opens.
    """


class compare_row(nodes.container):
    """One topic's cells."""


class compare_cell(nodes.container):
    """A report's passages on a topic; ``report``, ``topic`` and ``docname`` say whose.

    ``name`` is the report's, ``label`` names the cell, ``anchor`` is that of its first passage;
    ``source`` is the line that closes what a reader copies from it. ``missing`` is true where
    the report says nothing in the whole comparison.
    """


class compare_head(nodes.container):
    """The report's name above its column, which stays in sight. HTML only."""


class compare_name(nodes.rubric):
    """The report's name above its passages."""


class compare_note(nodes.container):
    """A note on one report, which stands below its name in a comparison; ``report`` is its id."""


class compare_place(nodes.paragraph):
    """Above a passage the titles that it stands under in its report, linked to it."""


class compare_page(nodes.inline):
    """The page where the document ``docname`` begins. Only for LaTeX."""


class coverage_entry(nodes.paragraph):
    """The text of a cell of the matrix. HTML writes no element for it, since there are many."""


class compare_links(nodes.container):
    """The links from a passage of ``report``, on its page, to its comparisons. HTML only.

    ``passages`` are those that end above, each as its topic and its anchor.
    """


class shared_phrase(nodes.inline):
    """A phrase, or a part of one, that columns of a comparison share. HTML only.

    ``phrase`` is its number in the comparison; ``others`` are those of the shorter or overlapped
    phrases that stand there too.
    """


def visit_block(self: HTML5Translator, node: compare_block) -> None:
    attributes = {"role": "region", "aria-label": node["label"]}
    if node["shown"]:
        attributes["data-shown"] = str(node["shown"])
    if node["words"]:
        attributes["data-words"] = node["words"]
        attributes["data-reports"] = node["reports"]
        attributes["data-bar"] = node["bar"]
    self.body.append(self.starttag(node, "div", "", **attributes))


def visit_cell(self: HTML5Translator, node: compare_cell) -> None:
    attributes = {
        "role": "group",
        "aria-label": node["label"],
        "data-report": node["report"],
        "data-topic": node["topic"],
        "data-characters": str(node["characters"]),
        "data-source": node["source"],
    }
    self.body.append(self.starttag(node, "div", "", **attributes))


def visit_shared(self: HTML5Translator, node: shared_phrase) -> None:
    attributes: dict[str, Any] = {"data-phrase": str(node["phrase"])}
    if node["others"]:
        attributes["data-also"] = " ".join(map(str, node["others"]))
    self.body.append(self.starttag(node, "mark", "", **attributes))


def depart_shared(self: HTML5Translator, node: shared_phrase) -> None:
    self.body.append("</mark>")


def visit_note(self: HTML5Translator, node: compare_note) -> None:
    self.body.append(self.starttag(node, "div", "", CLASS="docutils container", role="note"))


def visit_head(self: HTML5Translator, node: compare_head) -> None:
    self.body.append(self.starttag(node, "div", ""))


def write_no_element(self: HTML5Translator, node: coverage_entry) -> None:
    pass


def visit_links(self: HTML5Translator, node: compare_links) -> None:
    passages = " ".join(f"{topic}:{anchor}" for topic, anchor in node["passages"])
    attributes = {"data-report": node["report"], "data-passages": passages}
    self.body.append(self.starttag(node, "div", "", **attributes))


def depart_block(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append("</div>\n")
