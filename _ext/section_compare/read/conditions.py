"""Parts of a page that stand in some builds only: ``only``, ``ifconfig``, todos that are off.

They are noted when a page is read and judged for each build: one environment serves many.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes

from ..doctree import parents_of

if TYPE_CHECKING:
    from sphinx.builders import Builder

    from ..model import Conditions, Judge


def condition_of(node: nodes.Node) -> tuple[str, str] | None:
    """What an element's content hangs on: the kind of condition and its expression."""
    if isinstance(node, addnodes.only):
        return "only", node["expr"]
    if isinstance(node, nodes.Element) and node.tagname == "ifconfig":
        return "ifconfig", node["expr"]
    if isinstance(node, nodes.Element) and node.tagname == "todo_node":
        return "config", "todo_include_todos"
    return None


def conditions_around(node: nodes.Node) -> Conditions:
    """The conditions of a node and of all elements around it."""
    found = [condition_of(one) for one in (node, *parents_of(node))]
    return tuple(condition for condition in reversed(found) if condition)


def make_judge(builder: Builder) -> Judge:
    """How conditions are judged for a builder: as Sphinx and its extensions do.

    An expression that does not evaluate is false; whoever owns it names it where it stands.
    """
    config = builder.config

    @cache
    def holds(kind: str, expression: str) -> bool:
        try:
            if kind == "only":
                return builder.tags.eval_condition(expression)
            if kind == "config":
                return bool(config[expression])
            names = {value.name: value.value for value in config}
            # sphinx.ext.ifconfig evaluates it alike, in every project that loads it
            return bool(eval(expression, names | {"builder": builder.name}))
        except Exception:  # whatever an author's expression raises
            return False

    return lambda conditions: all(holds(*condition) for condition in conditions)


def hide(doctree: nodes.document, judge: Judge) -> None:
    """Put a comment, which no one sees, in the place of each part whose condition is false.

    It keeps the ids: a passage may begin there, and go on with what is shown.
    """
    for node in list(doctree.findall(nodes.Element)):
        condition = condition_of(node)
        if condition and not judge((condition,)):
            node.parent.replace(node, nodes.comment("", ids=node["ids"]))
