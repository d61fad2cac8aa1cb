"""Set what several documents say on one topic side by side.

The story, in the order of the modules:

1. ``frontmatter`` and ``marks`` are pure: they read a page's header and match ids and titles.
2. ``collect`` runs when a document is read and notes reports, topics and passages.
3. ``domain`` holds these facts across documents and answers who says what.
4. ``directives`` leave placeholders; ``resolve`` fills them when a page is written, with
   the copies that ``copying`` makes; ``links`` leads passages to comparisons, and every link of
   a copy to its place. They share a ``build``. HTML is written by ``nodes``, LaTeX by ``latex``.
5. ``shared`` marks in the copies the phrases that columns share, as ``phrases``, which is pure,
   finds them in the text that ``reading`` takes from the nodes.
6. ``freshness`` has the pages written again whose comparisons changed, and no others.
7. ``assets`` serves the browser the style, the script and its words.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from . import assets, collect, directives, domain, freshness, latex, links, nodes, resolve, shared

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

HERE = Path(__file__).parent


def add_nodes(app: Sphinx) -> None:
    """Say how each node is written; where nothing is said, like the docutils node it is kin to."""
    app.add_node(nodes.compare_placeholder)
    app.add_node(
        nodes.compare_block,
        html=(nodes.visit_block, nodes.depart_block),
        latex=(latex.visit_block, latex.depart_block),
    )
    app.add_node(nodes.compare_row, latex=(latex.visit_row, latex.depart_nothing))
    app.add_node(
        nodes.compare_cell,
        html=(nodes.visit_cell, nodes.depart_block),
        latex=(latex.visit_cell, latex.depart_cell),
    )
    app.add_node(nodes.compare_head, html=(nodes.visit_head, nodes.depart_block))
    app.add_node(nodes.compare_name, latex=(latex.visit_name, latex.depart_nothing))
    app.add_node(nodes.compare_page, latex=(latex.visit_page, latex.depart_nothing))
    app.add_node(nodes.shared_phrase, html=(nodes.visit_shared, nodes.depart_shared))
    app.add_node(nodes.compare_links, html=(nodes.visit_links, nodes.depart_block))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect the parts; no configuration value needs to be set."""
    app.add_message_catalog("section_compare", str(HERE / "locale"))
    add_nodes(app)
    latex.setup(app)
    app.add_domain(domain.SectionCompareDomain)
    collect.setup(app)
    directives.setup(app)
    resolve.setup(app)
    links.setup(app)
    shared.setup(app)
    assets.setup(app)
    freshness.setup(app)
    return {
        "version": "1.0",
        "env_version": freshness.CODE,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
