"""Mark the phrases that the columns of a comparison share, and list those of all reports.

Marks are for HTML only, and not for an EPUB.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from docutils import nodes

from .. import warn
from ..domain import get_domain
from ..matching import count_han
from ..output.nodes import compare_cell, shared_phrase
from ..read.conditions import hide
from ..warn import __
from .find import Mark, find
from .text import PlacedText, TextBlock, placed_texts, text_blocks
from .words import count_pairs, whole_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

    from ..model import Collection, Placeholder, Report

OPTION = "section_compare_shared"
# Of a list's phrases where neither it nor the configuration says how long: a Chinese word has two
# characters, four are a set phrase, and from six on it is mostly wording that was taken over.
LEAST = 6
# Of two reports that speak, each shared phrase would stand in every one.
FEWEST_FOR_EVERYWHERE = 3


def mark_comparison(comparison: nodes.container, least: int) -> None:
    """Mark what the passages of one comparison share.

    Its references are resolved, and what is hidden is gone, so what is compared is what a reader
    sees.
    """
    found = [
        (cast("str", cell["report"]), block)
        for cell in comparison.findall(compare_cell)
        for part in cell.children
        if "section-compare-passage" in cast("nodes.Element", part)["classes"]
        for block in text_blocks(part)
    ]
    shared = find([(report, block.text) for report, block in found], least)
    speaking = len({report for report, _block in found})
    everywhere = {
        number
        for number, phrase in enumerate(shared.phrases)
        if is_everywhere(len({found[place.block][0] for place in phrase.places}), speaking)
    }
    for (_report, block), marks in zip(found, shared.marks, strict=True):
        mark_block(block, marks, everywhere)


def is_everywhere(reports: int, speaking: int) -> bool:
    """Whether a phrase that so many reports have stands in all of those that speak."""
    return reports == speaking >= FEWEST_FOR_EVERYWHERE


def mark_block(block: TextBlock, marks: Sequence[Mark], everywhere: set[int]) -> None:
    """Split the block's text nodes where marks begin and end; a node's part is one fragment."""
    for offset, node in block.pieces:
        text, done = node.astext(), 0
        parts: list[nodes.Node] = []
        for mark in marks:
            start, end = max(mark.start - offset, 0), min(mark.end - offset, len(text))
            if start < end:
                if done < start:
                    parts.append(nodes.Text(text[done:start]))
                parts.append(fragment(text[start:end], mark, mark.phrase in everywhere))
                done = end
        if parts:
            if done < len(text):
                parts.append(nodes.Text(text[done:]))
            cast("nodes.Element", node.parent).replace(node, parts)


def fragment(text: str, mark: Mark, everywhere: bool) -> shared_phrase:
    classes = ["section-compare-shared"]
    if everywhere:
        classes.append("section-compare-everywhere")
    others = [number + 1 for number in mark.others]
    return shared_phrase("", text, phrase=mark.phrase + 1, others=others, classes=classes)


class Standing(NamedTuple):
    """A report that has a phrase: where first, by anchor, and how many times."""

    report: Report
    anchor: str
    times: int


class Entry(NamedTuple):
    """A phrase of the whole collection and the reports that have it."""

    text: str
    standings: tuple[Standing, ...]


def least_of(env: BuildEnvironment, placeholder: Placeholder) -> int:
    """How many Han characters a phrase must have for a directive; 0: there are none."""
    least = env.config[OPTION] if placeholder.shared is None else placeholder.shared
    return cast("int", least) or (LEAST if placeholder.kind == "phrases" else 0)


def texts_of(env: BuildEnvironment, collection: Collection) -> list[tuple[Report, PlacedText]]:
    """The blocks of text of all reports, without those whose conditions are false.

    Taken from the doctrees when a page lists phrases, so that projects without one pay nothing.
    """
    domain, found = get_domain(env), []
    for report in collection.reports.values():
        doctree = env.get_doctree(report.docname)
        hide(doctree, collection.judge)
        places = domain.documents[report.docname].places
        shown = [passage for one in places if (passage := one.judged(collection.judge))]
        found += [(report, block) for block in placed_texts(doctree, shown)]
    return found


def list_phrases(blocks: list[tuple[Report, PlacedText]], least: int) -> list[Entry]:
    """What reports share, in whole words: the most widespread first, then the longest."""
    entries = []
    pairs = count_pairs(block.text for _report, block in blocks)
    phrases = find([(report.id, block.text) for report, block in blocks], least).phrases
    known = {phrase.text for phrase in phrases}
    for phrase in phrases:
        places = [(blocks[place.block][1].text, place.start) for place in phrase.places]
        start, end = whole_words(phrase.text, places, pairs)
        text = phrase.text[start : len(phrase.text) - end]
        # what is left may be a phrase by itself, or too short for one
        if text != phrase.text and (text in known or count_han(text) < least):
            continue
        known.add(text)
        standings: dict[str, Standing] = {}
        for place in phrase.places:
            report, block = blocks[place.block]
            first = standings.get(report.id) or Standing(report, block.anchor(place.start), 0)
            standings[report.id] = first._replace(times=first.times + 1)
        entries.append(Entry(text, tuple(standings.values())))
    entries.sort(key=lambda entry: (-len(entry.standings), -len(entry.text)))
    return entries


def check_config(app: Sphinx, config: Config) -> None:
    """A value out of range is named with its line in conf.py, and counts as 0."""
    value = config[OPTION]
    if type(value) is int and (value == 0 or value >= 2):
        return
    lines = (Path(app.confdir) / "conf.py").read_text(encoding="utf-8").splitlines()
    place = next((n for n, line in enumerate(lines, 1) if line.startswith(OPTION)), 0)
    names = ["0", __("a whole number from %d on") % 2]
    message = __("option %r: found %r, %s")
    location = f"{app.confdir}/conf.py:{place}" if place else None
    warn.unknown("option", message, OPTION, value, among=names, location=location)
    config[OPTION] = 0


def setup(app: Sphinx) -> None:
    # No rebuild by Sphinx: the digests have those pages written again that the value changes.
    app.add_config_value(OPTION, 0, "", int)
    app.connect("config-inited", check_config)
