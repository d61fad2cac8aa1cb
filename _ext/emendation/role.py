"""The role ``sic``: what the source has, and what should stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxRole

from .messages import __, warn
from .nodes import emendation
from .parse import nearest, split

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class Sic(SphinxRole):
    """``{sic}`source=>reading```; an empty left side inserts, an empty right one removes."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        found = split(self.text)
        if found is None:
            self.report("separator")
            return [nodes.Text(self.text)], []
        source, reading = found
        if source == reading:
            self.report("same" if source else "empty")
            return [nodes.Text(source or self.text)], []
        node = emendation(self.rawtext, reading, source=source)
        self.set_source_info(node)
        return [node], []

    def report(self, subtype: str) -> None:
        message = {
            "separator": __("sic: found %r without =>, allowed is source=>reading"),
            "empty": __("sic: found %r with both sides empty, allowed is source=>reading"),
            "same": __("sic: found %r with equal sides, allowed is source=>reading"),
        }[subtype]
        guess = nearest(self.text) if subtype == "separator" else ""
        if guess:
            message += __("; did you mean %r?")
        arguments = (self.text, guess) if guess else (self.text,)
        warn(subtype, message, *arguments, location=self.get_location())


def setup(app: Sphinx) -> None:
    app.add_role("sic", Sic())
