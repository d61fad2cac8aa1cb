"""Take a doctree's text block by block, as a reader reads it, and know its places again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from docutils import nodes
from sphinx import addnodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..model import Passage

# No words of the report's author: these end a phrase, and nothing in them is read.
UNREAD = (
    nodes.literal,
    nodes.math,
    nodes.raw,
    nodes.image,
    nodes.label,
    nodes.footnote_reference,
    nodes.problematic,
    nodes.system_message,
    nodes.substitution_definition,
    nodes.docinfo,
    nodes.FixedTextElement,
    nodes.math_block,
    addnodes.toctree,
)


@dataclass
class TextBlock:
    """The text of a block, and its text nodes, each with its offset."""

    text: str = ""
    pieces: list[tuple[int, nodes.Text]] = field(default_factory=list)

    def take(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Text):
            self.pieces.append((len(self.text), node))
            self.text += node.astext()
        elif isinstance(node, UNREAD) or (
            # what such a reference will say is known when it is resolved
            isinstance(node, addnodes.pending_xref) and not node.get("refexplicit")
        ):
            self.text += "\n"
        else:
            for child in node.children:
                self.take(child)


def text_blocks(node: nodes.Node) -> Iterator[TextBlock]:
    """The blocks of text in a node, in order."""
    if isinstance(node, UNREAD):
        return
    if isinstance(node, nodes.TextElement):
        block = TextBlock()
        block.take(node)
        yield block
    else:
        for child in node.children:
            yield from text_blocks(child)


@dataclass(frozen=True)
class PlacedText:
    """A block of a report's text, and for links to it the anchors, each from an offset on."""

    text: str
    anchors: tuple[tuple[int, str], ...]

    def anchor(self, offset: int) -> str:
        """The anchor nearest before an offset; empty where there is none on the page."""
        return next((id_ for start, id_ in reversed(self.anchors) if start <= offset), "")


def placed_texts(document: nodes.document, passages: Iterable[Passage]) -> Iterator[PlacedText]:
    """Every block of text but the document's title, with the anchors of passages and sections.

    :param passages: where a link may lead; of several around a text the innermost is taken.
    """
    by_id = {id_: node for node in document.findall(nodes.Element) for id_ in node["ids"]}
    anchors: dict[int, str] = {}
    for passage in passages:
        siblings = cast("nodes.Element", by_id[passage.anchor].parent).children
        start = siblings.index(by_id[passage.anchor])
        for member in siblings[start : start + passage.count]:
            anchors[id(member)] = passage.anchor
    title = document.next_node(nodes.title)
    for block in text_blocks(document):
        if not block.pieces or block.pieces[0][1].parent is title:
            continue
        places: list[tuple[int, str]] = []
        for offset, text in block.pieces:
            node: nodes.Node | None = text
            while node is not None and id(node) not in anchors:
                node = node.parent
            if node is not None and (not places or places[-1][1] != anchors[id(node)]):
                places.append((offset, anchors[id(node)]))
        yield PlacedText(block.text, tuple(places))
