"""Find the text of a report that belongs to no topic, for a project that wants all to belong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from ..doctree import line_of, parents_of
from ..matching import count_characters, topics_of
from ..model import Unmarked

if TYPE_CHECKING:
    from collections.abc import Iterator

# Not an author's running text; titles follow their sections.
APART = (
    nodes.Titular,
    nodes.Decorative,  # headers, footers, and what an extension sets beside the text
    nodes.docinfo,
    nodes.comment,
    nodes.literal,
    nodes.FixedTextElement,
    nodes.raw,
    nodes.substitution_definition,
    nodes.system_message,
    nodes.problematic,
)


def find_unmarked(document: nodes.document) -> Iterator[Unmarked]:
    """Each block of a report with text that no mark takes, if only a run of it."""
    blocks: dict[int, list[nodes.Text]] = {}
    for text in document.findall(nodes.Text):
        around = list(parents_of(text))
        if not text.strip() or any(isinstance(parent, APART) for parent in around):
            continue
        if not any(topics_of(parent["classes"]) for parent in around):
            block = next(parent for parent in around if not isinstance(parent, nodes.Inline))
            blocks.setdefault(id(block), []).append(text)
    for texts in blocks.values():
        first = texts[0]
        yield Unmarked(
            line=line_of(first),
            start=first.strip()[:6],
            characters=count_characters("".join(texts)),
            sections=tuple(
                parent["ids"][0]
                for parent in parents_of(first)
                if isinstance(parent, nodes.section)
            ),
        )
