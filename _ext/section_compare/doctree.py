"""What is asked of docutils' nodes in more than one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator


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
