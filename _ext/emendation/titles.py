"""Keep navigation plain: titles and contents hold the emended words and no marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from .nodes import emendation
from .runs import DATED

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def plain_titles(app: Sphinx, _doctree: nodes.document) -> None:
    """Put text for the marks in what Sphinx noted of this document's titles."""
    env, docname = app.env, app.env.docname
    for place in (env.titles, env.longtitles, env.tocs):
        root = place.get(docname)
        for node in list(root.findall(nodes.Element)) if root else ():
            if isinstance(node, emendation) or DATED & set(node["classes"]):
                text = node.astext()
                node.parent.replace(node, [nodes.Text(text)] if text else [])


def setup(app: Sphinx) -> None:
    # after Sphinx's collectors (500) have noted the titles
    app.connect("doctree-read", plain_titles, priority=600)
