"""What is known of reports, topics, passages and comparisons. Pure: imports no docutils."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple, TypeVar

from .matching import count_characters, count_han, count_words, expand

# What a part of a page hangs on, outermost first: ("only", "html"), ("ifconfig", "draft"), …
Conditions = tuple[tuple[str, str], ...]
# Whether all of these hold in the build under way.
Judge = Callable[[Conditions], bool]
# What a cross reference asks for: its role, target and document, and the anchor there.
Reference = tuple[str, str, str, str]
# The size and the time of a file.
Stamp = tuple[int, int]


class Length(NamedTuple):
    """How long a text is: its characters but white space, its words, its Han characters."""

    characters: int = 0
    words: int = 0
    han: int = 0

    @classmethod
    def of(cls, text: str) -> Length:
        return cls(count_characters(text), count_words(text), count_han(text))

    @classmethod
    def sum(cls, lengths: Iterable[Length]) -> Length:
        return cls(*map(sum, zip(cls(), *lengths, strict=True)))


@dataclass(frozen=True)
class Page:
    """A report or a topic: its front matter and, once all is read, what others call it.

    ``line`` is that of the field that declares it; a page that names it does not change with that.
    """

    id: str
    line: int = field(repr=False)
    short_title: str = ""
    description: str = ""
    group: str = ""
    docname: str = ""
    title: str = ""


@dataclass(frozen=True)
class Report(Page):
    """``id`` is empty where the page has no such field and is a report by its path alone.

    It is then called by its title or, where it has several of the first level, ``by_path``.
    """

    number: int | None = None
    organization: str = ""
    period: str = ""
    by_path: bool = False


@dataclass(frozen=True)
class Topic(Page):
    """``aliases`` are the words that others use for it.

    ``reviewed`` are the reports that its page was read against; ``is_rest`` says whether that is
    reStructuredText.
    """

    headings: tuple[str, ...] = field(default=(), repr=False)
    aliases: tuple[str, ...] = field(default=(), repr=False)
    reviewed: tuple[str, ...] = field(default=(), repr=False)
    is_rest: bool = field(default=False, repr=False)


@dataclass(frozen=True)
class Passage:
    """A part of a report: adjacent siblings in its doctree, found again by the first's id.

    ``parts`` has how much stands under which conditions; ``headings`` are the titles
    around it, the outermost first, without the document's.
    """

    topic: str
    anchor: str
    count: int
    # where to warn; a page that shows the passage does not change with it
    line: int = field(repr=False)
    parts: tuple[tuple[Conditions, Length], ...]
    digest: str
    headings: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()

    def judged(self, judge: Judge) -> Passage | None:
        """The passage as a build shows it; ``None`` where nothing of it is shown."""
        parts = tuple(part for part in self.parts if judge(part[0]))
        if len(parts) == len(self.parts):
            return self if parts else None
        return replace(self, parts=parts) if parts else None


@dataclass(frozen=True)
class Section:
    """A section that a heading rule may take.

    ``topics`` are those of its marks and of the marks in it, but in no section inside it.
    """

    title: str
    depth: int
    passage: Passage
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unmarked:
    """A block of a report with text that no mark takes; ``sections`` are the ids around it."""

    line: int
    start: str
    characters: int
    sections: tuple[str, ...]


@dataclass(frozen=True)
class Placeholder:
    """A directive of ours on a page, its options checked as far as the page alone allows."""

    kind: str
    id: str
    line: int = field(repr=False)
    topics: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    layout: str = "columns"
    missing: str = "show"
    caption: str = ""
    what: str = ""
    # so many levels of headings; 0: all
    depth: int = 0
    # how many Han characters a shared phrase must have; None: as the configuration says
    shared: int | None = None
    limit: int = 0
    # the reports that a note in its content is on
    notes: tuple[str, ...] = ()


@dataclass
class Document:
    """What was noted of one document when it was read."""

    report: Report | None = None
    topic: Topic | None = None
    passages: list[Passage] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    # only where ``section_compare_complete`` is set
    unmarked: list[Unmarked] = field(default_factory=list)
    placeholders: list[Placeholder] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    # of its files, when the environment was saved
    stamps: list[Stamp | None] = field(default_factory=list)

    @property
    def places(self) -> list[Passage]:
        """What a link may lead to; of several around a place the last is the innermost."""
        return [section.passage for section in self.sections] + self.passages


@dataclass(frozen=True)
class Heading:
    """A heading in the outline of a report; ``level`` counts from 1, ``topics`` it speaks to."""

    title: str
    level: int
    anchor: str
    topics: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """A report's passages on a topic; none where it has nothing."""

    report: Report
    topic: Topic
    id: str
    passages: tuple[Passage, ...]
    # in the collection's unit
    size: int = 0


