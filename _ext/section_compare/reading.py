"""Read a doctree's text block by block, as a reader reads it, and know its nodes again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes

if TYPE_CHECKING:
    from collections.abc import Iterator

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
