"""Show a text as it should read, and as its source has it.

The story, in the order of the modules:

1. ``parse`` is pure: it takes a mark ``source=>reading`` apart and finds blanks in a text.
2. ``role`` makes of ``{sic}`` a node whose text is the reading, so that titles, contents, search
   and all that asks for a node's text get the reading; ``titles`` keeps navigation plain.
3. ``listing`` collects a page's emendations into the list at its foot.
4. ``runs`` marks, in HTML, blanks to fill in and runs of the class ``dated``; ``notes`` gives
   each emended word a note in an e-book.
5. ``nodes`` says how each builder writes these; ``assets`` brings style, script and macro.

It knows nothing of what the text is: copied into another project's path and named in its
``extensions``, it works there, in Markdown and reStructuredText.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from . import assets, listing, nodes, notes, role, runs, titles
from .messages import CATALOG, HERE

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

# The version of the environment: what another state of this code noted is not used.
CODE = zlib.crc32(b"".join(path.read_bytes() for path in sorted(HERE.glob("*.py"))))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect the parts; no configuration value needs to be set."""
    app.add_message_catalog(CATALOG, str(HERE / "locale"))
    for module in (nodes, role, titles, listing, runs, notes, assets):
        module.setup(app)
    return {
        "env_version": CODE,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
