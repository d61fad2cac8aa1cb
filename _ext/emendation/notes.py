"""In an e-book each emended word has a note, which readers open above the page, with the source's
reading: brackets would stand in the way of the text."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from docutils import nodes

from .nodes import emendation, emendation_note, inside, plain_place

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def add_notes(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """On ``doctree-resolved``: put each note at the end of its word's section, or block.

    There readers without such windows show them. A title has none, nor has a link, which can
    hold no other.
    """
    if app.builder.name != "epub":
        return
    # what was copied from other pages came with theirs
    for copied in list(doctree.findall(emendation_note)):
        copied.parent.remove(copied)
    numbers = count(1)
    for node in list(doctree.findall(emendation)):
        node.attributes.pop("note", None)
        if not plain_place(node) and not inside(node, nodes.reference):
            # with a point, as no id has that is made of words
            node["note"] = f"emendation.{next(numbers)}"
            if not node["ids"]:
                node["ids"].append(f"{node['note']}.word")
            add_note(node)


def add_note(word: emendation) -> None:
    """Put a word's note at the end of what it stands in, before its sections."""
    block = word.parent
    while not isinstance(block, nodes.section | nodes.container | nodes.document):
        assert block is not None
        block = block.parent
    place = block.first_child_matching_class(nodes.section)
    note = emendation_note(
        ids=[word["note"]], backrefs=word["ids"][:1], reading=word.astext(), source=word["source"]
    )
    block.insert(len(block) if place is None else place, note)


def setup(app: Sphinx) -> None:
    # when all that copies text has done so
    app.connect("doctree-resolved", add_notes, priority=950)
