"""Tell `section_compare` what the theme shows around every page: all titles and toctrees."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sphinx import addnodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def navigation_facts(app: Sphinx) -> dict[str, object]:
    """On ``page-facts``: the same for each page of a website."""
    if app.builder.name not in ("html", "dirhtml"):
        return {}
    env = app.env
    titles = {name: title.astext() for name, title in sorted(env.titles.items())}
    trees = [
        sorted((key, repr(value)) for key, value in tree.attributes.items())
        for _name, contents in sorted(env.tocs.items())
        for tree in contents.findall(addnodes.toctree)
    ]
    facts = hashlib.sha256(repr((titles, trees)).encode(errors="surrogatepass")).hexdigest()
    return dict.fromkeys(env.found_docs, facts)


def setup(app: Sphinx) -> ExtensionMetadata:
    app.setup_extension("section_compare")
    app.connect("page-facts", navigation_facts)
    return {"version": "1.0", "parallel_read_safe": True, "parallel_write_safe": True}
