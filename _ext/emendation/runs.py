"""Blanks to fill in and dated runs, marked when HTML is written, in the text and its copies.

The doctree as read keeps its plain text: other builders, digests and catalogs see no marks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes

from .messages import __, warn
from .nodes import blank, dated, inside
from .parse import pieces

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# The classes of runs to check before they are used again: ``[2021年]{.dated}``, and wording that
# newer documents have replaced: ``[“三德”]{.superseded}``.
DATED = {"dated", "superseded"}
VERBATIM = (nodes.literal, nodes.FixedTextElement, nodes.math, nodes.raw)


def mark_runs(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """On ``doctree-resolved``, when all that puts text into a page has done so."""
    if app.builder.format != "html" or app.builder.name == "epub":
        return
    for node in list(doctree.findall(nodes.inline)):
        if DATED & set(node["classes"]):
            run = dated("", "", *node.children, **node.attributes)
            node.parent.replace(node, run)
    if not app.config.emendation_blank_pattern:
        return
    pattern = re.compile(app.config.emendation_blank_pattern)
    for text in list(doctree.findall(nodes.Text)):
        if pattern.search(text) and not inside(text, *VERBATIM):
            parts = pieces(text.astext(), pattern)
            new = [blank("", part) if gap else nodes.Text(part) for part, gap in parts]
            text.parent.replace(text, new)


def check_pattern(app: Sphinx) -> None:
    """Name a pattern that is none, and go on without."""
    config = app.config
    try:
        re.compile(config.emendation_blank_pattern or "")
    except (re.error, TypeError) as error:
        warn(
            "pattern",
            __("emendation_blank_pattern: found %r, allowed is a regular expression: %s"),
            config.emendation_blank_pattern,
            error,
        )
        config.emendation_blank_pattern = ""


def setup(app: Sphinx) -> None:
    app.add_config_value("emendation_blank_pattern", "", "html", types=frozenset({str, type(None)}))
    app.connect("builder-inited", check_pattern)
    app.connect("doctree-resolved", mark_runs)
