"""Propose topics for a text: those whose marked passages are most like it.

A plain measure, learnt anew each time from the marks that there are and from the topics' own words:
pairs of characters, weighed by how few topics have them (tf-idf), and the cosine of the angle
between text and topic. How often it is right, a test measures with each report left out in turn.
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
    from section_compare.model import Topic


class Passage(NamedTuple):
    """A run of a report's text, the line (from 1) of its block, and the topics marked."""

    text: str
    line: int
    topics: Set[str]


def read_passages(source: str) -> Iterator[Passage]:
    """A report's text by its marks, headings with their sections."""
    around: dict[int, frozenset[str]] = {}  # by a heading's level
    block: frozenset[str] = frozenset()
    lines = source.split("\n")
    body = header_length(source)
    for token, first in read_blocks("\n".join([""] * body + lines[body:])):
        topics = frozenset(topics_of(str(token.attrs.get("class", "")).split()))
        if token.type == "heading_open":
            level = int(token.tag[1])
            around = {one: marks for one, marks in around.items() if one < level}
            around[level] = topics
            block = frozenset()
        elif token.nesting == 1:
            block = topics
        elif token.type == "inline":
            assert token.map is not None
            line = first + token.map[0] + 1
            spans = [frozenset[str]().union(block, *around.values())]
            for child in token.children or ():
                if child.nesting == 1:
                    marks = topics_of(str(child.attrs.get("class", "")).split())
                    spans.append(spans[-1].union(marks))
                elif child.nesting == -1:
                    spans.pop()
                elif child.type == "text":
                    yield Passage(child.content, line, spans[-1])
                elif child.type == "myst_role":
                    yield Passage(child.content.partition("=>")[2], line, spans[-1])


def features(text: str) -> Counter[str]:
    """A text's pairs of characters, white space and punctuation aside."""
    bare = re.sub(rf"[\W_{OPAQUE}]+", "", text)
    return Counter(bare[n : n + 2] for n in range(len(bare) - 1))


class Proposer:
    """What has been learnt from marked passages."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for passage in passages:
            for topic in passage.topics:
                counts[topic].update(features(passage.text))
        spread = Counter(pair for count in counts.values() for pair in count)
        self.weights = {pair: math.log(1 + len(counts) / n) for pair, n in spread.items()}
        self.topics = {topic: self.vector(count) for topic, count in sorted(counts.items())}

    def vector(self, count: Mapping[str, int]) -> dict[str, float]:
        """Weighed features of length 1."""
        found = {
            pair: math.log1p(n) * self.weights[pair]
            for pair, n in count.items() if pair in self.weights
        }  # fmt: skip
        length = math.sqrt(sum(weight**2 for weight in found.values())) or 1
        return {pair: weight / length for pair, weight in found.items()}

    def propose(self, text: str) -> list[str]:
        """The topics from the likeliest on; none where nothing of the text is known."""
        vector = self.vector(features(text))
        scores = {
            topic: sum(weight * known.get(pair, 0) for pair, weight in vector.items())
            for topic, known in self.topics.items()
        }
        likely = [topic for topic, score in scores.items() if score > 0]
        return sorted(likely, key=lambda topic: -scores[topic])


def learn(reports: Iterable[str], topics: Mapping[str, Topic]) -> Proposer:
    """What the reports' sources and the topics' headers teach."""
    words = [
        Passage(f"{topic.short_title} {topic.description} {' '.join(topic.aliases)}", 0, {id_})
        for id_, topic in topics.items()
    ]
    return Proposer([*words, *(one for text in reports for one in read_passages(text))])


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
        yield Passage("".join(part.text for part in parts), line, topics)
