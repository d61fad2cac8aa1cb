"""Set what several documents say on one topic side by side.

The story, in the order of the modules:

``model`` says what there is, ``matching`` (pure, too) which names and titles fit. Then the way of
a passage:

1. ``read/`` runs when Sphinx reads a page: ``header`` parses its front matter, ``passages`` notes
   what it is and what it holds, ``conditions`` what hangs on ``only`` and its like.
2. ``domain`` holds these facts across documents and says together who says what.
3. ``directives`` leave placeholders in pages.
4. ``freshness`` has the pages written again that would show something else now, and no others.
5. ``write/`` runs when Sphinx writes a page: ``comparison`` and ``lists`` fill the placeholders
   (what they have in common is ``filling``), ``store`` has passages resolved as on their report's
   page, ``copies`` and ``formulas`` make them fit to stand twice, ``links`` leads every link to its
   place, ``backlinks`` link passages to comparisons, ``singlehtml`` tells alike ids apart. They
   share a ``build``. ``facts`` tells ``freshness`` what a page shows of other documents.
6. ``phrases/`` marks in the copies what columns share: ``text`` takes it from the nodes, ``find``,
   which is pure, finds it, ``mark`` marks it.
7. ``output/`` is what each builder makes of our nodes: ``nodes`` in HTML, ``latex`` in LaTeX;
   ``assets`` serves the browser the style, the script and its words.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from . import directives, domain, freshness
from .output import assets, latex, nodes
from .phrases import mark
from .read import passages
from .write import backlinks, comparison, facts, singlehtml, store

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

__version__ = "2.0.0"

HERE = Path(__file__).parent


def add_nodes(app: Sphinx) -> None:
    """Say how a node is written; where nothing is said, like the docutils node it is kin to."""
    leave = nodes.depart_block
    app.add_node(
        nodes.compare_block,
        html=(nodes.visit_block, leave),
        latex=(latex.visit_block, latex.depart_block),
    )
    app.add_node(
        nodes.compare_cell,
        html=(nodes.visit_cell, leave),
        latex=(latex.visit_cell, latex.depart_cell),
    )
    app.add_node(nodes.compare_row, latex=(latex.visit_row, latex.depart_nothing))
    app.add_node(nodes.compare_head, html=(nodes.visit_head, leave))
    app.add_node(nodes.compare_name, latex=(latex.visit_name, latex.depart_nothing))
    app.add_node(nodes.compare_note, html=(nodes.visit_note, leave))
    app.add_node(nodes.compare_place, latex=(latex.visit_place, latex.depart_place))
    app.add_node(nodes.compare_page, latex=(latex.visit_page, latex.depart_nothing))
    app.add_node(nodes.coverage_entry, html=(nodes.write_no_element, nodes.write_no_element))
    app.add_node(nodes.shared_phrase, html=(nodes.visit_shared, nodes.depart_shared))
    app.add_node(nodes.compare_links, html=(nodes.visit_links, leave))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect the parts; no configuration value needs to be set."""
    app.add_message_catalog("section_compare", str(HERE / "locale"))
    add_nodes(app)
    latex.setup(app)
    app.add_domain(domain.SectionCompareDomain)
    for part in (
        passages, directives, comparison, store, backlinks, singlehtml, mark, assets, freshness,
        facts,
    ):  # fmt: skip
        part.setup(app)
    return {
        "version": __version__,
        "env_version": freshness.CODE,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
