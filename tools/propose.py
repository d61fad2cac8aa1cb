"""Propose topics for a text: those whose marked passages, and whose own words, are most like it.

A plain measure, learnt anew each time: pairs of characters, weighed by how few topics have them
(tf-idf), and the cosines of the angles between the text, the titles above it, and a topic's marked
passages and words. How often it is right, a test measures with each report left out in turn.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import TYPE_CHECKING, NamedTuple

from reading import OPAQUE, header_length, read_blocks
from section_compare.matching import topics_of

if TYPE_CHECKING:
    from markdown_it.token import Token
    from section_compare.model import Topic

Vector = dict[str, float]
TITLES = 0.25  # what the titles above a text weigh beside the text


class Passage(NamedTuple):
    """A run of a report's text, the line (from 1) of its block, the topics marked, and the titles
    of the sections that it stands in."""

    text: str
    line: int
    topics: Set[str]
    titles: str = ""


def read_passages(source: str) -> Iterator[Passage]:
    """A report's text by its marks, headings with their sections."""
    above: dict[int, tuple[frozenset[str], str]] = {}  # by a heading's level, its topics and text
    block: frozenset[str] = frozenset()
    level = 0
    lines = source.split("\n")
    body = header_length(source)
    for token, first in read_blocks("\n".join([""] * body + lines[body:])):
        if token.type == "heading_open":
            level, block = int(token.tag[1]), frozenset()
            above = {one: kept for one, kept in above.items() if one < level}
            above[level] = marked(token), ""
        elif token.type == "heading_close":
            level = 0
        elif token.nesting == 1:
            block = marked(token)
        elif token.type == "inline":
            assert token.map is not None
            line = first + token.map[0] + 1
            topics = block.union(*(topics for topics, _title in above.values()))
            runs = list(read_runs(token, topics))
            if level:
                above[level] = above[level][0], "".join(text for text, _topics in runs)
            titles = " ".join(title for one, (_, title) in above.items() if one > 1)
            yield from (Passage(text, line, topics, titles) for text, topics in runs)


def read_runs(block: Token, around: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """A block's text by its spans, each with its topics and those around it."""
    spans = [around]
    for child in block.children or ():
        if child.nesting == 1:
            spans.append(spans[-1] | marked(child))
        elif child.nesting == -1:
            spans.pop()
        elif child.type == "text":
            yield child.content, spans[-1]
        elif child.type == "myst_role":
            yield child.content.partition("=>")[2], spans[-1]


def marked(token: Token) -> frozenset[str]:
    """The topics that a block or span is marked with."""
    return frozenset(topics_of(str(token.attrs.get("class", "")).split()))


def features(text: str) -> Counter[str]:
    """A text's pairs of characters that nothing parts."""
    runs = re.findall(rf"[^\W_{OPAQUE}]+", text)
    return Counter(run[n : n + 2] for run in runs for n in range(len(run) - 1))


class Proposer:
    """What has been learnt from marked passages and from topics' words."""

    def __init__(self, *sources: Iterable[Passage]) -> None:
        """:param sources: passages of several kinds, which are weighed alike."""
        counts = [count_by_topic(source) for source in sources]
        known = {(topic, pair) for one in counts for topic, count in one.items() for pair in count}
        self.topics = sorted({topic for topic, _pair in known})
        spread = Counter(pair for _topic, pair in known)
        self.weights = {pair: math.log(1 + len(self.topics) / n) for pair, n in spread.items()}
        self.learnt = [
            {topic: self.vector(count) for topic, count in one.items()} for one in counts
        ]

    def vector(self, count: Mapping[str, int]) -> Vector:
        """Weighed features of length 1."""
        found = {pair: math.log1p(n) * self.weights.get(pair, 0) for pair, n in count.items()}
        length = math.hypot(*found.values()) or 1
        return {pair: weight / length for pair, weight in found.items()}

    def propose(self, text: str, titles: str = "") -> list[str]:
        """The topics from the likeliest on; none where nothing of the text is known."""
        vector = defaultdict(float, self.vector(features(text)))
        for pair, weight in self.vector(features(titles)).items():
            vector[pair] += TITLES * weight
        scores = {
            topic: sum(
                weight * one.get(topic, {}).get(pair, 0)
                for one in self.learnt for pair, weight in vector.items()
            )
            for topic in self.topics
        }  # fmt: skip
        return sorted((one for one in self.topics if scores[one] > 0), key=lambda one: -scores[one])


def count_by_topic(passages: Iterable[Passage]) -> dict[str, Counter[str]]:
    """The features of passages by their topics."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for passage in passages:
        for topic in passage.topics:
            counts[topic].update(features(passage.text))
    return counts


def learn(reports: Iterable[str], topics: Mapping[str, Topic]) -> Proposer:
    """What the reports' sources and the topics' headers teach."""
    words = [
        Passage(f"{topic.short_title} {topic.description} {' '.join(topic.aliases)}", 0, {id_})
        for id_, topic in topics.items()
    ]
    return Proposer([one for text in reports for one in read_passages(text)], words)


def blocks_of(passages: Iterable[Passage], *, marked: bool = True) -> Iterator[Passage]:
    """The passages of each block as one, with the topics of all.

    :param marked: whether to take those with a topic too.
    """
    found: dict[int, list[Passage]] = defaultdict(list)
    for passage in passages:
        if marked or not passage.topics:
            found[passage.line].append(passage)
    for line, parts in found.items():
        topics = frozenset[str]().union(*(part.topics for part in parts))
        yield Passage("".join(part.text for part in parts), line, topics, parts[0].titles)
