r"""Copies of formulas show their originals' numbers and define no label.

TeX counts formulas and knows their labels. So a copy refers to the number with ``\ref``; elsewhere
Sphinx gave the number when it read the page.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.math import wrap_displaymath

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")
# The environments of LaTeX and amsmath that count what stands in them; with a star they do not.
COUNTING = re.compile(r"(\\(?:begin|end)\s*\{(?:equation|align|alignat|flalign|gather|multline))\}")
# What closes the environments that Sphinx wraps formulas in.
CLOSING = re.compile(r"\\end\{(?:equation|align)\*\}\s*\Z")


def without_labels(text: str) -> str:
    return LABEL.sub("", text)


def copied_formula(
    node: nodes.math_block, docname: str, env: BuildEnvironment, form: str
) -> list[nodes.Node]:
    """The copy of a displayed formula, in HTML after a line with its number."""
    text, label = node.astext(), node.get("label")
    own = bool(node.get("no-wrap", node.get("nowrap", False)))  # it brings its environment
    copy = nodes.math_block(
        "", without_labels(text), classes=node["classes"], number=None, label=None
    )
    copy["no-wrap"] = copy["nowrap"] = own
    copy.source, copy.line = node.source, node.line
    if form == "latex":
        if own:
            tagged = LABEL.sub(r"\\tag{\\ref{\1}}", text)
        else:
            tag = rf"\tag{{\ref{{equation:{node['docname']}:{label}}}}}" if label else ""
            wrapped = wrap_displaymath(without_labels(text), None, False)
            tagged = CLOSING.sub(lambda end: tag + end[0], wrapped)
        copy.children = []
        copy += nodes.Text(COUNTING.sub(r"\1*}", tagged))
        copy["no-wrap"] = copy["nowrap"] = True
        return [copy]
    number = number_of(node, docname, env)
    if not number or form != "html":
        return [copy]
    eqno = nodes.inline("", f"({number})", classes=["eqno"])
    return [nodes.container("", eqno, copy, classes=["section-compare-formula"])]


def number_of(node: nodes.math_block, docname: str, env: BuildEnvironment) -> str:
    """The number that Sphinx shows beside a formula; empty for none."""
    config = env.config
    if node.get("number") and config.math_numfig and config.numfig:
        numbers = env.toc_fignumbers.get(docname, {}).get("displaymath", {})
        number = next((numbers[id_] for id_ in node["ids"] if id_ in numbers), ())
        return str(config.math_numsep.join(".".join(map(str, number)).rsplit(".", 1)))
    return str(node.get("number") or "")
