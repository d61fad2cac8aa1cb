"""The extension's warnings: every subtype in one place, each ``section_compare.<subtype>``.

============== ==========================================================================
subtype        meaning
============== ==========================================================================
front_matter   a header that the schema does not admit; the field is left out
pattern        a heading pattern that can match nothing; it is left out
duplicate_id   a second page that declares an id; the first in toctree order stands
topic          a comparison names no topic, or one that no page declares
report         a comparison names a report, or a glob, that no page declares
option         a directive's option out of its range; its default stands
mark           a mark for a topic that no page declares
lost_mark      a mark in the source that MyST drops or leaves as text
empty_topic    a topic that no report has a passage on
copy           another extension's node that a copy cannot hold; a link stands in its place
no_topic       text of a report that belongs to no topic; where the project asks for it
============== ==========================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.locale import get_translation
from sphinx.util import logging

from .matching import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

Location = str | tuple[str | None, int | None] | nodes.Node | None

logger = logging.getLogger(__name__)

CATALOG = "section_compare"
_ = get_translation(CATALOG)
__ = get_translation(CATALOG, "console")


def warn(subtype: str, message: str, *arguments: object, location: Location) -> None:
    """Log one warning.

    :param subtype: one of those in the module's table.
    :param message: an English template, already marked for the catalog.
    :param location: a node, a ``(docname, line)`` pair or a ``docname:line`` string.
    """
    logger.warning(message, *arguments, type="section_compare", subtype=subtype, location=location)


def unknown(
    subtype: str,
    message: str,
    *found: object,
    among: Sequence[str],
    location: Location,
    name: str = "",
) -> None:
    """Log that a value is none of those allowed.

    :param message: a template for what was found and, last, for what is allowed.
    :param name: the value, where it is a name: the nearest that is allowed is said, too.
    """
    known = ", ".join(among[:12]) + (", …" if len(among) > 12 else "")
    if guess := nearest(name, among) if name else "":
        tail = __("allowed: %s; did you mean %r?") % (known, guess)
    else:
        tail = __("allowed: %s") % (known or __("none"))
    warn(subtype, message, *found, tail, location=location)
