"""Leave out the control characters of a page and of what it includes, and name them.

Copied text brings them along, Word's line break (U+000B) above all. A browser shows nothing in
their place, but XML and with it the EPUB may not hold them, and XeLaTeX refuses them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

logger = logging.getLogger(__name__)

# What XML 1.0 excludes, and DEL, which TeX does not read.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def drop_controls(_app: Sphinx, docname: str, source: list[str]) -> None:
    """On ``source-read``: one warning a line, with the characters' numbers.

    :param source: the page's text, the only item; it is replaced.
    """
    for number, line in enumerate(source[0].split("\n"), 1):
        name_controls(line, (docname, number))
    source[0] = CONTROL.sub("", source[0])


def drop_included(_app: Sphinx, document: nodes.document) -> None:
    """On ``doctree-read``: what is left came with a file that the page includes."""
    for text in list(document.findall(nodes.Text)):
        if CONTROL.search(text):
            name_controls(text, text.parent)
            text.parent.replace(text, nodes.Text(CONTROL.sub("", text)))


def name_controls(text: str, location: tuple[str, int] | nodes.Node) -> None:
    """Warn of the control characters in a text, if there are any."""
    if found := dict.fromkeys(CONTROL.findall(text)):
        logger.warning(
            "控制字符 %s 看不见，却会使 EPUB、XML 和 PDF 出错；网站里已略去，请从源文件里删去",
            "、".join(f"U+{ord(character):04X}" for character in found),
            type="control_character",
            location=location,
        )


def setup(app: Sphinx) -> ExtensionMetadata:
    # before those that keep the source
    app.connect("source-read", drop_controls, priority=400)
    app.connect("doctree-read", drop_included, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