Row = tuple[Topic, list[Cell]]
P = TypeVar("P", bound=Page)


def named(names: Iterable[str], pages: dict[str, P]) -> list[P]:
    """The pages that names and globs stand for, in the order named."""
    ids = (id_ for _name, found in expand(names, pages) for id_ in found)
    return [pages[id_] for id_ in dict.fromkeys(ids)]


@dataclass
class Collection:
    """All reports and topics in toctree order, as the build under way shows them."""

    judge: Judge
    reports: dict[str, Report] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    passages: dict[tuple[str, str], tuple[Passage, ...]] = field(default_factory=dict)
    # what each comparison shows, by its page and its id there: a row a topic, a cell a report
    rows: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    # where a topic of a report is compared: page and cell id
    homes: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    @cached_property
    def in_words(self) -> bool:
        """Whether lengths are told in words: where they are more than the Han characters.

        One unit for all, so that figures can be compared.
        """
        total = Length.sum(self.lengths.values())
        return total.words > total.han

    @cached_property
    def by_document(self) -> dict[str, list[tuple[Topic, Report, Passage]]]:
        """By document its passages, each with its topic and report."""
        found: dict[str, list[tuple[Topic, Report, Passage]]] = {}
        for (topic, id_), passages in self.passages.items():
            report = self.reports[id_]
            listed = found.setdefault(report.docname, [])
            listed += [(self.topics[topic], report, passage) for passage in passages]
        return found

    @cached_property
    def lengths(self) -> dict[tuple[str, str], Length]:
        """How long all passages of a report on a topic are together."""
        return {
            key: Length.sum(length for one in found for _conditions, length in one.parts)
            for key, found in self.passages.items()
        }

    def size(self, topic: str, report: str) -> int:
        """How much a report says on a topic."""
        total = self.lengths.get((topic, report), Length())
        return total.words if self.in_words else total.characters

    def named_topics(self, placeholder: Placeholder, docname: str) -> list[Topic]:
        """The topics a comparison names; with none named, its own page's."""
        if placeholder.topics:
            return named(placeholder.topics, self.topics)
        return [topic for topic in self.topics.values() if topic.docname == docname]

    def named_reports(self, placeholder: Placeholder) -> list[Report]:
        """The reports a comparison names; with none named, all."""
        return named(placeholder.reports or ["*"], self.reports)

    def compare(self, placeholder: Placeholder, docname: str) -> list[Row]:
        """The rows of a comparison on a page."""
        reports = self.named_reports(placeholder)
        topics = self.named_topics(placeholder, docname)
        if placeholder.missing == "hide":
            # one with anything in any row keeps its column in all, so that columns align
            reports = [
                report
                for report in reports
                if any((topic.id, report.id) in self.passages for topic in topics)
            ]
        return [
            (topic, [self.cell(placeholder, topic, report) for report in reports])
            for topic in topics
        ]

    def cell(self, placeholder: Placeholder, topic: Topic, report: Report) -> Cell:
        # no id of a topic or report holds the underscore, so no two are alike
        id_ = f"{placeholder.id}-{topic.id}_{report.id}"
        passages = self.passages.get((topic.id, report.id), ())
        return Cell(report, topic, id_, passages, self.size(topic.id, report.id))

    def find_homes(self) -> None:
        """For each cell the comparison that a passage links to: its topic's own page first."""
        for own in (True, False):
            for (docname, _id), rows in self.rows.items():
                for topic, cells in rows:
                    if (topic.docname == docname) is own:
                        for cell in cells:
                            if cell.passages:
                                key = (topic.id, cell.report.id)
                                self.homes.setdefault(key, (docname, cell.id))
