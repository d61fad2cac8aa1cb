"""Blanks to fill in and dated runs, marked when HTML is written, in the text and its copies.

The doctree as read keeps its plain text: other builders, digests and catalogs see no marks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from .messages import __, warn
from .nodes import blank, dated, inside
from .parse import pieces

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

# The class of a run to check before it is used again: ``[2021年]{.dated}``.
DATED = "dated"
VERBATIM = (nodes.literal, nodes.FixedTextElement, nodes.math, nodes.raw, blank)


class MarkRuns(SphinxPostTransform):
    """After all that puts text into a page, and after its links are resolved (10)."""

    default_priority = 20
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        if self.app.builder.name == "epub":
            return
        for node in list(self.document.findall(nodes.inline)):
            if DATED in node["classes"]:
                run = dated("", "", *node.children, **node.attributes)
                run["classes"] = [name for name in node["classes"] if name != DATED]
                node.parent.replace(node, run)
        if not self.config.emendation_blank_pattern:
            return
        pattern = re.compile(self.config.emendation_blank_pattern)
        for text in list(self.document.findall(nodes.Text)):
            if not inside(text, *VERBATIM):
                parts = list(pieces(text.astext(), pattern))
                if any(is_blank for _part, is_blank in parts):
                    new = [blank("", part) if gap else nodes.Text(part) for part, gap in parts]
                    text.parent.replace(text, new)


def check_pattern(_app: Sphinx, config: Config) -> None:
    """Name a pattern that is none, and go on without."""
    try:
        re.compile(config.emendation_blank_pattern)
    except re.error as error:
        warn(
            "pattern",
            __("emendation_blank_pattern: found %r, allowed is a regular expression: %s"),
            config.emendation_blank_pattern,
            error,
            location="conf.py",
        )
        config.emendation_blank_pattern = ""


def setup(app: Sphinx) -> None:
    app.add_config_value("emendation_blank_pattern", "", "html", types=frozenset({str}))
    app.connect("config-inited", check_pattern)
    app.add_post_transform(MarkRuns)
