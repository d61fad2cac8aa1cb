"""What is asked of docutils' nodes in more than one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The attribute of a document that passages are taken from, which is no page though resolved as one:
# its name and the builder's format.
COPIES = "section-compare-copies"
# Whose nodes are known to stand in copies as they are.
KNOWN = ("docutils", "sphinx", "myst_parser", __name__.rpartition(".")[0])


def is_for_copies(document: nodes.document) -> bool:
    """Whether a document is one that passages are taken from, and no page is written of it."""
    return COPIES in document


def is_foreign(one: object) -> bool:
    """Whether a node's kind, or a domain's, is another extension's."""
    return not type(one).__module__.startswith(tuple(f"{name}." for name in KNOWN))


def parents_of(node: nodes.Node) -> Iterator[nodes.Element]:
    """The elements around a node, the innermost first."""
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def line_of(node: nodes.Node) -> int:
    """The line of a node, or of the nearest one around it that knows its own."""
    return node.line or next((parent.line for parent in parents_of(node) if parent.line), 1)


def depth_of(node: nodes.Node, root: nodes.Element | None = None) -> int:
    """How many sections a node lies in, within *root* or in all."""
    depth = 0
    for parent in parents_of(node):
        if parent is root:
            break
        depth += isinstance(parent, nodes.section)
    return depth


def joined(parts: Iterable[nodes.Node], separator: str) -> list[nodes.Node]:
    """Nodes with a text between each two."""
    found: list[nodes.Node] = []
    for part in parts:
        found += [nodes.Text(separator), part] if found else [part]
    return found
