"""The extension's words, and its warnings, each ``emendation.<subtype>``.

========== ===============================================================================
subtype    meaning
========== ===============================================================================
separator  a mark without ``=>``; its text stands as it is
empty      a mark with nothing on either side; it stands as it is
same       a mark whose two sides are equal; the word stands unmarked
pattern    a configured pattern for blanks that is none; no blanks are shown
========== ===============================================================================
"""

from __future__ import annotations

from pathlib import Path

from sphinx.locale import get_translation
from sphinx.util import logging

HERE = Path(__file__).parent
CATALOG = "emendation"
_ = get_translation(CATALOG)
__ = get_translation(CATALOG, "console")

logger = logging.getLogger(__name__)


def warn(subtype: str, message: str, *arguments: object, location: str | None = None) -> None:
    """Log one warning of the module's table.

    :param message: a translated template.
    :param location: ``file:line``; what conf.py says has none.
    """
    logger.warning(message, *arguments, type="emendation", subtype=subtype, location=location)


def note(source: str) -> str:
    """The source's reading as a note for a reader: ``原文：确定``."""
    return _("source: %s") % source if source else _("not in the source")


def bracket(source: str) -> str:
    """The same where a builder has no marks to show: ``〔原文：确定〕``."""
    return _("[%s]") % note(source)
