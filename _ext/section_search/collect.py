"""Take the sections' text from a document when it is read.

What only looks like the page's words is left out: elements of class ``no-search``, comments and
raw markup, the numbers of footnotes, and links whose text Sphinx takes from the page that they
lead to. What other extensions put in later (in a post-transform) is never seen.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes

from .domain import get_domain
from .index import Block, Condition, Range, Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx.application import Sphinx

NO_SEARCH = "no-search"
SKIPPED = (
    nodes.comment,
    nodes.docinfo,
    nodes.footnote_reference,
    nodes.label,
    nodes.raw,
    nodes.substitution_definition,
    nodes.system_message,
)
WIDE = re.compile(r"[\u2e80-\uffef]")


def space(before: str, gap: str, after: str) -> str:
    """What white space becomes between two characters: a space.

    But a line break in the source between two wide characters is nothing.
    """
    is_break = "\n" in gap and WIDE.match(before) and WIDE.match(after)
    return " " if gap and before and not is_break else ""


def tidy(text: str) -> str:
    """A text without the line breaks of its source, nor white space around it."""
    words = re.split(r"(\s+)", text.strip())
    for place in range(1, len(words), 2):
        words[place] = space(words[place - 1][-1], words[place], words[place + 1][0])
    return "".join(words)


def takes_title(node: nodes.Node) -> bool:
    """Whether a link's text is that of its target, put in when the page is written."""
    return (
        isinstance(node, addnodes.pending_xref)
        and node.get("refdomain") == "std"
        and node.get("reftype") in {"doc", "ref", "numref"}
        and not node.get("refexplicit")
    )


def condition_of(node: nodes.Element) -> Condition | None:
    """What a block's content hangs on in each build, if it does."""
    if isinstance(node, addnodes.only) or node.tagname == "ifconfig":
        return node.tagname, node["expr"]
    return ("config", "todo_include_todos") if node.tagname == "todo_node" else None


class Collector:
    """Walks a doctree; ``sections`` are those found so far, in the document's order."""

    def __init__(self, prefix: str, alternates: Mapping[str, str]) -> None:
        """Take tags from classes that begin with *prefix* (none, if it is empty)."""
        self.prefix = prefix
        self.alternates = alternates
        self.sections: list[tuple[str, int, list[Block]]] = [("", -1, [])]
        self.titles: dict[int, int] = {}
        self.current = 0
        self.conditions: tuple[Condition, ...] = ()
        self.text = ""
        self.gap = ""  # white space after the text, of which the next text decides
        self.tags: list[Range] = []
        self.others: list[Range] = []

    def collect(self, document: nodes.document) -> tuple[Section, ...]:
        """The sections of a document, first what stands before its first title, if anything."""
        self.walk(document, ())
        self.flush()
        empty = int(not self.sections[0][2])
        return tuple(
            Section(
                anchor,
                parent - empty if parent >= 0 else -1,
                self.titles.get(place, 0),
                tuple(blocks),
            )
            for place, (anchor, parent, blocks) in enumerate(self.sections)
        )[empty:]

    def walk(self, node: nodes.Node, tags: tuple[str, ...]) -> None:
        if isinstance(node, nodes.Text):
            self.add(node.astext(), tags)
            return
        if not isinstance(node, nodes.Element) or isinstance(node, SKIPPED) or takes_title(node):
            return
        if NO_SEARCH in node["classes"]:
            return
        if self.prefix:
            named = [name for name in node["classes"] if name.startswith(self.prefix)]
            tags = tuple(dict.fromkeys([*tags, *(n.removeprefix(self.prefix) for n in named)]))
        if isinstance(node, nodes.Inline):
            self.walk_inline(node, tags)
        else:
            self.flush()
            self.walk_block(node, tags)
            self.flush()

    def walk_inline(self, node: nodes.Element, tags: tuple[str, ...]) -> None:
        start = len(self.text)
        for child in node.children:
            self.walk(child, tags)
        other = node.get(self.alternates.get(type(node).__name__, ""))
        if isinstance(other, str):
            start += self.text[start:].startswith(" ")
            self.others.append((start, len(self.text), tidy(other)))

    def walk_block(self, node: nodes.Element, tags: tuple[str, ...]) -> None:
        around, conditions = self.current, self.conditions
        if isinstance(node, nodes.section):
            self.current = len(self.sections)
            self.sections.append((node["ids"][0], around or -1, []))
        elif condition := condition_of(node):
            self.conditions = (*conditions, condition)
        for child in node.children:
            self.walk(child, tags)
        if isinstance(node, nodes.title) and isinstance(node.parent, nodes.section):
            self.flush()
            self.titles[self.current] = len(self.sections[self.current][2])
        self.current, self.conditions = around, conditions

    def add(self, text: str, tags: tuple[str, ...]) -> None:
        tidied = tidy(text)
        if not tidied:
            self.gap += text
            return
        lead = text[: len(text) - len(text.lstrip())]
        self.text += space(self.text[-1:], self.gap + lead, tidied[0])
        self.gap = text[len(text.rstrip()) :]
        start = len(self.text)
        self.text += tidied
        for tag in tags:
            last = next((n for n, one in enumerate(self.tags) if one[2] == tag
                         and one[1] >= start - 1), None)  # fmt: skip
            if last is None:
                self.tags.append((start, len(self.text), tag))
            else:
                self.tags[last] = (self.tags[last][0], len(self.text), tag)

    def flush(self) -> None:
        """End the block under way."""
        if self.text or self.others:
            block = Block(self.text, self.conditions, tuple(self.tags), tuple(self.others))
            self.sections[self.current][2].append(block)
        self.text, self.gap, self.tags, self.others = "", "", [], []


def note_sections(app: Sphinx, document: nodes.document) -> None:
    """On ``doctree-read``: keep the document's sections, unless it is not to be found."""
    docname = app.env.docname
    metadata = app.env.metadata.get(docname, {})
    if metadata.keys() & {"no-search", "nosearch"}:
        return
    field = next(iter(app.config.section_search_tags), "")
    collector = Collector(f"{field}-" if field else "", app.config.section_search_alternates)
    get_domain(app.env).note_sections(docname, collector.collect(document))


def setup(app: Sphinx) -> None:
    app.connect("doctree-read", note_sections)
